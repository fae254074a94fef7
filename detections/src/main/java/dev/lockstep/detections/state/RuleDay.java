package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** State of a rule on one UTC day of a subject: facts, verdicts, and findings given out. */
public final class RuleDay {
  /**
   * Value of {@link #ceiling} if the day has dropped no fact of the given kind. It is above the
   * order of every fact.
   */
  public static final long NO_CEILING = Long.MAX_VALUE;

  /**
   * Ratio of facts and set members to changed facts, above which the next judgement of a day is
   * postponed. The facts and members are those that the day's last judgement read. The day then
   * waits for more changes, at the latest until its findings are given out.
   */
  private static final int MOST_SIZE_PER_CHANGE = 256;

  private static final int MEMBERS_PER_UNIT = 4;

  private static final KindFacts[] NONE = {};

  private final int day;
  private final RuleInfo info;
  private final Settings settings;

  /** Facts by kind, in no particular order. */
  private KindFacts[] kinds = NONE;

  // On most days nothing fires and no fact is dropped: collections for that are created on demand.
  private long @Nullable [] ceilings;
  private Map<List<String>, DayFinding> findings = Map.of();
  private List<DayFinding> touched = List.of();
  private NavigableMap<String, KeptFinding> keptFindings = Collections.emptyNavigableMap();
  private @Nullable Map<List<String>, KeptFinding> keptByParts;
  private @Nullable KeptFinding collapsed;
  private boolean moreFindings;
  private boolean judged;
  private boolean toBeJudgedWhole;
  private boolean keepsLesson;
  private int judgedSize;
  private int members;
  private List<KeptFact> unjudged = List.of();
  private boolean crowded;
  private List<Fired> crowd = List.of();
  private int verdicts;
  private int factsGivenOut;
  private int firing;
  private boolean pending;
  private boolean dirty;
  private byte @Nullable [] written;

  RuleDay(int day, ActiveRule rule) {
    this.day = day;
    this.info = rule.info();
    this.settings = rule.settings();
  }

  public int day() {
    return day;
  }

  /** Returns all kept facts. It decodes those that are still records. */
  public List<KeptFact> facts() {
    if (kinds.length == 1) {
      return kinds[0].all();
    }
    List<KeptFact> all = new ArrayList<>(size());
    for (KindFacts each : kinds) {
      all.addAll(each.all());
    }
    return all;
  }

  /** Returns the kept facts of a kind, without decoding facts of other kinds. */
  public List<KeptFact> facts(FactKind kind) {
    KindFacts known = of(kind);
    return known == null ? List.of() : known.all();
  }

  /**
   * Returns the facts of a kind whose geographic place fulfils a predicate, and maybe other facts
   * of the kind too. Facts that are already decoded are always in the list, whatever their place.
   * The caller has to check each fact's place itself.
   */
  public List<KeptFact> facts(FactKind kind, Predicate<Place> places) {
    KindFacts known = of(kind);
    return known == null ? List.of() : known.at(places);
  }

  /** Returns a fact whose identifying values equal the given ones, or null if there is none. */
  public @Nullable KeptFact alike(FactIdentity identity) {
    KindFacts known = of(identity.kind());
    return known == null ? null : known.alike(identity);
  }

  /**
   * Returns the facts with the given identity that lie near the given time, and maybe further facts
   * with that identity. Facts lie near if they contain the time {@code at} or lie less than {@code
   * gapMillis} from it. Facts of one identity differ only in time, and are called runs. The list is
   * new.
   */
  public List<KeptFact> runs(FactIdentity identity, long at, long gapMillis) {
    KindFacts known = of(identity.kind());
    return known == null ? List.of() : known.runs(identity, at, gapMillis);
  }

  /**
   * Passes to a reader each fact that is already decoded. A fact that is still a record can neither
   * have changed nor fired.
   */
  public void eachDecoded(Consumer<KeptFact> reader) {
    for (KindFacts each : kinds) {
      each.decoded().forEach(reader);
    }
  }

  public void add(KeptFact fact) {
    ofOrNew(fact.kind()).decoded().add(fact);
  }

  public void remove(KeptFact fact) {
    ofOrNew(fact.kind()).decoded().remove(fact);
  }

  /** Returns whether no fact is kept. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Returns the number of kept facts. */
  public int size() {
    int size = 0;
    for (KindFacts each : kinds) {
      size += each.size();
    }
    return size;
  }

  /** Returns the number of kept facts of a kind. */
  public int size(FactKind kind) {
    KindFacts known = of(kind);
    return known == null ? 0 : known.size();
  }

