package dev.lockstep.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Blocks for prefixes of which the same is to be said: as few as nothing else speaks against. */
final class Ranges {
  private static final int SHORTEST = 32;
  private static final int LONGEST = 48;
  private static final int DIGIT = 4;

  private final Collection<String> all;
  private final Predicate<String> mayLieWithin;

  /**
   * @param all prefixes that were seen
   * @param mayLieWithin whether what is said may be said of another prefix as well
   */
  Ranges(Collection<String> all, Predicate<String> mayLieWithin) {
    this.all = all;
    this.mayLieWithin = mayLieWithin;
  }

  List<String> of(Collection<String> prefixes) {
    List<String> ranges = new ArrayList<>();
    Set<String> left = new TreeSet<>(prefixes);
    for (int length = SHORTEST; length < LONGEST; length += DIGIT) {
      Map<Block, List<String>> neighbours = new LinkedHashMap<>();
      for (String prefix : left) {
        Block block = Block.of(prefix);
        if (block != null) {
          neighbours.computeIfAbsent(block.cut(length), none -> new ArrayList<>()).add(prefix);
        }
      }
      for (List<String> group : neighbours.values()) {
        Block around = group.size() < 2 ? null : Block.around(group);
        if (around == null) {
          continue;
        }
        for (Block block : List.of(around.onNibble(), around)) {
          if (block.plausible() && isFree(block, group)) {
            ranges.add(block.text());
            group.forEach(left::remove);
            break;
          }
        }
      }
    }
    ranges.addAll(left);
    return ranges;
  }

  private boolean isFree(Block block, List<String> group) {
    return all.stream()
        .filter(block::contains)
        .allMatch(prefix -> group.contains(prefix) || mayLieWithin.test(prefix));
  }
}
