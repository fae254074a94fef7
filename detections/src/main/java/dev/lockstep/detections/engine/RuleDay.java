package dev.lockstep.detections.engine;

import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** UTC day of a subject for one rule: its facts, what fires, and the findings given out. */
final class RuleDay {
  /** Order that nothing reaches: all facts of a kind are kept. */
  static final long NO_CEILING = Long.MAX_VALUE;

  private static final List<String> COLLAPSED = List.of("", "collapsed");

  private final int day;
  private final RuleInfo info;
  private final List<KeptFact> facts = new ArrayList<>(2);
  private final long[] ceilings;
  private final Map<List<String>, DayFinding> findings = new LinkedHashMap<>(2);
  private final List<DayFinding> touched = new ArrayList<>(2);
  private final List<DayFinding> moved = new ArrayList<>(2);
  private final TreeMap<String, StandingFinding> standing = new TreeMap<>();
  private @Nullable Map<List<String>, StandingFinding> standingByParts;
  private boolean moreFindings;
  private boolean judged;
  private boolean pending;
  private boolean dirty;
  private byte @Nullable [] written;

  RuleDay(int day, RuleInfo info) {
    this.day = day;
    this.info = info;
    this.ceilings = new long[info.kinds().size()];
    Arrays.fill(ceilings, NO_CEILING);
  }

  int day() {
    return day;
  }

  List<KeptFact> facts() {
    return facts;
  }

  /** Returns the smallest order of a kind that is not kept any more. */
  long ceiling(FactKind kind) {
    return ceilings[info.kinds().indexOf(kind)];
  }

  void ceiling(FactKind kind, long smallestLost) {
    ceilings[info.kinds().indexOf(kind)] = smallestLost;
    dirty = true;
  }

  long[] ceilings() {
    return ceilings;
  }

  /** Returns if facts went, so that a finding may stand whose facts are not kept. */
  boolean hasLost() {
    for (long ceiling : ceilings) {
      if (ceiling != NO_CEILING) {
        return true;
      }
    }
    return false;
  }

  boolean hasMoreFindings() {
    return moreFindings;
  }

  void moreFindings(boolean more) {
    dirty |= more != moreFindings;
    moreFindings = more;
  }

  /** Returns if what fires is in memory. */
  boolean isJudged() {
    return judged;
  }

  void judged(boolean isJudged) {
    judged = isJudged;
  }

  Map<List<String>, DayFinding> findings() {
    return findings;
  }

  void fires(Fired fired) {
    DayFinding finding = findingOrNew(fired.parts());
    finding.add(fired, info);
    touch(finding);
  }

  private DayFinding findingOrNew(List<String> parts) {
    DayFinding finding = findings.get(parts);
    if (finding == null) {
      finding = new DayFinding(this, parts, info.reasons().size());
      findings.put(parts, finding);
    }
    return finding;
  }

  /** Takes out of the day what a fact has a part in. */
  void forgetFired(KeptFact fact) {
    List<FiredEntry> entries = fact.fired();
    if (entries.isEmpty()) {
      return;
    }
    List<FiredEntry> others = new ArrayList<>(0);
    for (FiredEntry entry : entries) {
      if (entry.finding().day() != this) {
        others.add(entry);
      } else if (entry.place() >= 0) {
        entry.finding().remove(entry, info);
        touch(entry.finding());
      }
    }
    entries.clear();
    entries.addAll(others);
  }

  /** Takes out of the day all that fires; what was given out of it may not fire any more. */
  void forgetFired() {
    if (!judged) {
      for (StandingFinding each : standing.values()) {
        findingOrNew(each.parts());
      }
    }
    for (DayFinding finding : findings.values()) {
      finding.clear();
      touch(finding);
    }
    for (KeptFact fact : facts) {
      fact.fired().removeIf(entry -> entry.place() < 0);
    }
  }

  private void touch(DayFinding finding) {
    if (finding.touch()) {
      touched.add(finding);
    }
    if (finding.move()) {
      moved.add(finding);
    }
  }

  void touchAll() {
    findings.values().forEach(this::touch);
  }

  /** Returns the findings that differ from what was given out. */
  List<DayFinding> touched() {
    return touched;
  }

  /** Returns which of these have changed since somebody asked last. */
  List<DayFinding> moved() {
    List<DayFinding> all = List.copyOf(moved);
    all.forEach(DayFinding::asked);
    moved.clear();
    return all;
  }

  void settled() {
    for (DayFinding finding : touched) {
      finding.settled();
      if (finding.isEmpty()) {
        findings.remove(finding.parts());
      }
    }
    touched.clear();
    moved.forEach(DayFinding::asked);
    moved.clear();
  }

  /** Returns how many findings something fires for. */
  int firing() {
    int firing = 0;
    for (DayFinding finding : findings.values()) {
      if (!finding.isEmpty()) {
        firing++;
      }
    }
    return firing;
  }

  /** Returns the finding given out that these parts belong to, or null. */
  @Nullable StandingFinding stands(List<String> parts) {
    Map<List<String>, StandingFinding> byParts = standingByParts;
    if (byParts == null) {
      byParts = new HashMap<>(2 * standing.size());
      for (StandingFinding each : standing.values()) {
        byParts.put(each.collapsed() ? COLLAPSED : each.parts(), each);
      }
      standingByParts = byParts;
    }
    StandingFinding one = byParts.get(COLLAPSED);
    return one == null ? byParts.get(parts) : one;
  }

  /** Returns the finding given out that stands for all of the day, or null. */
  @Nullable StandingFinding collapsed() {
    for (StandingFinding each : standing.values()) {
      if (each.collapsed()) {
        return each;
      }
    }
    return null;
  }

  /** Returns the findings given out, by the id of each. */
  NavigableMap<String, StandingFinding> standing() {
    return standing;
  }

  /** Notes that something that only counts up is to be given out; returns if that is news. */
  boolean delay() {
    boolean news = !pending;
    pending = true;
    return news;
  }

  void givenOut() {
    pending = false;
  }

  /** Notes that what was given out is to be written. */
  void soil() {
    standingByParts = null;
    dirty = true;
  }

  boolean isDirty() {
    return dirty;
  }

  byte @Nullable [] written() {
    return written;
  }

  void written(byte @Nullable [] bytes) {
    written = bytes;
    dirty = false;
  }
}
