package dev.lockstep.detections.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Allocator of memory blocks outside the heap, which also reads and writes them. For one thread.
 *
 * <p>The size of a block is rounded up to one of a few fixed sizes. Above 64 bytes, that adds at
 * most an eighth. The place of a removed block is used for another block of the same size. So
 * nothing is moved, and no memory waits for the garbage collector.
 */
final class OffHeapBytes {
  private static final int CHUNK_BYTES = 1 << 18;
  private static final int SMALLEST = 8;
  private static final int SIZES = 8 * Integer.SIZE;

  private final List<ByteBuffer> chunks = new ArrayList<>();
  private final long[][] free = new long[SIZES][];
  private final int[] freeCounts = new int[SIZES];

  private int current;

  private long extent;

  /** Returns the number of bytes that all blocks and the free places between them take together. */
  long extent() {
    return extent;
  }

  /** Removes all blocks, and keeps their memory for new blocks. */
  void clear() {
    chunks.forEach(chunk -> chunk.position(0));
    Arrays.fill(freeCounts, 0);
    current = 0;
    extent = 0;
  }

  /**
   * Allocates a block for {@code length} bytes, and returns its place. Its bytes are arbitrary
   * until they are set.
   */
  long allocate(int length) {
    int size = size(length);
    int index = index(size);
    return freeCounts[index] > 0 ? free[index][--freeCounts[index]] : extend(size);
  }

  static boolean isSameSize(int one, int other) {
    return size(one) == size(other);
  }

  void remove(long place, int length) {
    int index = index(size(length));
    long[] places = free[index];
    if (places == null) {
      places = new long[8];
      free[index] = places;
    } else if (places.length == freeCounts[index]) {
      places = Arrays.copyOf(places, 2 * places.length);
      free[index] = places;
    }
    places[freeCounts[index]++] = place;
  }

  byte[] get(long place, int at, int length) {
    byte[] bytes = new byte[length];
    get(place, at, bytes, length);
    return bytes;
  }

  void get(long place, int at, byte[] to, int length) {
    chunks.get((int) (place >>> 32)).get((int) place + at, to, 0, length);
  }

  void set(long place, int at, byte[] from, int length) {
    chunks.get((int) (place >>> 32)).put((int) place + at, from, 0, length);
  }

  private long extend(int size) {
    while (current < chunks.size() && chunks.get(current).remaining() < size) {
      current++;
    }
    if (current == chunks.size()) {
      chunks.add(ByteBuffer.allocateDirect(Math.max(CHUNK_BYTES, size)));
    }
    ByteBuffer chunk = chunks.get(current);
    int at = chunk.position();
    chunk.position(at + size);
    extent += size;
    return (long) current << 32 | at;
  }

  /**
   * Returns the smallest block size that holds a number of bytes. Sizes are the multiples of 8 up
   * to 64, and above 64 eight equal steps between two powers of two.
   */
  private static int size(int length) {
    int step = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, length - 1)) >>> 3);
    return Math.max(step, (length + step - 1) & -step);
  }

  private static int index(int size) {
    int step = Math.max(SMALLEST, Integer.highestOneBit(size - 1) >>> 3);
    return 8 * Integer.numberOfTrailingZeros(step / SMALLEST) + size / step;
  }
}
