package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/** Verdict of a day's finding, valid as long as its facts are unchanged. */
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

  /** Returns the index in the finding, or -1 after the verdict has left it. */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
