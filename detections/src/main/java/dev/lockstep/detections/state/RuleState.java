package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.RuleInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * State of a rule for one subject: its days, and its lessons. Closed days teach lessons for later
 * ones, such as a usual country.
 */
public final class RuleState {
  private static final int MOST_DIGESTED = 64;

  private final ActiveRule rule;
  private final TreeMap<Integer, RuleDay> days = new TreeMap<>();

  // Most subjects learn nothing: the collections for lessons are created on demand.
  private NavigableMap<Integer, Map<String, Integer>> lessons = Collections.emptyNavigableMap();
  private NavigableSet<Integer> unlearned = Collections.emptyNavigableSet();
  private NavigableSet<Integer> unlearnedBefore = Collections.emptyNavigableSet();
  private NavigableMap<Integer, Learned> digested = Collections.emptyNavigableMap();
  private boolean lessonsDirty;
  private byte @Nullable [] written;

  RuleState(ActiveRule rule) {
    this.rule = rule;
  }

  public ActiveRule rule() {
    return rule;
  }

  public NavigableMap<Integer, RuleDay> days() {
    return days;
  }

  public @Nullable RuleDay day(int day) {
    return days.get(day);
  }

  public RuleDay dayOrNew(int day) {
    RuleDay known = days.get(day);
    if (known == null) {
      known = new RuleDay(day, rule);
      days.put(day, known);
    }
    return known;
  }

  /** Marks a day as one whose lessons may have changed, if the rule learns. */
  public void markLessonChanged(int day) {
    if (rule.info().daysLearned(rule.settings()) > 0) {
      addUnlearned(day);
    }
  }

  public void addUnlearned(int day) {
    if (unlearned.isEmpty() && !(unlearned instanceof TreeSet<Integer>)) {
      unlearned = new TreeSet<>();
    }
    unlearned.add(day);
  }

  /**
   * Removes the earliest day whose lessons may have changed, and returns this day, or null if there
   * is none.
   */
  public @Nullable Integer pollUnlearned() {
    return unlearned.isEmpty() ? null : unlearned.pollFirst();
  }

  void taught(int day, Map<String, Integer> traits) {
    if (!(lessons instanceof TreeMap<?, ?>)) {
      lessons = new TreeMap<>();
      digested = Collections.emptyNavigableMap();
    }
    lessons.put(day, traits);
  }

  public NavigableSet<Integer> unlearned() {
    return unlearned;
  }

  /**
   * Replaces the lessons of a day, and returns whether they changed. A lesson is a trait of the
   * day, such as a country, with the amount that the rule stores with the trait.
   *
   * @param traits amount of each trait; if empty, the day has no lessons
   */
  public boolean teach(int day, Map<String, Integer> traits) {
    Map<String, Integer> before = lessons.isEmpty() ? null : lessons.get(day);
    if (!traits.isEmpty()) {
      taught(day, traits);
    } else if (before != null) {
      lessons.remove(day);
    }
    boolean changed = !traits.equals(before == null ? Map.of() : before);
    lessonsDirty |= changed;
    if (changed && !digested.isEmpty()) {
      digested.tailMap(day + 2, true).clear();
    }
    return changed;
  }

  public NavigableMap<Integer, Map<String, Integer>> lessons() {
    return lessons;
  }

  /**
   * Replaces each text in the rule's lessons, such as a usual country, by another text. If two
   * texts of a day become the same, the larger amount is kept.
   */
  void renameTraits(UnaryOperator<String> renaming) {
    for (int day : List.copyOf(lessons.keySet())) {
      TreeMap<String, Integer> renamed = new TreeMap<>();
      lessons
          .getOrDefault(day, Map.of())
          .forEach((trait, amount) -> renamed.merge(renaming.apply(trait), amount, Math::max));
      boolean unused = teach(day, renamed);
    }
  }

  /**
   * Returns for how many UTC days a lesson is kept. It is the learning period plus the number of
   * days for which facts are kept.
   */
  public int daysOfLessons() {
    return rule.info().daysLearned(rule.settings()) + rule.info().daysKept();
  }

  /**
   * Drops the lessons of days that are too old, except days for which {@code Rule#keepsLessons}
   * returns true. A day is too old if it lies before {@code newest} by more than the learning
   * period plus the number of days for which facts are kept.
   */
  public void prune(int newest) {
    int oldest = newest - daysOfLessons();
    if (lessons.isEmpty() || lessons.firstKey() >= oldest) {
      return;
    }
    Learned all = learned(Integer.MAX_VALUE - 2);
    boolean dropped =
        lessons
            .headMap(oldest, false)
            .keySet()
            .removeIf(day -> !rule.rule().keepsLessons(day, all, rule.settings()));
    if (dropped) {
      lessonsDirty = true;
      digested = Collections.emptyNavigableMap();
    }
  }

