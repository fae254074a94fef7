package dev.lockstep.detections;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts of the findings that each exception covers: held back, or sent because an alert confirms
 * them. A finding that several exceptions cover counts for each. Safe for use by many threads.
 */
final class ExceptionCounters {
  private static final int MOST_FINDINGS = 10_000;
  private static final int MOST_SHOWN = 256;

  /** Findings that one exception covers, and how often it began to cover a finding. */
  private static final class Use {
    private final TreeSet<String> removed = new TreeSet<>();
    private final TreeSet<String> outweighed = new TreeSet<>();
    private long everRemoved;
    private long everOutweighed;
  }

  private final Map<String, Use> uses = new TreeMap<>();

  /**
   * Records which exceptions cover a finding now, in place of those recorded for the finding
   * before.
   *
   * @param removed if they hold the finding back; otherwise it goes out all the same
   */
  synchronized void note(String finding, List<String> exceptions, boolean removed) {
    if (exceptions.isEmpty() && uses.isEmpty()) {
      return;
    }
    for (String exception : exceptions) {
      Use use = uses.computeIfAbsent(exception, any -> new Use());
      if (!(removed ? use.removed : use.outweighed).contains(finding)) {
        use.everRemoved += removed ? 1 : 0;
        use.everOutweighed += removed ? 0 : 1;
      }
    }
    uses.forEach(
        (exception, use) -> {
          boolean covers = exceptions.contains(exception);
          put(use.removed, finding, covers && removed);
          put(use.outweighed, finding, covers && !removed);
        });
  }

  private static void put(NavigableSet<String> findings, String finding, boolean isOne) {
    if (!isOne) {
      findings.remove(finding);
    } else if (findings.add(finding) && findings.size() > MOST_FINDINGS) {
      findings.pollLast();
    }
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
        use.removed.size(),
        use.outweighed.size(),
        use.everRemoved,
        use.everOutweighed,
        use.removed.stream().limit(MOST_SHOWN).toList());
  }
}
