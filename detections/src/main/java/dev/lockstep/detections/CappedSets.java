package dev.lockstep.detections;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** Sets that keep their smallest members by hash, so that what is kept depends on no order. */
final class CappedSets {
  private CappedSets() {}

  /** Returns the members of both, each once, ascending; of too many those smallest by hash. */
  static List<String> union(Collection<String> one, Collection<String> other, int most) {
    TreeSet<String> all = new TreeSet<>(one);
    all.addAll(other);
    return capped(all, member -> member, most);
  }

  /** Returns the members of both, each once, ascending; of too many those smallest by hash. */
  static List<Long> unionOfTimes(Collection<Long> one, Collection<Long> other, int most) {
    TreeSet<Long> all = new TreeSet<>(one);
    all.addAll(other);
    return capped(all, String::valueOf, most);
  }

  private static <T extends Comparable<T>> List<T> capped(
      SortedSet<T> all, Function<T, String> text, int most) {
    if (all.size() <= most) {
      return List.copyOf(all);
    }
    return all.stream()
        .sorted(
            Comparator.comparingLong((T member) -> Findings.memberHash(text.apply(member)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .sorted()
        .toList();
  }
}
