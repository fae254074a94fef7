package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/**
 * Entry in a finding's list of verdicts that fire. The facts of the verdict refer to the entry, so
 * that the verdict is removed when one of the facts changes.
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
   * Returns the index of this verdict in its finding's list of verdicts that fire, or -1 if the
   * verdict has been removed.
   */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
