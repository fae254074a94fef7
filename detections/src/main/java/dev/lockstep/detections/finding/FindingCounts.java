package dev.lockstep.detections.finding;

import java.util.List;

/**
 * Receiver of counts about findings: those found, corroborated, and held back by exceptions, and
 * the time that they took.
 */
public interface FindingCounts {
  void finding(String rule, String severity);

  /** Counts a finding that an alert has corroborated. */
  void corroborated();

  /** Records the latency of a revision, from the arrival of the event that caused it. */
  void took(String rule, long millis);

  /**
   * Records which exceptions, and no others, cover a finding now.
   *
   * @param removed if they hold the finding back; otherwise it goes out all the same
   */
  void excepted(String finding, List<String> exceptions, boolean removed);
}