  /**
   * Returns the number of kept facts of a kind, where facts that differ only in their time count
   * once.
   */
  public int groups(FactKind kind) {
    KindFacts known = of(kind);
    return known == null ? 0 : known.groups();
  }

  void unread(FactKind kind, UnreadFacts records) {
    ofOrNew(kind).unread(records);
  }

  private @Nullable KindFacts of(FactKind kind) {
    for (KindFacts each : kinds) {
      if (each.kind() == kind) {
        return each;
      }
    }
    return null;
  }

  private KindFacts ofOrNew(FactKind kind) {
    KindFacts known = of(kind);
    if (known == null) {
      known = new KindFacts(kind);
      kinds = Arrays.copyOf(kinds, kinds.length + 1);
      kinds[kinds.length - 1] = known;
    }
    return known;
  }

  /**
   * Returns the estimated memory of this day's facts in units of 200 bytes. Sets count by a
   * fraction of their memory, because reading a day with large sets again takes long.
   */
  int weight() {
    int weight = members / MEMBERS_PER_UNIT;
    for (KindFacts each : kinds) {
      weight += each.weight();
    }
    return weight;
  }

  /**
   * Returns the smallest {@link KeptFact#order} of the facts of a kind that this day dropped, or
   * {@link #NO_CEILING} if it dropped none. If a day has too many facts of a kind, those with the
   * largest order are dropped. The day keeps no fact of the kind with this order or a larger one.
   */
  public long ceiling(FactKind kind) {
    return ceilings == null ? NO_CEILING : ceilings[info.kinds().indexOf(kind)];
  }

  public void ceiling(FactKind kind, long smallestLost) {
    ceilings()[info.kinds().indexOf(kind)] = smallestLost;
    dirty = true;
  }

  long[] ceilings() {
    long[] known = ceilings;
    if (known == null) {
      known = new long[info.kinds().size()];
      Arrays.fill(known, NO_CEILING);
      ceilings = known;
    }
    return known;
  }

  /**
   * Returns whether facts of this day were dropped because there were too many. A finding may then
   * hold although its facts are not kept.
   */
  public boolean hasLost() {
    if (ceilings == null) {
      return false;
    }
    for (long ceiling : ceilings) {
      if (ceiling != NO_CEILING) {
        return true;
      }
    }
    return false;
  }

  public boolean hasMoreFindings() {
    return moreFindings;
  }

  /** Returns whether changes of the day's findings still have to be given out. */
  public boolean isPending() {
    return pending;
  }

  public void moreFindings(boolean more) {
    dirty |= more != moreFindings;
    moreFindings = more;
  }

  /** Returns whether the day has been judged and its verdicts, if it has any, are in memory. */
  public boolean isJudged() {
    return judged;
  }

  /**
   * Returns whether the next judgement has to cover the whole day. It is so after the rule failed,
   * and after a principal was erased.
   */
  public boolean isToBeJudgedWhole() {
    return toBeJudgedWhole;
  }

  public void toBeJudgedWhole(boolean whole) {
    dirty |= toBeJudgedWhole != whole;
    toBeJudgedWhole = whole;
  }

  /**
   * Returns whether the lesson of this day stays as it is, whatever facts the day has now. The
   * result is true if the facts that the lesson was learned from are evicted. Any facts that the
   * day has now are of events read later, such as copies of some of its events.
   */
  public boolean keepsLesson() {
    return keepsLesson;
  }

  public void keepLesson() {
    dirty |= !keepsLesson;
    keepsLesson = true;
  }

  /**
   * Marks the day as already judged, unless the stored state has a record of the day. Facts have
   * records of their own. A judgement that fires stores a record of the day, with the findings. So
   * nothing fires on a day without that record, and its facts need not be judged again. With the
   * record, the mark stays as it is, even if the record holds only other state, such as a note that
   * facts were dropped.
   */
  public void markJudgedUnlessStored() {
    judged |= written == null;
  }

  /**
   * Returns whether one more change of a fact may wait for a later judgement of the whole day. It
   * may if the day is large, and few changes wait for it already. Without waiting, each of many
   * changes would cost as much as the whole day. The day is judged at the latest when its findings
   * are given out.
   */
  public boolean mayWait() {
    return (unjudged.size() + 1L) * MOST_SIZE_PER_CHANGE < judgedSize;
  }

  /** Returns whether changes of facts wait for the next judgement. */
  public boolean hasUnjudged() {
    return !unjudged.isEmpty();
  }

  /**
   * Lets a change of a fact wait for the next judgement of the day, and removes the day's verdicts
   * from memory.
   */
  public void addUnjudged(KeptFact changed) {
    dropJudgement();
    if (unjudged.isEmpty()) {
      unjudged = new ArrayList<>();
    }
    unjudged.add(changed);
  }

