package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/**
 * Entry of a verdict in the list of its finding. Facts refer to entries, so that a changed fact can
 * remove its verdicts.
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

  /** Returns the index in the finding. It is -1 if the verdict has been removed. */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
