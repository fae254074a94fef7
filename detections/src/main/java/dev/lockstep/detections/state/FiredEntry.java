package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/**
 * Entry of a verdict that fires in the list of its finding, by which the verdict is removed when
 * one of its facts changes. The facts refer to the entry.
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
   * Returns the index of this entry in the list of its finding. It is -1 if the verdict has been
   * removed.
   */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