  /**
   * Returns the facts whose changes waited for the judgement just made, and clears their list. It
   * also stores the size of that judgement. A fact that changed twice is in the list twice.
   *
   * @param size number of facts and set members that the judgement went through
   * @param ofDay number of set members in facts of this day; the facts themselves do not count
   */
  public List<KeptFact> judged(int size, int ofDay) {
    List<KeptFact> waited = unjudged;
    judgedSize = size;
    members = ofDay;
    unjudged = List.of();
    return waited;
  }

  /**
   * Records that the whole day was judged, so that any of its findings may have changed. Each
   * finding that was given out is then compared with its last output.
   */
  public void judgedWhole() {
    judged = true;
    for (KeptFinding each : keptFindings.values()) {
      touch(findingOrNew(each.parts()));
    }
  }

  private DayFinding finding(List<String> parts) {
    return new DayFinding(this, parts, info.reasons().size());
  }

  public Map<List<String>, DayFinding> findings() {
    return findings;
  }

  public void addFired(Fired fired) {
    List<String> parts = fired.parts();
    DayFinding finding = findingOrNew(parts);
    finding.add(fired, info);
    touch(finding);
  }

  private DayFinding findingOrNew(List<String> parts) {
    if (!(findings instanceof LinkedHashMap<?, ?>)) {
      findings = new LinkedHashMap<>(4);
    }
    return findings.computeIfAbsent(parts, this::finding);
  }

  /** Adds firing verdicts. They are dropped from memory as soon as their findings are given out. */
  public void addUnlinked(List<Fired> fired) {
    RuleInfo.Collapse collapse = info.collapse();
    if (collapse != null && fired.size() > collapse.most()) {
      Set<List<String>> all = new HashSet<>();
      fired.forEach(one -> all.add(one.parts()));
      if (all.size() > collapse.most()) {
        crowd = fired;
        fired(fired.size(), all.size());
        return;
      }
    }
    for (Fired one : fired) {
      findingOrNew(one.parts()).addUnlinked(one, info);
    }
    findings.values().forEach(this::touch);
  }

  /**
   * Removes the day's verdicts that rest on a fact, and marks their findings as possibly changed.
   */
  public void dropFired(KeptFact fact) {
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
    fact.fired(others);
  }

  /**
   * Marks the day's findings that rest on a fact as possibly changed; returns whether a finding may
   * rest on the fact. It is true too if the day's verdicts are not in memory, since any finding may
   * rest on the fact.
   */
  public boolean dependsOn(KeptFact fact) {
    boolean depends = !judged;
    for (FiredEntry entry : fact.fired()) {
      if (entry.finding().day() == this && entry.place() >= 0) {
        touch(entry.finding());
        depends = true;
      }
    }
    return depends;
  }

  /** Adds to the count of verdicts that fire and to the count of findings with such a verdict. */
  public void fired(int moreVerdicts, int moreFindings) {
    verdicts += moreVerdicts;
    firing += moreFindings;
  }

  /** Returns the number of verdicts that fire and are in memory. */
  public int verdicts() {
    return verdicts;
  }

  /**
   * Returns whether verdicts are computed only when findings are given out, because there are too
   * many to keep in memory. Until then only changes that raise a finding matter.
   */
  public boolean isCrowded() {
    return crowded || collapsed() != null;
  }

  public void crowded(boolean isCrowded) {
    crowded = isCrowded;
  }

  /**
   * Returns how many facts this day had at the last attempt to give out its findings, or 0 if no
   * attempt is known. An attempt counts even if it left the findings as they were, because the rule
   * failed.
   */
  public int factsGivenOut() {
    return factsGivenOut;
  }

  void factsGivenOut(int facts) {
    factsGivenOut = facts;
  }

  /**
   * Returns the day's verdicts that fire, in no particular order. The list is empty if they are not
   * in memory.
   */
  public List<Fired> fired() {
    if (!crowd.isEmpty()) {
      return crowd;
    }
    List<Fired> fired = new ArrayList<>(verdicts);
    findings.values().forEach(finding -> fired.addAll(finding.fired()));
    return fired;
  }

  /** Removes the day's verdicts from memory, and marks the day as not judged. */
  public void dropJudgement() {
    if (!crowd.isEmpty()) {
      crowd = List.of();
      verdicts = 0;
      firing = 0;
    }
    findings.values().forEach(DayFinding::clear);
    findings = Map.of();
    touched = List.of();
    judged = false;
  }

