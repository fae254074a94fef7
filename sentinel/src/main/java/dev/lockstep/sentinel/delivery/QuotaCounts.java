package dev.lockstep.sentinel.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Counts of sent and held back rows by partition and hour or day, kept over restarts as metadata of
 * the committed offsets.
 *
 * <p>The partitions are those of the topic of detections. A partition's metadata covers the records
 * before its offset; later records are counted when they are read again. So the record of a row
 * that is held back can be committed at once without loss of its count, and a day's count stays
 * exact over restarts. Only if the metadata would exceed {@link #MOST_METADATA_BYTES}, the smallest
 * counts of the latest hours are left out. For held back rows of severity High, only the busiest
 * subjects of each partition are committed. After a restart, the count of each subject is therefore
 * a lower bound.
 */
final class QuotaCounts {
  /**
   * Largest size in bytes of the metadata that is committed with a partition's offset. It is
   * somewhat below the 4,096 bytes that a broker takes by default.
   */
  static final int MOST_METADATA_BYTES = 4_000;

  /**
   * Largest number of subjects that a report of held back rows of severity High names. There is one
   * report for each rule and hour. The metadata of a partition has at most this number of subjects
   * for each rule and hour.
   */
  static final int MOST_BUSIEST_SUBJECTS = 10;

  private static final String VERSION = "lockstep-periods-1";

  /**
   * Prefix of a line that counts rows of severity High. The line is part of the text that is
   * committed as metadata of a partition's offset. The busiest subjects and then the counts follow
   * in the line.
   */
  private static final String HIGH = "H ";

  private static final String NO_SUBJECTS = "-";

  /**
   * Count of one row, sent or held back, in an hour or day, with the subjects of its detection.
   * There are subjects only if the ceiling for severity High holds the row back.
   */
  private record RowCount(PeriodCount count, List<DetectionSubject> subjects) {}

  /** Counts of sent and held back rows of one partition of the topic of detections. */
  private static final class PartitionState {
    private final TreeMap<Long, List<RowCount>> ahead = new TreeMap<>();
    private final Map<Period, PeriodCount> passed = new HashMap<>();
    private final Map<Period, PeriodCount> all = new HashMap<>();
    private final Map<Period, SubjectCounts> subjects = new HashMap<>();
    private boolean changed;

    private void passUpTo(long offset) {
      Map<Long, List<RowCount>> before = ahead.headMap(offset);
      before.values().forEach(rows -> rows.forEach(one -> merge(passed, one.count())));
      before.clear();
    }

    private SubjectCounts subjects(Period period) {
      return subjects.computeIfAbsent(period, any -> new SubjectCounts());
    }

    /**
     * Returns the subjects with the most findings that the ceiling for severity High held back in a
     * period. Findings of records that cannot be committed yet are left out.
     */
    private List<SubjectCounts.Entry> busiest(Period period) {
      SubjectCounts counts = subjects.get(period);
      if (counts == null) {
        return List.of();
      }
      SubjectCounts copy = counts;
      for (List<RowCount> at : ahead.values()) {
        for (RowCount one : at) {
          if (one.count().period().equals(period) && !one.subjects().isEmpty()) {
            copy = copy == counts ? counts.copy() : copy;
            for (DetectionSubject subject : one.subjects()) {
              copy.remove(subject, 1);
            }
          }
        }
      }
      return copy.busiest(MOST_BUSIEST_SUBJECTS);
    }

    private boolean drop(Predicate<Period> which) {
      passed.keySet().removeIf(which);
      ahead.values().forEach(rows -> rows.removeIf(one -> which.test(one.count().period())));
      subjects.keySet().removeIf(which);
      return all.keySet().removeIf(which);
    }
  }

  private final Map<TopicPartition, PartitionState> states = new HashMap<>();
  private final Map<Period, PeriodCount> elsewhere = new HashMap<>();

  private static void merge(Map<Period, PeriodCount> counts, PeriodCount count) {
    counts.merge(count.period(), count, PeriodCount::plus);
  }

  void record(TopicPartition partition, long offset, PeriodCount one) {
    record(partition, offset, one, List.of());
  }

  void record(
      TopicPartition partition, long offset, PeriodCount one, List<DetectionSubject> subjects) {
    PartitionState state = stateOf(partition);
    state.ahead.computeIfAbsent(offset, any -> new ArrayList<>(2)).add(new RowCount(one, subjects));
    merge(state.all, one);
    if (!subjects.isEmpty()) {
      SubjectCounts counts = state.subjects(one.period());
      subjects.forEach(subject -> counts.add(subject, 1));
    }
  }

  private PartitionState stateOf(TopicPartition partition) {
    return states.computeIfAbsent(partition, any -> new PartitionState());
  }

  /** Restores the counts of a partition from the metadata that was committed with its offset. */
  void restore(TopicPartition partition, String metadata) {
    for (String line : lines(metadata)) {
      PeriodCount count = count(line);
      if (count != null) {
        PartitionState state = stateOf(partition);
        merge(state.passed, count);
        merge(state.all, count);
        if (count.period().high()) {
          int end = line.indexOf(' ', HIGH.length());
          restore(state.subjects(count.period()), line.substring(HIGH.length(), end));
        }
      }
    }
  }

  void restoreElsewhere(Collection<String> metadata) {
    elsewhere.clear();
    for (String each : metadata) {
      for (String line : lines(each)) {
        PeriodCount count = count(line);
        if (count != null) {
          merge(elsewhere, count);
        }
      }
    }
  }

  int sentElsewhere(Period period) {
    PeriodCount count = elsewhere.get(period);
    return count == null ? 0 : count.sent();
  }

  private static List<String> lines(String metadata) {
    List<String> lines = PeriodCount.parts(metadata, '\n');
    return lines.get(0).equals(VERSION) ? lines.subList(1, lines.size()) : List.of();
  }

  private static @Nullable PeriodCount count(String line) {
    if (!line.startsWith(HIGH)) {
      return PeriodCount.parse(line, false);
    }
    int end = line.indexOf(' ', HIGH.length());
    return end < 0 ? null : PeriodCount.parse(line.substring(end + 1), true);
  }

  private static void restore(SubjectCounts counts, String words) {
    if (words.equals(NO_SUBJECTS)) {
      return;
    }
    for (String word : PeriodCount.parts(words, ',')) {
      int equals = word.indexOf('=');
      try {
        if (equals > 0) {
          int findings = Integer.parseInt(word.substring(equals + 1));
          counts.add(DetectionSubject.parse(word.substring(0, equals)), Math.max(0, findings));
        }
      } catch (IllegalArgumentException e) {
        // another version's subject; the count is still valid
      }
    }
  }

  /**
   * Returns the counts of a partition's records before an offset as text, for the metadata of the
   * offset's commit. Offsets of a partition must not decrease from call to call.
   */
  String metadata(TopicPartition partition, long offset) {
    PartitionState state = states.get(partition);
    if (state == null) {
      return "";
    }
    state.passUpTo(offset);
    List<PeriodCount> counts = new ArrayList<>(state.passed.values());
    counts.sort(
        Comparator.<PeriodCount>comparingInt(count -> -count.period().hours())
            .thenComparing(count -> count.period().number())
            .thenComparing(count -> -count.sent() - count.held())
            .thenComparing(count -> count.period().scope()));
    String text = text(state, counts, true, MOST_BUSIEST_SUBJECTS);
    for (int subjects = MOST_BUSIEST_SUBJECTS;
        subjects >= 0 && bytes(text) > MOST_METADATA_BYTES; ) {
      text = text(state, counts, false, subjects--);
    }
    return shortened(text);
  }

  /**
   * Returns a text that is cut after a whole line to at most {@link #MOST_METADATA_BYTES}. The
   * lines that are left out are the smallest counts of the latest hours. After a restart, these
   * counts begin at zero, so their limits begin anew. The rows that these counts had as held back
   * are not reported.
   */
  private static String shortened(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MOST_METADATA_BYTES) {
      return text;
    }
    int end = MOST_METADATA_BYTES;
    while (bytes[end] != '\n') {
      end--;
    }
    return end == VERSION.length() ? "" : new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private static String text(
      PartitionState state, List<PeriodCount> counts, boolean withIds, int mostSubjects) {
    if (counts.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(VERSION);
    for (PeriodCount count : counts) {
      text.append('\n');
      if (count.period().high()) {
        String subjects =
            state.busiest(count.period()).stream()
                .limit(mostSubjects)
                .map(one -> one.subject().word() + "=" + one.findings())
                .collect(Collectors.joining(","));
        text.append(HIGH).append(subjects.isEmpty() ? NO_SUBJECTS : subjects).append(' ');
      }
      text.append(count.line(withIds));
    }
    return text.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Returns whether a partition's counts have to be committed even without a new offset. That is so
   * after the counts of a finished hour or day were dropped. They are dropped when the row that
   * reports the held back rows is taken by the sink, or becomes a dead letter.
   */
  boolean isChanged(TopicPartition partition) {
    PartitionState state = states.get(partition);
    return state != null && state.changed;
  }

  void committed(TopicPartition partition) {
    PartitionState state = states.get(partition);
    if (state != null) {
      state.changed = false;
    }
  }

  PeriodCount total(Period period) {
    PeriodCount total = PeriodCount.none(period);
    for (PartitionState state : states.values()) {
      PeriodCount count = state.all.get(period);
      total = count == null ? total : total.plus(count);
    }
    return total;
  }

  List<SubjectCounts.Entry> busiest(Period period) {
    SubjectCounts total = new SubjectCounts();
    for (PartitionState state : states.values()) {
      SubjectCounts counts = state.subjects.get(period);
      if (counts != null) {
        total.addAll(counts);
      }
    }
    return total.busiest(MOST_BUSIEST_SUBJECTS);
  }

  List<PeriodCount> heldBefore(Instant now) {
    Map<Period, PeriodCount> held = new HashMap<>();
    for (PartitionState state : states.values()) {
      for (PeriodCount count : state.all.values()) {
        if (count.period().isOver(now)) {
          merge(held, count);
        }
      }
    }
    return held.values().stream()
        .filter(count -> count.held() > 0)
        .sorted(
            Comparator.<PeriodCount, Instant>comparing(count -> count.period().to())
                .thenComparing(count -> count.period().scope())
                .thenComparing(count -> count.period().high()))
        .toList();
  }

  Set<TopicPartition> holding(Period period) {
    return states.keySet().stream()
        .filter(partition -> holds(stateOf(partition).all.get(period)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean holds(@Nullable PeriodCount count) {
    return count != null && count.held() > 0;
  }

  /**
   * Drops the counts of sent and held back rows of a finished hour or day in the given partitions.
   * They are not needed after the sink has taken the row that reports how many rows were held back
   * in that time, or after that row has become a dead letter.
   */
  void dropReported(Period reported, Set<TopicPartition> partitions) {
    states.forEach(
        (partition, state) ->
            state.changed |= partitions.contains(partition) && state.drop(reported::equals));
  }

  /** Drops the counts of finished hours and days in which nothing was held back. */
  void evictPast(Instant now) {
    for (PartitionState state : states.values()) {
      List<Period> past = new ArrayList<>();
      for (Period period : state.all.keySet()) {
        if (period.isOver(now) && total(period).held() == 0) {
          past.add(period);
        }
      }
      past.forEach(one -> state.drop(one::equals));
    }
  }

  void drop(Collection<TopicPartition> partitions) {
    states.keySet().removeAll(partitions);
  }
}
