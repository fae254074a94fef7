package dev.lockstep.detections.rule;

/**
 * Settings of the effect of alerts on findings.
 *
 * @param rule id of the rule that owns the settings and the counters
 * @param enabled if alerts are read
 * @param confirms if alerts raise findings
 * @param settleMinutes minutes without a new record after which an alert is judged
 * @param escalateHours longest time in hours between an alert and a finding that it confirms
 */
public record AlertSettings(
    String rule, boolean enabled, boolean confirms, int settleMinutes, int escalateHours) {
  /** Settings by which no alert is read. */
  public static final AlertSettings NONE = new AlertSettings("", false, false, 10, 24);
}