  /**
   * Returns whether one more finding of this day would change what is given out. It would be given
   * out itself, or it would add a note of overflow to the others. At most {@code setCap} findings
   * of a day are given out. When the first one above that is left out, the others are given out
   * again with the note. Any further one changes nothing. So the result is false if {@code setCap}
   * findings were given out and the day is known to have more.
   */
  public boolean hasRoomForFinding() {
    return !(moreFindings && keptFindings.size() >= settings.setCap());
  }

  /**
   * Returns whether a verdict would add a finding to the findings given out, or raise one of these
   * findings. A higher severity raises a finding, and so does, at the same severity, a reason that
   * takes precedence. If all findings are collapsed into one, only a higher severity counts.
   */
  public boolean isRaisedBy(String reason, Severity severity, List<String> parts) {
    KeptFinding kept = givenOut(parts);
    if (kept == null) {
      return hasRoomForFinding();
    }
    if (kept.collapsed()) {
      RuleInfo.Collapse collapse = info.collapse();
      Severity now = collapse == null ? severity : collapse.severity(severity);
      return now.compareTo(kept.severity()) > 0;
    }
    return kept.compareWith(info, severity, info.rank(reason)) > 0;
  }

  /** Removes all verdicts from the day, and marks each of its findings as possibly changed. */
  public void dropFired() {
    if (!judged) {
      for (KeptFinding each : keptFindings.values()) {
        findingOrNew(each.parts());
      }
    }
    for (DayFinding finding : findings.values()) {
      finding.clear();
      touch(finding);
    }
    eachDecoded(KeptFact::dropGone);
  }

  private void touch(DayFinding finding) {
    if (finding.touch()) {
      if (!(touched instanceof ArrayList<DayFinding>)) {
        touched = new ArrayList<>(2);
      }
      touched.add(finding);
    }
  }

  public void touchAll() {
    findings.values().forEach(this::touch);
  }

  public List<DayFinding> touched() {
    return touched;
  }

  public void clearTouched() {
    for (DayFinding finding : touched) {
      finding.clearTouched();
      if (finding.isEmpty()) {
        findings.remove(finding.parts());
      }
    }
    touched = List.of();
  }

  /** Returns how many findings of the day have a verdict that fires. */
  public int firing() {
    return firing;
  }

  /**
   * Returns the day's finding with the given distinguishing texts, as it was last given out, or
   * null if there is none. The texts {@code parts} tell apart the findings of one rule, subject and
   * day. If one finding was given out in place of all findings of the day, it is returned for any
   * texts.
   */
  public @Nullable KeptFinding givenOut(List<String> parts) {
    KeptFinding all = collapsed();
    return all == null ? byParts().get(parts) : all;
  }

  /**
   * Returns the finding that replaced all findings of the day because there were too many, or null
   * if there is none. {@link RuleInfo#collapse} has the limit.
   */
  public @Nullable KeptFinding collapsed() {
    if (keptFindings.isEmpty()) {
      return null;
    }
    byParts();
    return collapsed;
  }

  private Map<List<String>, KeptFinding> byParts() {
    Map<List<String>, KeptFinding> known = keptByParts;
    if (known == null) {
      known = new HashMap<>(2 * keptFindings.size());
      collapsed = null;
      for (KeptFinding each : keptFindings.values()) {
        if (each.collapsed()) {
          collapsed = each;
        } else {
          known.put(each.parts(), each);
        }
      }
      keptByParts = known;
    }
    return known;
  }

  /** Adds a finding to the list of the day's findings that were given out. */
  public void addGivenOut(String id, KeptFinding finding) {
    if (!(keptFindings instanceof TreeMap<?, ?>)) {
      keptFindings = new TreeMap<>();
    }
    keptFindings.put(id, finding);
    keptByParts = null;
  }

  /** Replaces the list of the day's findings that were given out, without giving out any. */
  public void replaceGivenOut(Map<String, KeptFinding> now) {
    keptFindings = now.isEmpty() ? Collections.emptyNavigableMap() : new TreeMap<>(now);
    keptByParts = null;
  }

  /** Returns the day's findings as they were last given out, by id. */
  public NavigableMap<String, KeptFinding> givenOut() {
    return Collections.unmodifiableNavigableMap(keptFindings);
  }

  /**
   * Marks the day as pending, so that changes of its findings are given out later; returns whether
   * it was not marked before.
   */
  public boolean delay() {
    boolean news = !pending;
    pending = true;
    dirty |= news;
    return news;
  }

  public void givenOut(int ofFacts) {
    dirty |= pending;
    pending = false;
    factsGivenOut = ofFacts;
  }

  public void markChanged() {
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
