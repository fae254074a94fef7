package dev.lockstep.detections.state;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Current form of a finding of a rule, subject and day: the verdicts that fire, counted by severity
 * and reason. The finding as it was last given out is a {@link KeptFinding}.
 */
public final class DayFinding {
  private static final Severity[] SEVERITIES = Severity.values();

  private final RuleDay day;
  private final List<String> parts;
  private final List<FiredEntry> entries = new ArrayList<>(1);
  private final int reasons;
  private final int[] counts;
  private boolean touched;

  DayFinding(RuleDay day, List<String> parts, int reasons) {
    this.day = day;
    this.parts = parts;
    this.reasons = reasons + 1;
    this.counts = new int[SEVERITIES.length * this.reasons];
  }

  public RuleDay day() {
    return day;
  }

  public List<String> parts() {
    return parts;
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Returns the verdicts that fire, in no particular order. */
  public List<Fired> fired() {
    List<Fired> fired = new ArrayList<>(entries.size());
    for (FiredEntry entry : entries) {
      fired.add(entry.fired());
    }
    return fired;
  }

  void add(Fired fired, RuleInfo info) {
    FiredEntry entry = addUnlinked(fired, info);
    for (int i = 0; i < fired.size(); i++) {
      ((KeptFact) fired.fact(i)).link(entry);
    }
    for (Fact ground : fired.grounds()) {
      ((KeptFact) ground).link(entry);
    }
  }

  /**
   * Adds a verdict to this finding, without the links from the facts on which the verdict rests. A
   * link is an entry in a fact's list of verdicts, and a change of the fact removes the verdicts in
   * this list. {@link #add} makes the links afterwards. A verdict without a link is kept only until
   * the finding is given out.
   */
  FiredEntry addUnlinked(Fired fired, RuleInfo info) {
    FiredEntry entry = new FiredEntry(fired, this, entries.size());
    entries.add(entry);
    day.fired(1, entries.size() == 1 ? 1 : 0);
    counts[placeOf(fired, info)]++;
    return entry;
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
    day.fired(-1, entries.isEmpty() ? -1 : 0);
    counts[placeOf(entry.fired(), info)]--;
  }

  void clear() {
    day.fired(-entries.size(), entries.isEmpty() ? 0 : -1);
    for (FiredEntry entry : entries) {
      entry.place(-1);
    }
    entries.clear();
    Arrays.fill(counts, 0);
  }

  private int placeOf(Fired fired, RuleInfo info) {
    return severityOf(fired) * reasons + info.rank(fired.reason());
  }

  private static int severityOf(Fired fired) {
    return switch (fired.severity()) {
      case Informational -> 0;
      case Low -> 1;
      case Medium -> 2;
      case High -> 3;
    };
  }

  /** Returns the highest severity of the verdicts that fire, or null if none fires. */
  public @Nullable Severity severity() {
    int highest = highest();
    return highest < 0 ? null : SEVERITIES[highest];
  }

  /**
   * Returns the index of this finding's reason in the list of reasons that the rule declares, or -1
   * if nothing fires. The finding's reason is the reason of a verdict with the highest severity; of
   * several such reasons, the one declared first. A reason that is not declared has the index after
   * the last.
   */
  public int reasonRank() {
    int highest = highest();
    for (int rank = 0; highest >= 0 && rank < reasons; rank++) {
      if (counts[highest * reasons + rank] > 0) {
        return rank;
      }
    }
    return -1;
  }

  private int highest() {
    for (int i = counts.length - 1; i >= 0; i--) {
      if (counts[i] > 0) {
        return i / reasons;
      }
    }
    return -1;
  }

  /**
   * Returns the reason of this finding. If its verdicts of the highest severity have several
   * reasons, it is the one that the rule declares first. The text is empty if nothing fires, or if
   * the rule did not declare the reason.
   */
  public String reason(RuleInfo info) {
    int rank = reasonRank();
    return rank < 0 || rank >= info.reasons().size() ? "" : info.reasons().get(rank);
  }

  boolean touch() {
    boolean news = !touched;
    touched = true;
    return news;
  }

  public boolean isTouched() {
    return touched;
  }

  void clearTouched() {
    touched = false;
  }
}
