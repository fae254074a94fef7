package dev.lockstep.app.suggest;

import java.util.Arrays;

/**
 * Counter of different texts: exact below {@value #KEPT}, then estimated from the smallest hashes,
 * which are also an unbiased sample of the texts. Order and repetition do not matter, and memory is
 * bounded.
 */
final class DistinctCounter {
  static final int KEPT = 128;

  private static final double HASHES = 0x1p64;

  private long[] smallest = new long[2];
  private int size;

  void add(String text) {
    add(hash(text));
  }

  void add(long hash) {
    int at = search(hash);
    if (at >= 0) {
      return;
    }
    int to = -at - 1;
    if (to == KEPT) {
      return;
    }
    if (size == smallest.length && size < KEPT) {
      smallest = Arrays.copyOf(smallest, Math.min(KEPT, 2 * size));
    }
    int moved = Math.min(size, KEPT - 1) - to;
    System.arraycopy(smallest, to, smallest, to + 1, moved);
    smallest[to] = hash;
    size = Math.min(size + 1, KEPT);
  }

  private int search(long hash) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(smallest[middle], hash);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -(low + 1);
  }

  long count() {
    if (size < KEPT) {
      return size;
    }
    double largest = (smallest[KEPT - 1] >>> 11) * 0x1p11;
    return Math.max(KEPT, Math.round((KEPT - 1) * HASHES / largest));
  }

  /** Returns the kept hashes of texts: all of them, or an unbiased sample. */
  long[] sample() {
    return Arrays.copyOf(smallest, size);
  }

  /** Returns 64 bits that almost surely differ for different texts. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
