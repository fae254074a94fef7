package dev.lockstep.detections;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Counts of the findings that each exception of the operator covers: those held back, and those
 * sent because an alert confirms them. A finding that several exceptions cover counts for each. For
 * each exception, at most {@value #MOST_FINDINGS} findings held back are remembered and counted,
 * and at most as many sent findings. If there are more, the numbers of the exception are lower
 * bounds. Safe for use by many threads.
 */
final class ExceptionCounters {
  private static final int MOST_FINDINGS = 10_000;
  private static final int MOST_SHOWN = 256;

  /**
   * Findings that one exception covers, and the number of times that it began to cover a finding
   * since the process started. Findings that can no longer change are only counted.
   */
  private static final class Use {
    private final TreeSet<String> removed = new TreeSet<>();
    private final TreeSet<String> outweighed = new TreeSet<>();
    private long everRemoved;
    private long everOutweighed;
    private final TreeSet<String> shownOfEvicted = new TreeSet<>();
    private long evictedRemoved;
    private long evictedOutweighed;

    private void evicted(String finding) {
      if (removed.remove(finding)) {
        evictedRemoved++;
        shownOfEvicted.add(finding);
        if (shownOfEvicted.size() > MOST_SHOWN) {
          shownOfEvicted.pollLast();
        }
      }
      if (outweighed.remove(finding)) {
        evictedOutweighed++;
      }
    }
  }

  private final Map<String, Use> uses = new TreeMap<>();

  /**
   * Records which exceptions cover a finding now, in place of the exceptions that were recorded for
   * the finding before.
   *
   * @param removed if they hold the finding back; otherwise it goes out all the same
   */
  synchronized void record(String finding, List<String> exceptions, boolean removed) {
    if (exceptions.isEmpty() && uses.isEmpty()) {
      return;
    }
    exceptions.forEach(exception -> uses.computeIfAbsent(exception, any -> new Use()));
    uses.forEach(
        (exception, use) -> {
          boolean covers = exceptions.contains(exception);
          use.everRemoved += put(use.removed, finding, covers && removed);
          use.everOutweighed += put(use.outweighed, finding, covers && !removed);
        });
  }

  /**
   * Records that a finding can no longer change. The exceptions that cover the finding now still
   * count it, but it no longer takes one of their {@value #MOST_FINDINGS} places.
   */
  synchronized void evicted(String finding) {
    uses.values().forEach(use -> use.evicted(finding));
  }

  /**
   * Adds a finding to a set or removes it, and returns 1 if it was added, otherwise 0. A set that
   * is too large drops its last id. The result is also 0 if the set drops the added finding, or if
   * it had the finding before.
   *
   * @param isOne if the finding is to be added; otherwise it is removed
   */
  private static int put(NavigableSet<String> findings, String finding, boolean isOne) {
    if (!isOne) {
      findings.remove(finding);
      return 0;
    }
    boolean isNew = findings.add(finding);
    if (findings.size() > MOST_FINDINGS) {
      isNew &= !finding.equals(findings.pollLast());
    }
    return isNew ? 1 : 0;
  }

  synchronized Map<String, DetectionCounters.Excepted> read() {
    Map<String, DetectionCounters.Excepted> read = new TreeMap<>();
    uses.forEach((exception, use) -> read.put(exception, excepted(use)));
    return read;
  }

  synchronized DetectionCounters.Excepted read(String exception) {
    Use use = uses.get(exception);
    return use == null ? DetectionCounters.Excepted.NOTHING : excepted(use);
  }

  private static DetectionCounters.Excepted excepted(Use use) {
    return new DetectionCounters.Excepted(
        use.removed.size() + use.evictedRemoved,
        use.outweighed.size() + use.evictedOutweighed,
        use.everRemoved,
        use.everOutweighed,
        Stream.concat(use.removed.stream(), use.shownOfEvicted.stream())
            .distinct()
            .sorted()
            .limit(MOST_SHOWN)
            .toList());
  }
}
