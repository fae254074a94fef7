package dev.lockstep.sentinel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What became of capped rules' rows, by partition, rule and hour.
 *
 * <p>It is committed with the offsets, as their metadata: what a partition's offset has passed is
 * in its page, what lies ahead of it is counted when it is read again. So a held row is settled at
 * once and never forgotten, whoever reads the partition next.
 */
final class HourBook {
  /** A broker takes 4,096 unless told otherwise. */
  static final int MOST_METADATA_BYTES = 4_000;

  private static final String VERSION = "lockstep-hours-1";

  private record Hour(String rule, long hour) {
    static Hour of(HourCount count) {
      return new Hour(count.rule(), count.hour());
    }
  }

  private static final class Page {
    private final TreeMap<Long, HourCount> ahead = new TreeMap<>();
    private final Map<Hour, HourCount> passed = new HashMap<>();
    private final Map<Hour, HourCount> all = new HashMap<>();
    private boolean changed;

    private void passUpTo(long offset) {
      Map<Long, HourCount> before = ahead.headMap(offset);
      before.values().forEach(count -> passed.merge(Hour.of(count), count, HourCount::plus));
      before.clear();
    }

    private boolean drop(Predicate<HourCount> which) {
      passed.values().removeIf(which);
      ahead.values().removeIf(which);
      return all.values().removeIf(which);
    }
  }

  private final Map<TopicPartition, Page> pages = new HashMap<>();

  /** Notes what became of a record. */
  void note(TopicPartition partition, long offset, HourCount one) {
    Page page = page(partition);
    page.ahead.merge(offset, one, HourCount::plus);
    page.all.merge(Hour.of(one), one, HourCount::plus);
  }

  private Page page(TopicPartition partition) {
    return pages.computeIfAbsent(partition, any -> new Page());
  }

  /** Takes over what was committed with a partition's offset. */
  void remember(TopicPartition partition, String metadata) {
    List<String> lines = HourCount.parts(metadata, '\n');
    if (!lines.get(0).equals(VERSION)) {
      return; // somebody else's
    }
    for (String line : lines.subList(1, lines.size())) {
      HourCount count = HourCount.parse(line);
      if (count != null) {
        Page page = page(partition);
        page.passed.merge(Hour.of(count), count, HourCount::plus);
        page.all.merge(Hour.of(count), count, HourCount::plus);
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
    List<HourCount> counts = new ArrayList<>(page.passed.values());
    counts.sort(Comparator.comparing(HourCount::hour).thenComparing(HourCount::rule));
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

  private static String text(List<HourCount> counts, boolean withIds) {
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

  HourCount total(String rule, long hour) {
    HourCount total = HourCount.none(rule, hour);
    for (Page page : pages.values()) {
      HourCount count = page.all.get(new Hour(rule, hour));
      total = count == null ? total : total.plus(count);
    }
    return total;
  }

  /** Returns the totals of the hours before one in which something was held back. */
  List<HourCount> heldBefore(long hour) {
    TreeMap<String, HourCount> held = new TreeMap<>();
    for (Page page : pages.values()) {
      for (HourCount count : page.all.values()) {
        if (count.hour() < hour) {
          held.merge(count.hour() + " " + count.rule(), count, HourCount::plus);
        }
      }
    }
    return held.values().stream().filter(count -> count.held() > 0).toList();
  }

  /** Returns the first partition in which something of a rule's was held back in an hour. */
  TopicPartition firstHolding(HourCount total) {
    return pages.keySet().stream()
        .filter(partition -> holds(page(partition).all.get(Hour.of(total))))
        .min(Comparator.comparingInt(TopicPartition::partition))
        .orElseThrow();
  }

  private static boolean holds(@Nullable HourCount count) {
    return count != null && count.held() > 0;
  }

  /** Forgets a rule's hour: it has been told. */
  void told(HourCount told) {
    Hour hour = Hour.of(told);
    for (Page page : pages.values()) {
      page.changed |= page.drop(count -> Hour.of(count).equals(hour));
    }
  }

  /** Forgets the hours before one in which nothing was held back. */
  void forgetQuiet(long hour) {
    for (Page page : pages.values()) {
      List<Hour> quiet = new ArrayList<>();
      for (HourCount count : page.all.values()) {
        if (count.hour() < hour && count.held() == 0) {
          quiet.add(Hour.of(count));
        }
      }
      quiet.forEach(one -> page.drop(count -> Hour.of(count).equals(one)));
    }
  }

  /** Forgets partitions that are no longer ours. */
  void forget(Collection<TopicPartition> partitions) {
    pages.keySet().removeAll(partitions);
  }
}
