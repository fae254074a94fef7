package dev.lockstep.ingest.outcome;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.Quoted;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counters of the records that readers begin to read, and of the outcomes of records. The two are
 * counted separately, so that they can be compared. Safe for use by several threads; values may lag
 * by a moment.
 */
public final class IngestCounts {
  /** Name under which records without a readable category are counted. */
  public static final String NO_CATEGORY = "(none)";

  /** Names of the flaws that are counted. */
  public static final List<String> FLAWS = Stream.of(Flaw.values()).map(flaw -> flaw.word).toList();

  /** Reasons for which records are rejected. */
  public static final List<String> REJECTIONS =
      Stream.of(Reason.values())
          .filter(reason -> reason != Reason.FUTURE && reason != Reason.TOO_OLD)
          .map(reason -> reason.word)
          .toList();

  private static final String FURTHER_CATEGORIES = "(other)";

  /**
   * Number of categories with their own counters. Further categories are counted as {@code
   * (other)}, because records may name any category. A category that Lockstep reads always has its
   * own counters.
   */
  private static final int MOST_CATEGORIES = 200;

  private final ConcurrentHashMap<String, Cells> byCategory = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, LongAdder> rejected = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, LongAdder> quarantined = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, LongAdder> flawed = new ConcurrentHashMap<>();
  private final LongAdder begun = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAccumulator newest = new LongAccumulator(Math::max, 0);
  private final LongAdder breaches = new LongAdder();
  private final Losses losses = new Losses();
  private final AtomicReference<@Nullable String> firstBreach = new AtomicReference<>();

  /** Numbers of records by outcome, of one category or of all. */
  public record Totals(long mapped, long ignored, long rejected, long quarantined) {
    /** Returns the number of records with an outcome. */
    public long read() {
      return mapped + ignored + rejected + quarantined;
    }
  }

  /** Counters of one category, by outcome. */
  private static final class Cells {
    final LongAdder mapped = new LongAdder();
    final LongAdder ignored = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder quarantined = new LongAdder();

    Totals totals() {
      return new Totals(mapped.sum(), ignored.sum(), rejected.sum(), quarantined.sum());
    }
  }

  /** Adds to the number of records that readers have begun to read. */
  public void began(long records) {
    begun.add(records);
  }

  /** Adds the size of a message's body, in bytes, to the size of all bodies that were read. */
  public void took(long messageBytes) {
    bytes.add(messageBytes);
  }

  /**
   * Records a breach: two counts that have to be equal differ. Such counts are the records whose
   * reading began and the records with an outcome. Only the first breach keeps its detail.
   *
   * @param detail what differs, with the place of the message if the counts are of one message
   */
  public void broken(String detail) {
    firstBreach.compareAndSet(null, detail);
    breaches.increment(); // so that whoever sees a breach finds its place
  }

  /**
   * Returns the losses: offsets that were removed before they were read, and partitions that were
   * truncated or created again.
   */
  public Losses losses() {
    return losses;
  }

  /** Returns the number of records that readers have begun to read. */
  public long begun() {
    return begun.sum();
  }

  /** Returns the number of bytes in the bodies of all messages that were read. */
  public long bytes() {
    return bytes.sum();
  }

  /** Records the arrival time of a message or record, in milliseconds since 1970. */
  public void arrived(long at) {
    newest.accumulate(at);
  }

  /**
   * Returns the latest arrival time that was read, in milliseconds since 1970, or 0 without any.
   * The arrival time of a message counts even if none of its records became an activity. If a
   * message has no arrival time, only the arrival times of records that became activities count.
   */
  public long newestArrivalAt() {
    return newest.get();
  }

  /** Returns how often two counts that have to be equal were found to differ. */
  public long breaches() {
    return breaches.sum();
  }

  /**
   * Returns a sentence about counts that differ but have to be equal, or null if none differ. It is
   * the detail of the first recorded breach. If none was recorded, it compares the begun records
   * with the records that have an outcome. Call it while no reader counts.
   */
  public @Nullable String missing() {
    return missing(0);
  }

  /**
   * Does the same as {@link #missing()}, except that records may be left out on purpose. They count
   * like records with an outcome. Call it while no reader counts.
   *
   * @param leftOut number of begun records that were left out on purpose; without effect if a
   *     breach was recorded before
   */
  public @Nullable String missing(long leftOut) {
    String first = firstBreach.get();
    if (first != null) {
      return first;
    }
    long accounted = total().read() + leftOut;
    return begun() == accounted ? null : difference(begun(), accounted);
  }

