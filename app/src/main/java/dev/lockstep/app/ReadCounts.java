package dev.lockstep.app;

import dev.lockstep.ingest.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What became of the records of a capture, by category. Every record is counted once, so records
 * read are activities, passed by, rejected and quarantined together. Safe for use by several
 * threads.
 */
final class ReadCounts {
  private final Map<String, OfCategory> byCategory = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> rejectedByReason = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> quarantinedByReason = new ConcurrentHashMap<>();
  private final Map<String, DeadLetter> examples = new ConcurrentHashMap<>();

  private static final class OfCategory {
    final LongAdder activities = new LongAdder();
    final LongAdder passedBy = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder quarantined = new LongAdder();

    Sums sums() {
      return new Sums(activities.sum(), passedBy.sum(), rejected.sum(), quarantined.sum());
    }
  }

  /** How many records went which way. */
  record Sums(long activities, long passedBy, long rejected, long quarantined) {
    static final Sums NONE = new Sums(0, 0, 0, 0);

    long recordsRead() {
      return activities + passedBy + rejected + quarantined;
    }

    Sums plus(Sums other) {
      return new Sums(
          activities + other.activities,
          passedBy + other.passedBy,
          rejected + other.rejected,
          quarantined + other.quarantined);
    }
  }

  void count(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      of(mapped.activity().getCategory()).activities.increment();
    } else if (outcome instanceof Outcome.PassedBy passed) {
      of(passed.category()).passedBy.increment();
    } else if (outcome instanceof Outcome.Rejected rejected) {
      DeadLetter letter = rejected.letter();
      of(letter.getCategory()).rejected.increment();
      count(rejectedByReason, letter);
    } else if (outcome instanceof Outcome.Quarantined quarantined) {
      DeadLetter letter = quarantined.letter();
      of(letter.getCategory()).quarantined.increment();
      count(quarantinedByReason, letter);
    }
  }

  private OfCategory of(@Nullable String category) {
    return byCategory.computeIfAbsent(
        category == null || category.isEmpty() ? "(none)" : category, name -> new OfCategory());
  }

  private void count(Map<String, LongAdder> reasons, DeadLetter letter) {
    reasons.computeIfAbsent(letter.getReason(), reason -> new LongAdder()).increment();
    examples.merge(letter.getReason(), letter, (one, other) -> before(one, other) ? one : other);
  }

  private static boolean before(DeadLetter one, DeadLetter other) {
    return place(one).compareTo(place(other)) <= 0;
  }

  /** Returns where a letter lies, so that the smallest comes first. */
  private static String place(DeadLetter letter) {
    Where where = letter.getWhere();
    return "%s:%012d:%06d".formatted(where.getFile(), where.getPosition(), where.getIndex());
  }

  Map<String, Sums> byCategory() {
    Map<String, Sums> sums = new TreeMap<>();
    byCategory.forEach((category, counts) -> sums.put(category, counts.sums()));
    return sums;
  }

  Sums all() {
    return byCategory().values().stream().reduce(Sums.NONE, Sums::plus);
  }

  Map<String, Long> rejectedByReason() {
    return sums(rejectedByReason);
  }

  Map<String, Long> quarantinedByReason() {
    return sums(quarantinedByReason);
  }

  /** Returns the first letter of each reason, by where it lies. */
  Map<String, DeadLetter> examples() {
    return new TreeMap<>(examples);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counters) {
    Map<String, Long> sums = new TreeMap<>();
    counters.forEach((reason, count) -> sums.put(reason, count.sum()));
    return sums;
  }
}
