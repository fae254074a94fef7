package dev.lockstep.detections.finding;

import java.util.List;

/**
 * Receiver of what is counted about findings: new and corroborated findings, the operator's
 * exceptions that cover each finding, and the latency of revisions.
 */
public interface FindingCounter {
  void finding(String rule, String severity);

  /**
   * Counts a finding that an alert has corroborated. The count belongs to the rule that has the
   * settings of alerts, not to the rule of the finding.
   *
   * @param alertRule id of the rule that has the settings of alerts
   */
  void countCorroborated(String alertRule);

  /** Records the latency of a revision, from the arrival of the event that caused it. */
  void took(String rule, long millis);

  /**
   * Records the ids of the operator's exceptions that cover a finding now, in place of the ids
   * recorded before. An exception is an entry by which an operator holds findings back.
   *
   * @param removed if they hold the finding back; otherwise it goes out all the same
   */
  void excepted(String finding, List<String> exceptions, boolean removed);

  /** Records that neither a finding nor the set of exceptions that cover it can change any more. */
  void evicted(String finding);
}