  /**
   * Returns whether all lessons of this rule may be evicted once all events up to a UTC day have
   * passed. They may if every day that has lessons, or whose lessons have to be computed again, is
   * too old to matter for a day that can still be judged. Besides, the rule must not ask to keep
   * any of the lessons for longer.
   *
   * @param low UTC day up to which everything has passed
   */
  boolean mayEvictLessons(int low) {
    int oldest = low - rule.info().daysLearned(rule.settings()) - StateCodec.DAYS_LATE;
    return (unlearned.isEmpty() || unlearned.last() < oldest)
        && (lessons.isEmpty() || lessons.lastKey() < oldest)
        && lessons.keySet().stream().noneMatch(this::keepsLessons);
  }

  private boolean keepsLessons(int day) {
    return rule.rule().keepsLessons(day, learned(Integer.MAX_VALUE - 2), rule.settings());
  }

  /**
   * Returns the first day that has lessons or whose lessons have to be computed. It is {@code
   * Integer.MAX_VALUE} if there is none.
   */
  int oldest() {
    return Math.min(
        lessons.isEmpty() ? Integer.MAX_VALUE : lessons.firstKey(),
        unlearned.isEmpty() ? Integer.MAX_VALUE : unlearned.first());
  }

  /**
   * Clears the list of days whose lessons have to be computed again, if no lesson is needed any
   * more. {@link #mayEvictLessons} decides that.
   *
   * @param low UTC day up to which everything has passed
   */
  public void evictUnlearned(int low) {
    if (mayEvictLessons(low)) {
      unlearned = Collections.emptyNavigableSet();
    }
  }

  boolean lessonsDirty() {
    return lessonsDirty || !unlearned.equals(unlearnedBefore);
  }

  byte @Nullable [] written() {
    return written;
  }

  void written(byte @Nullable [] bytes) {
    written = bytes;
    unlearnedBefore =
        unlearned.isEmpty() ? Collections.emptyNavigableSet() : new TreeSet<>(unlearned);
    lessonsDirty = false;
  }

  /**
   * Returns the lessons that the rule may use to judge a given day. These are the lessons of all
   * days that are at least two days earlier.
   */
  public Learned learned(int day) {
    Learned known = digested.isEmpty() ? null : digested.get(day);
    if (known == null) {
      if (!(digested instanceof TreeMap<?, ?>)) {
        digested = new TreeMap<>();
      } else if (digested.size() >= MOST_DIGESTED) {
        digested.pollFirstEntry();
      }
      known = new Closed(day);
      digested.put(day, known);
    }
    return known;
  }

  /**
   * Returns whether the judgement of the given day reads a day of which some facts were dropped.
   */
  public boolean hasLostInReach(RuleDay day) {
    RuleInfo info = rule.info();
    for (int each = info.firstDayReadBy(day.day()); each <= info.lastDayReadBy(day.day()); each++) {
      RuleDay other = days.get(each);
      if (other != null && other.hasLost()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether findings of a day were given out, and each of them has a count above the
   * setting {@code setCap}. The count of a finding is, for example, a number of users or minutes.
   * The setting {@code setCap} is the largest number of members that a set in state may have.
   */
  public boolean areAllCountsAboveCap(RuleDay day) {
    int most = rule.settings().setCap();
    return !day.givenOut().isEmpty()
        && day.givenOut().values().stream().allMatch(one -> one.count() > most);
  }

  /**
   * Removes verdicts from the facts that a day's judgement reads, if the verdicts no longer belong
   * to a finding. Facts that are still encoded have no such verdicts.
   */
  public void dropGone(RuleDay day) {
    RuleInfo info = rule.info();
    for (int each = info.firstDayReadBy(day.day()); each <= info.lastDayReadBy(day.day()); each++) {
      RuleDay other = days.get(each);
      if (other != null) {
        other.eachDecoded(KeptFact::dropGone);
      }
    }
  }

  /**
   * Lessons that the rule may use to judge a given day. They are those of all days at least two
   * days earlier. The object keeps the value that the rule last computed from them.
   */
  private final class Closed implements Learned {
    private final int last;
    private final NavigableSet<Integer> days;
    private @Nullable Object digest;

    Closed(int day) {
      this.last = day - 2;
      this.days = lessons.navigableKeySet().headSet(last, true);
    }

    @Override
    public NavigableSet<Integer> days() {
      return days;
    }

    @Override
    public Map<String, Integer> on(int day) {
      return day <= last ? lessons.getOrDefault(day, Map.of()) : Map.of();
    }

    @Override
    public <T> T digest(Class<T> type, Function<Learned, T> work) {
      Object known = digest;
      if (!type.isInstance(known)) {
        known = work.apply(this);
        digest = known;
      }
      return type.cast(known);
    }
  }
}
