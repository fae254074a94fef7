package dev.lockstep.detections.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Allocator of stretches of bytes in memory outside the heap, which also copies bytes into and out
 * of them. For one thread.
 *
 * <p>A stretch takes the next larger of a few fixed sizes: above 64 bytes at most an eighth more
 * than it needs. After it is removed, its place is used for another stretch of that size. So
 * nothing is moved, and no memory waits for the garbage collector.
 */
final class OffHeapBytes {
  static final int CHUNK_BYTES = 1 << 18;
  private static final int SMALLEST = 8;
  private static final int SIZES = 8 * Integer.SIZE;

  private final List<ByteBuffer> chunks = new ArrayList<>();
  private final long[][] free = new long[SIZES][];
  private final int[] freeCounts = new int[SIZES];
  private long allocated;
  private long used;

  /** Returns the number of allocated bytes, whether in use or free. */
  long allocated() {
    return allocated;
  }

  /** Returns the number of bytes in use. */
  long used() {
    return used;
  }

  /**
   * Stores a copy of the first bytes of an array as a new stretch, and returns the stretch's place.
   */
  long add(byte[] from, int length) {
    long place = allocate(length);
    set(place, 0, from, length);
    return place;
  }

  /** Allocates a stretch whose bytes are set later, and returns the stretch's place. */
  long allocate(int length) {
    int size = size(length);
    used += size;
    int index = index(size);
    return freeCounts[index] > 0 ? free[index][--freeCounts[index]] : extend(size);
  }

  /** Returns whether stretches of two lengths take the same number of bytes in memory. */
  static boolean isSameSize(int one, int other) {
    return size(one) == size(other);
  }

  /** Replaces the bytes of a stretch, and returns the stretch's place, which may be a new one. */
  long replace(long place, int before, byte[] from, int length) {
    if (isSameSize(before, length)) {
      set(place, 0, from, length);
      return place;
    }
    remove(place, before);
    return add(from, length);
  }

  /** Frees the bytes of a stretch, so that another stretch can use them. */
  void remove(long place, int length) {
    int size = size(length);
    used -= size;
    int index = index(size);
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

  /** Returns a copy of a part of a stretch of bytes. */
  byte[] get(long place, int at, int length) {
    byte[] bytes = new byte[length];
    get(place, at, bytes, length);
    return bytes;
  }

  /** Copies a part of a stretch of bytes to the beginning of an array. */
  void get(long place, int at, byte[] to, int length) {
    chunks.get((int) (place >>> 32)).get((int) place + at, to, 0, length);
  }

  /** Replaces a part of a stretch of bytes with the beginning of an array. */
  void set(long place, int at, byte[] from, int length) {
    chunks.get((int) (place >>> 32)).put((int) place + at, from, 0, length);
  }

  private long extend(int size) {
    ByteBuffer last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    if (last == null || last.remaining() < size) {
      last = ByteBuffer.allocateDirect(Math.max(CHUNK_BYTES, size));
      chunks.add(last);
      allocated += last.capacity();
    }
    int at = last.position();
    last.position(at + size);
    return (chunks.size() - 1L) << 32 | at;
  }

  /**
   * Returns the number of bytes that are taken for a length: a multiple of 8 up to 64, and above
   * that the next of eight equal steps between two powers of two.
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
