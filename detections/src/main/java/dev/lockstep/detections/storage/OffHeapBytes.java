package dev.lockstep.detections.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Stretches of bytes outside the heap, one after the other. For one thread. */
final class OffHeapBytes {
  private static final int CHUNK_BYTES = 1 << 18;

  private final List<ByteBuffer> chunks = new ArrayList<>();
  private long size;

  /** Returns the number of added bytes. */
  long size() {
    return size;
  }

  /** Adds a stretch, and returns its offset. */
  long add(byte[] from, int length) {
    ByteBuffer last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    if (last == null || last.remaining() < length) {
      last = ByteBuffer.allocateDirect(Math.max(CHUNK_BYTES, length));
      chunks.add(last);
    }
    long place = (chunks.size() - 1L) << 32 | last.position();
    last.put(from, 0, length);
    size += length;
    return place;
  }

  /** Overwrites a stretch or its beginning. */
  void set(long place, byte[] from, int length) {
    chunks.get((int) (place >>> 32)).put((int) place, from, 0, length);
  }

  byte[] get(long place, int length) {
    byte[] bytes = new byte[length];
    chunks.get((int) (place >>> 32)).get((int) place, bytes);
    return bytes;
  }
}
