package dev.lockstep.detections.rule;

/**
 * Settings for reading and judging Defender alerts, and for corroborating findings by these alerts.
 *
 * @param rule id of the rule that owns the settings and the counters
 * @param enabled if alerts are read
 * @param corroborates if alerts raise the severity of findings
 * @param settleMinutes minutes without a new record after which an alert is judged
 * @param escalateHours longest time in hours between an alert and a finding that it corroborates
 */
public record AlertSettings(
    String rule, boolean enabled, boolean corroborates, int settleMinutes, int escalateHours) {
  /** Settings with which no alert is read. */
  public static final AlertSettings NONE = new AlertSettings("", false, false, 10, 24);
}
