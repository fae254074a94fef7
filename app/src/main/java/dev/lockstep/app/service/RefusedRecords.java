package dev.lockstep.app.service;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Check whether more than half of a source's recent records were refused, which means rejected or
 * quarantined. Then the rules see little of the source, although it is read without an error, so
 * the instance counts as degraded. Ignored records do not count. Safe for use by several threads.
 */
final class RefusedRecords {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedRecords.class);

  /** Time over which records are counted. */
  private static final Duration WINDOW = Duration.ofMinutes(5);

  /** Least time between two stored counts of a source. */
  private static final Duration STEP = Duration.ofSeconds(30);

  /** Number of refused records below which a source is not reported. */
  private static final long LEAST = 200;

  private final LongSupplier nanos;
  private final Map<String, Deque<Counted>> earlier = new HashMap<>();
  private final Map<String, LoggedProblem> problems = new HashMap<>();

  /**
   * Counts of a source at one time.
   *
   * @param refused number of rejected and quarantined records by reason
   */
  private record Counted(long atNanos, long mapped, Map<String, Long> refused) {
    static Counted of(IngestCounts counts, long atNanos) {
      Map<String, Long> refused = new TreeMap<>(counts.rejectedByReason());
      refused.putAll(counts.quarantinedByReason());
      return new Counted(atNanos, counts.total().mapped(), refused);
    }

    Counted since(Counted before) {
      Map<String, Long> more = new TreeMap<>();
      refused.forEach((reason, n) -> more.put(reason, n - before.refused.getOrDefault(reason, 0L)));
      return new Counted(atNanos, mapped - before.mapped, more);
    }
  }

  RefusedRecords(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Stores the counts of each source for later comparisons, and logs each source that begins or
   * ceases to be reported.
   *
   * @param read counts of each source, by its name
   */
  synchronized void look(Map<String, IngestCounts> read) {
    long now = nanos.getAsLong();
    read.forEach(
        (source, counts) -> {
          Deque<Counted> stored =
              earlier.computeIfAbsent(
                  source, name -> new ArrayDeque<>(List.of(new Counted(now, 0, Map.of()))));
          if (now - stored.getLast().atNanos >= STEP.toNanos()) {
            stored.add(Counted.of(counts, now));
          }
          while (stored.size() > 1 && now - second(stored).atNanos >= WINDOW.toNanos()) {
            stored.removeFirst();
          }
          String found = text(source, counts);
          problems
              .computeIfAbsent(
                  source,
                  name ->
                      new LoggedProblem(
                          prefix(name)
                              + "its records are no longer rejected or quarantined in large numbers",
                          LOG::warn))
              .look(found.isEmpty() ? null : prefix(source) + found);
        });
  }

  private static Counted second(Deque<Counted> stored) {
    return stored.stream().skip(1).findFirst().orElseThrow();
  }

  /**
   * Returns a sentence about each source of which more than half of the recent records, and at
   * least {@value #LEAST} of them, were refused. The sentence contains the fix.
   *
   * @param read counts of each source, by its name
   */
  synchronized List<String> found(Map<String, IngestCounts> read) {
    List<String> found = new ArrayList<>();
    read.forEach(
        (source, counts) -> {
          String text = text(source, counts);
          if (!text.isEmpty()) {
            found.add(prefix(source) + text);
          }
        });
    return found;
  }

  /**
   * Returns a sentence about a source of which more than half of the recent records, and at least
   * {@value #LEAST}, were refused. For other sources the result is an empty text. The sentence
   * contains the fix, but not the source's name.
   */
  synchronized String text(String source, IngestCounts counts) {
    Deque<Counted> stored = earlier.get(source);
    Counted now = Counted.of(counts, nanos.getAsLong());
    Counted recent = stored == null ? now : now.since(stored.getFirst());
    long refused = recent.refused.values().stream().mapToLong(n -> n).sum();
    return refused >= LEAST && refused > recent.mapped
        ? text(refused, refused + recent.mapped, most(recent.refused))
        : "";
  }

  private static String prefix(String source) {
    return "ingest: source " + source + ": ";
  }

  private static String most(Map<String, Long> refused) {
    String most = "";
    for (Map.Entry<String, Long> each : refused.entrySet()) {
      if (each.getValue() > refused.getOrDefault(most, 0L)) {
        most = each.getKey();
      }
    }
    return most;
  }

  private static String text(long refused, long all, String reason) {
    return "%s of its last %s records (%d%%) were rejected or quarantined within %d minutes, so no rule gets them; the most frequent reason is %s: %s"
        .formatted(
            DisplayFormat.number(refused),
            DisplayFormat.number(all),
            refused * 100 / all,
            WINDOW.toMinutes(),
            reason,
            fix(reason));
  }

  private static String fix(String reason) {
    String listed = ShellCommand.call("dead-letters list");
    if (reason.equals(Reason.FUTURE.word)) {
      return "their times are more than 5 minutes ahead of their arrival; correct the clocks of the senders, or the clocks of the machines that give the arrival time (of a Kafka source: the brokers or the producers, by its key \"arrival\"); %s --quarantine lists the records"
          .formatted(listed);
    }
    return reason.equals(Reason.TOO_OLD.word)
        ? "their times are more than 30 days before their arrival; correct the clocks of the senders, or have old logs read by a source of type capture; %s --quarantine lists the records"
            .formatted(listed)
        : "%s lists the records; correct what sends them".formatted(listed);
  }
}
