package dev.lockstep.sentinel;

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
 * What became of rows that are bounded, by partition and period.
 *
 * <p>It is committed with the offsets, as their metadata: what a partition's offset has passed is
 * in its page, what lies ahead of it is counted when it is read again. So a held row is settled at
 * once and never forgotten, whoever reads the partition next, and a day's count is exact over
 * restarts.
 */
final class PeriodBook {
  /** A broker takes 4,096 unless told otherwise. */
  static final int MOST_METADATA_BYTES = 4_000;

  private static final String VERSION = "lockstep-periods-1";

  private static final class Page {
    private final TreeMap<Long, List<PeriodCount>> ahead = new TreeMap<>();
    private final Map<Period, PeriodCount> passed = new HashMap<>();
    private final Map<Period, PeriodCount> all = new HashMap<>();
    private boolean changed;

    private void passUpTo(long offset) {
      Map<Long, List<PeriodCount>> before = ahead.headMap(offset);
      before.values().forEach(counts -> counts.forEach(count -> merge(passed, count)));
      before.clear();
    }

    private boolean drop(Predicate<Period> which) {
      passed.keySet().removeIf(which);
      ahead.values().forEach(counts -> counts.removeIf(count -> which.test(count.period())));
      return all.keySet().removeIf(which);
    }
  }

  private final Map<TopicPartition, Page> pages = new HashMap<>();

  private static void merge(Map<Period, PeriodCount> counts, PeriodCount count) {
    counts.merge(count.period(), count, PeriodCount::plus);
  }

  /** Notes what became of a record. */
  void note(TopicPartition partition, long offset, PeriodCount one) {
    Page page = page(partition);
    page.ahead.computeIfAbsent(offset, any -> new ArrayList<>(2)).add(one);
    merge(page.all, one);
  }

  private Page page(TopicPartition partition) {
    return pages.computeIfAbsent(partition, any -> new Page());
  }

  /** Takes over what was committed with a partition's offset. */
  void remember(TopicPartition partition, String metadata) {
    List<String> lines = PeriodCount.parts(metadata, '\n');
    if (!lines.get(0).equals(VERSION)) {
      return; // somebody else's
    }
    for (String line : lines.subList(1, lines.size())) {
      PeriodCount count = PeriodCount.parse(line);
      if (count != null) {
        Page page = page(partition);
        merge(page.passed, count);
        merge(page.all, count);
      }
    }
  }

  /** Returns what to commit with an offset; a later call is for the same offset or a later one. */
  String metadata(TopicPartition partition, long offset) {
    Page page = pages.get(partition);
    if (page == null) {
      return "";
    }
    page.passUpTo(offset);
    List<PeriodCount> counts = new ArrayList<>(page.passed.values());
    counts.sort(
        Comparator.<PeriodCount>comparingInt(count -> -count.period().hours())
            .thenComparing(count -> count.period().number())
            .thenComparing(count -> count.period().scope()));
    String text = text(counts, true);
    if (bytes(text) > MOST_METADATA_BYTES) {
      text = text(counts, false);
    }
    while (bytes(text) > MOST_METADATA_BYTES) {
      counts.remove(counts.size() - 1); // the latest hour; its rows may be sent or told once more
      text = text(counts, false);
    }
    return text;
  }

  private static String text(List<PeriodCount> counts, boolean withIds) {
    if (counts.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(VERSION);
    counts.forEach(count -> text.append('\n').append(count.line(withIds)));
    return text.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Tells whether a partition's metadata has to be committed though its offset stands. */
  boolean isChanged(TopicPartition partition) {
    Page page = pages.get(partition);
    return page != null && page.changed;
  }

  void committed(TopicPartition partition) {
    Page page = pages.get(partition);
    if (page != null) {
      page.changed = false;
    }
  }

  PeriodCount total(Period period) {
    PeriodCount total = PeriodCount.none(period);
    for (Page page : pages.values()) {
      PeriodCount count = page.all.get(period);
      total = count == null ? total : total.plus(count);
    }
    return total;
  }

  /** Returns the totals of the periods that are over and in which something was held back. */
  List<PeriodCount> heldBefore(Instant now) {
    Map<Period, PeriodCount> held = new HashMap<>();
    for (Page page : pages.values()) {
      for (PeriodCount count : page.all.values()) {
        if (count.period().isOver(now)) {
          merge(held, count);
        }
      }
    }
    return held.values().stream()
        .filter(count -> count.held() > 0)
        .sorted(
            Comparator.<PeriodCount, Instant>comparing(count -> count.period().to())
                .thenComparing(count -> count.period().scope()))
        .toList();
  }

  /** Returns the partitions in which something was held back in a period. */
  Set<TopicPartition> holding(Period period) {
    return pages.keySet().stream()
        .filter(partition -> holds(page(partition).all.get(period)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean holds(@Nullable PeriodCount count) {
    return count != null && count.held() > 0;
  }

  /** Forgets a period of some partitions: it has been told. */
  void told(Period told, Set<TopicPartition> partitions) {
    pages.forEach(
        (partition, page) ->
            page.changed |= partitions.contains(partition) && page.drop(told::equals));
  }

  /** Forgets the periods that are over and in which nothing was held back of any partition. */
  void forgetQuiet(Instant now) {
    for (Page page : pages.values()) {
      List<Period> quiet = new ArrayList<>();
      for (Period period : page.all.keySet()) {
        if (period.isOver(now) && total(period).held() == 0) {
          quiet.add(period);
        }
      }
      quiet.forEach(one -> page.drop(one::equals));
    }
  }

  /** Forgets partitions that are no longer ours. */
  void forget(Collection<TopicPartition> partitions) {
    pages.keySet().removeAll(partitions);
  }
}