  /** Returns the detail of a breach: how many records were begun, and how many have an outcome. */
  public static String difference(long begun, long accounted) {
    return "records: %d, records with an outcome: %d".formatted(begun, accounted);
  }

  /**
   * Records a breach if begun records and outcomes differ in number, and returns the first breach's
   * detail, or null without a breach. Nothing is recorded if there was a breach before. Call it
   * while no reader counts.
   *
   * @param place place that the detail names if this call records the breach
   * @return detail of the first recorded breach, or null if there is none
   */
  public @Nullable String recordDifference(String place) {
    String missing = missing();
    if (missing != null && breaches() == 0) {
      broken(place + ": " + missing);
    }
    return firstBreach.get();
  }

  /** Counts the outcome of one record. */
  public void count(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      cells(mapped.activity().getCategory()).mapped.increment();
      mapped.flaws().forEach(flaw -> add(flawed, flaw, 1));
    } else if (outcome instanceof Outcome.Ignored ignored) {
      cells(ignored.category()).ignored.increment();
    } else if (outcome instanceof Outcome.Rejected refused) {
      cells(category(refused.letter())).rejected.increment();
      add(rejected, refused.letter().getReason(), 1);
    } else if (outcome instanceof Outcome.Quarantined kept) {
      cells(category(kept.letter())).quarantined.increment();
      add(quarantined, kept.letter().getReason(), 1);
    }
  }

  /** Adds the numbers of other counters. Their lost offsets are not added. */
  public void add(IngestCounts others) {
    others.byCategory.forEach(
        (category, theirs) -> {
          Cells ours = cells(category);
          ours.mapped.add(theirs.mapped.sum());
          ours.ignored.add(theirs.ignored.sum());
          ours.rejected.add(theirs.rejected.sum());
          ours.quarantined.add(theirs.quarantined.sum());
        });
    begun.add(others.begun.sum());
    bytes.add(others.bytes.sum());
    newest.accumulate(others.newest.get());
    String breach = others.firstBreach.get();
    if (breach != null) {
      firstBreach.compareAndSet(null, breach);
    }
    breaches.add(others.breaches.sum());
    others.rejected.forEach((reason, count) -> add(rejected, reason, count.sum()));
    others.quarantined.forEach((reason, count) -> add(quarantined, reason, count.sum()));
    others.flawed.forEach((flaw, count) -> add(flawed, flaw, count.sum()));
  }

  /** Returns the numbers of all records by outcome. */
  public Totals total() {
    long mapped = 0;
    long ignored = 0;
    long refused = 0;
    long kept = 0;
    for (Cells cells : byCategory.values()) {
      Totals totals = cells.totals();
      mapped += totals.mapped();
      ignored += totals.ignored();
      refused += totals.rejected();
      kept += totals.quarantined();
    }
    return new Totals(mapped, ignored, refused, kept);
  }

  /** Returns the numbers of records by category. */
  public SortedMap<String, Totals> byCategory() {
    SortedMap<String, Totals> totals = new TreeMap<>();
    byCategory.forEach((category, cells) -> totals.put(category, cells.totals()));
    return totals;
  }

  /** Returns the number of rejected records by reason. */
  public SortedMap<String, Long> rejectedByReason() {
    return sums(rejected);
  }

  /** Returns the number of quarantined records by reason. */
  public SortedMap<String, Long> quarantinedByReason() {
    return sums(quarantined);
  }

  /** Returns the number of activities by flaw of their records. */
  public SortedMap<String, Long> flawed() {
    return sums(flawed);
  }

  private Cells cells(String category) {
    String listed = category.isEmpty() ? NO_CATEGORY : category;
    Cells known = byCategory.get(listed);
    if (known != null) {
      return known;
    }
    boolean read = Category.of(listed) != null || listed.equals(Category.LINK.spelling);
    String kept =
        (read || byCategory.size() < MOST_CATEGORIES) ? Quoted.visible(listed) : FURTHER_CATEGORIES;
    return byCategory.computeIfAbsent(kept, name -> new Cells());
  }

  private static String category(DeadLetter letter) {
    String category = letter.getCategory();
    return category == null ? NO_CATEGORY : category;
  }

  private static void add(ConcurrentHashMap<String, LongAdder> counts, String word, long more) {
    counts.computeIfAbsent(word, name -> new LongAdder()).add(more);
  }

  private static SortedMap<String, Long> sums(ConcurrentHashMap<String, LongAdder> counts) {
    SortedMap<String, Long> sums = new TreeMap<>();
    counts.forEach((word, count) -> sums.put(word, count.sum()));
    return sums;
  }
}
