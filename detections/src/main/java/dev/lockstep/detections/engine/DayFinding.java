package dev.lockstep.detections.engine;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finding of a rule and day as it is now: the verdicts that it rests on, counted by severity. */
final class DayFinding {
  private static final Severity[] SEVERITIES = Severity.values();

  private final RuleDay day;
  private final List<String> parts;
  private final List<FiredEntry> entries = new ArrayList<>(1);
  private final int[][] counts;
  private boolean touched;
  private boolean moved;
  private @Nullable String id;

  DayFinding(RuleDay day, List<String> parts, int reasons) {
    this.day = day;
    this.parts = parts;
    this.counts = new int[SEVERITIES.length][reasons + 1];
  }

  RuleDay day() {
    return day;
  }

  List<String> parts() {
    return parts;
  }

  /** Returns its id, or null as long as nobody has asked for it. */
  @Nullable String id() {
    return id;
  }

  void id(String known) {
    id = known;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }

  /** Returns the verdicts, in no order. */
  List<Fired> fired() {
    List<Fired> fired = new ArrayList<>(entries.size());
    for (FiredEntry entry : entries) {
      fired.add(entry.fired());
    }
    return fired;
  }

  void add(Fired fired, RuleInfo info) {
    FiredEntry entry = new FiredEntry(fired, this, entries.size());
    entries.add(entry);
    for (int i = 0; i < fired.size(); i++) {
      ((KeptFact) fired.fact(i)).fires(entry);
    }
    for (Fact ground : fired.grounds()) {
      ((KeptFact) ground).fires(entry);
    }
    counts[severityOf(fired)][info.rank(fired.reason())]++;
  }

  void remove(FiredEntry entry, RuleInfo info) {
    int place = entry.place();
    if (place < 0) {
      return;
    }
    FiredEntry last = entries.remove(entries.size() - 1);
    if (last != entry) {
      entries.set(place, last);
      last.place(place);
    }
    entry.place(-1);
    counts[severityOf(entry.fired())][info.rank(entry.fired().reason())]--;
  }

  void clear() {
    for (FiredEntry entry : entries) {
      entry.place(-1);
    }
    entries.clear();
    for (int[] byReason : counts) {
      Arrays.fill(byReason, 0);
    }
  }

  private static int severityOf(Fired fired) {
    return switch (fired.severity()) {
      case Informational -> 0;
      case Low -> 1;
      case Medium -> 2;
      case High -> 3;
    };
  }

  /** Returns the highest severity, or null if nothing fires. */
  @Nullable Severity severity() {
    for (int i = SEVERITIES.length - 1; i >= 0; i--) {
      for (int count : counts[i]) {
        if (count > 0) {
          return SEVERITIES[i];
        }
      }
    }
    return null;
  }

  /** Returns the place of the reason that goes with the highest severity, -1 if nothing fires. */
  int reasonRank() {
    for (int i = SEVERITIES.length - 1; i >= 0; i--) {
      for (int rank = 0; rank < counts[i].length; rank++) {
        if (counts[i][rank] > 0) {
          return rank;
        }
      }
    }
    return -1;
  }

  /** Notes that it may have changed; returns if that is news. */
  boolean touch() {
    boolean news = !touched;
    touched = true;
    return news;
  }

  /** Notes that it has changed since somebody asked; returns if that is news. */
  boolean move() {
    boolean news = !moved;
    moved = true;
    return news;
  }

  void asked() {
    moved = false;
  }

  boolean isTouched() {
    return touched;
  }

  void settled() {
    touched = false;
  }
}
