package dev.lockstep.detections;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which findings the exceptions hold back, and which would have been held back but for an alert of
 * Defender; a finding that several exceptions cover counts for each. For people and metrics, and
 * for any thread.
 */
final class ExceptionTally {
  private static final int MOST_FINDINGS = 10_000;
  private static final int MOST_SHOWN = 256;

  private static final class Use {
    private final TreeSet<String> removed = new TreeSet<>();
    private final TreeSet<String> outweighed = new TreeSet<>();
    private long everRemoved;
    private long everOutweighed;
  }

  private final Map<String, Use> uses = new TreeMap<>();

  /** Notes that these exceptions, and no others, hold a finding back now. */
  synchronized void removes(String finding, List<String> exceptions) {
    note(finding, exceptions, true);
  }

  /** Notes that these exceptions, and no others, would hold a finding back that goes out. */
  synchronized void outweighs(String finding, List<String> exceptions) {
    note(finding, exceptions, false);
  }

  private void note(String finding, List<String> exceptions, boolean removed) {
    for (Use use : uses.values()) {
      use.removed.remove(finding);
      use.outweighed.remove(finding);
    }
    for (String exception : exceptions) {
      Use use = uses.computeIfAbsent(exception, any -> new Use());
      TreeSet<String> findings = removed ? use.removed : use.outweighed;
      findings.add(finding);
      if (findings.size() > MOST_FINDINGS) {
        findings.pollLast();
      }
      if (removed) {
        use.everRemoved++;
      } else {
        use.everOutweighed++;
      }
    }
  }

  synchronized Map<String, Tally.Excepted> read() {
    Map<String, Tally.Excepted> read = new TreeMap<>();
    uses.forEach(
        (exception, use) -> {
          List<String> shown = new ArrayList<>();
          for (String finding : use.removed) {
            if (shown.size() < MOST_SHOWN) {
              shown.add(finding);
            }
          }
          read.put(
              exception,
              new Tally.Excepted(
                  use.removed.size(),
                  use.outweighed.size(),
                  use.everRemoved,
                  use.everOutweighed,
                  shown));
        });
    return read;
  }
}
