package dev.lockstep.detections.state;

import dev.lockstep.rules.Fired;

/** Verdict that a day's finding rests on, as long as its facts are as they were. */
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

  /** Returns its place in the finding, or -1 once it is out of it. */
  int place() {
    return place;
  }

  void place(int moved) {
    place = moved;
  }
}
