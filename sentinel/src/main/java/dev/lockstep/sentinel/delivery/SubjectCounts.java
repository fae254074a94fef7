package dev.lockstep.sentinel.delivery;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counter of findings by subject, in bounded memory.
 *
 * <p>The numbers are exact up to {@link #MOST} subjects. Beyond that, each number is a lower bound.
 * A subject that has more than 1 / {@link #MOST} of all findings is never missed (Misra and Gries).
 */
final class SubjectCounts {
  static final int MOST = 4_096;

  /** Subject with the number of its findings. */
  record Entry(DetectionSubject subject, int findings) {}

  private final Map<DetectionSubject, Integer> findings = new HashMap<>();

  void add(DetectionSubject subject, int more) {
    findings.merge(subject, more, Integer::sum);
    if (findings.size() > MOST) {
      int least = findings.values().stream().mapToInt(Integer::intValue).min().orElse(0);
      findings.replaceAll((any, count) -> count - least);
      findings.values().removeIf(count -> count == 0);
    }
  }

  void addAll(SubjectCounts other) {
    other.findings.forEach(this::add);
  }

  void remove(DetectionSubject subject, int fewer) {
    findings.computeIfPresent(subject, (any, count) -> count > fewer ? count - fewer : null);
  }

  SubjectCounts copy() {
    SubjectCounts copy = new SubjectCounts();
    copy.findings.putAll(findings);
    return copy;
  }

  List<Entry> busiest(int most) {
    return findings.entrySet().stream()
        .map(entry -> new Entry(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingInt(Entry::findings).reversed().thenComparing(Entry::subject))
        .limit(most)
        .toList();
  }
}
