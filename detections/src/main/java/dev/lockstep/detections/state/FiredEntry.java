package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/**
 * Verdict that fires, as an entry in the verdicts of its finding; the entry stays as long as the
 * verdict's facts are unchanged.
 */
public final class FiredEntry {
  private final Fired fired;
  private final DayFinding finding;
  private int place;

  FiredEntry(Fired fired, DayFinding finding, int place) {
    this.fired = fired;
    this.finding = finding;
    this.place = place;
  }

  Fired fired() {
    return fired;
  }

  public DayFinding finding() {
    return finding;
  }

  /**
   * Returns the verdict's index in the finding, or -1 if the verdict has been removed from the
   * finding.
   */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
