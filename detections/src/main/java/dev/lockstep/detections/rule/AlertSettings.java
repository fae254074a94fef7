package dev.lockstep.detections.rule;

/**
 * Settings of what alerts do to findings.
 *
 * @param rule id of the rule whose switches they are, and under which is counted
 * @param enabled if alerts are read
 * @param confirms if alerts raise findings
 * @param settleMinutes for how long none of an alert's records may have come until it is judged
 * @param escalateHours how far an alert may lie from a finding that it confirms
 */
public record AlertSettings(
    String rule, boolean enabled, boolean confirms, int settleMinutes, int escalateHours) {
  /** No alerts. */
  public static final AlertSettings NONE = new AlertSettings("", false, false, 10, 24);
}
