package dev.lockstep.detections.finding;

import java.util.List;

/** Counters of findings, for people. */
public interface FindingCounts {
  /** Counts a new finding. */
  void finding(String rule, String severity);

  /** Counts a finding that an alert has confirmed. */
  void confirmed();

  /** Notes how long a revision took from the arrival of the event that made it. */
  void took(String rule, long millis);

  /**
   * Notes which exceptions, and no others, cover a finding now.
   *
   * @param removed if they hold it back; else it goes out all the same
   */
  void excepted(String finding, List<String> exceptions, boolean removed);
}
