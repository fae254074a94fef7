package dev.lockstep.detections.sigma.match;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Scanner that finds which of many fragments a text contains, in one pass by the algorithm of Aho
 * and Corasick.
 *
 * <p>A state is the longest prefix of a fragment that is also a suffix of the text scanned so far.
 * The edges are in one open hash table with state and character as the key.
 */
final class FragmentScanner {
  private static final int NONE = -1;
  private static final int ASCII = 0x80;

  private long[] keys = new long[64];
  private int[] targets = new int[64];
  private int edges;
  private int states = 1;

  /**
   * Failure link of each state, as in the algorithm of Aho and Corasick. It leads to the state of
   * the next shorter text that begins a fragment and ends the scanned text.
   */
  private int[] fallbacks = new int[16];

  /**
   * State at the end of the longest fragment that ends the text read so far, for each state of the
   * search. It is the state itself, or a state to which its failure links lead, or 0 if no fragment
   * ends there.
   */
  private int[] ends = new int[16];

  private int[][] found = new int[16][];

  /**
   * Next state of the search for each ASCII character that is read in state 0, in which no fragment
   * has begun. Most characters of a text lead back to state 0.
   */
  private final int[] starts = new int[ASCII];

  /**
   * Creates a scanner that searches texts for the given fragments.
   *
   * @param numbers numbers to report for each fragment; no fragment is empty
   */
  FragmentScanner(Map<String, List<Integer>> numbers) {
    Arrays.fill(keys, NONE);
    Map<Integer, List<int[]>> children = new HashMap<>();
    numbers.forEach((text, all) -> add(text, all, children));
    for (char c = 0; c < ASCII; c++) {
      starts[c] = Math.max(0, target(0, c));
    }
    link(children);
  }

  private void add(String text, List<Integer> numbers, Map<Integer, List<int[]>> children) {
    int state = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int target = target(state, c);
      if (target == NONE) {
        target = states++;
        grow();
        put(state, c, target);
        children.computeIfAbsent(state, any -> new ArrayList<>(1)).add(new int[] {c, target});
      }
      state = target;
    }
    found[state] = numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private void grow() {
    if (states > fallbacks.length) {
      fallbacks = Arrays.copyOf(fallbacks, fallbacks.length * 2);
      ends = Arrays.copyOf(ends, ends.length * 2);
      found = Arrays.copyOf(found, found.length * 2);
    }
  }

  private void link(Map<Integer, List<int[]>> children) {
    Deque<Integer> open = new ArrayDeque<>(List.of(0));
    while (!open.isEmpty()) {
      int state = open.remove();
      ends[state] = state != 0 && found[state] != null ? state : ends[fallbacks[state]];
      for (int[] edge : children.getOrDefault(state, List.of())) {
        fallbacks[edge[1]] = state == 0 ? 0 : step(fallbacks[state], (char) edge[0]);
        open.add(edge[1]);
      }
    }
  }

  /**
   * Calls a consumer for each fragment that occurs in a text, with the rule numbers that were given
   * with the fragment. A fragment may be reported more than once.
   */
  void scan(String text, Consumer<int[]> finds) {
    int state = 0;
    for (int i = 0; i < text.length(); i++) {
      state = step(state, text.charAt(i));
      for (int end = ends[state]; end != 0; end = ends[fallbacks[end]]) {
        finds.accept(found[end]);
      }
    }
  }

  private int step(int from, char c) {
    int state = from;
    while (true) {
      if (state == 0 && c < ASCII) {
        return starts[c];
      }
      int target = target(state, c);
      if (target != NONE) {
        return target;
      }
      if (state == 0) {
        return 0;
      }
      state = fallbacks[state];
    }
  }

  private int target(int state, char c) {
    long key = (long) state << 16 | c;
    int mask = keys.length - 1;
    for (int i = slot(key, mask); keys[i] != NONE; i = (i + 1) & mask) {
      if (keys[i] == key) {
        return targets[i];
      }
    }
    return NONE;
  }

  private void put(int state, char c, int target) {
    if (++edges * 2 > keys.length) {
      long[] oldKeys = keys;
      int[] oldTargets = targets;
      keys = new long[oldKeys.length * 2];
      targets = new int[keys.length];
      Arrays.fill(keys, NONE);
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldKeys[i] != NONE) {
          insert(oldKeys[i], oldTargets[i]);
        }
      }
    }
    insert((long) state << 16 | c, target);
  }

  private void insert(long key, int target) {
    int mask = keys.length - 1;
    int i = slot(key, mask);
    while (keys[i] != NONE) {
      i = (i + 1) & mask;
    }
    keys[i] = key;
    targets[i] = target;
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 40) & mask;
  }
}
