package dev.lockstep.detections.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Subject with the place and length of its records in {@link OffHeapBytes}. It is comparable to
 * itself, so that a map with it as a key stays fast when many hashes collide.
 */
final class PlacedSubject implements Comparable<PlacedSubject> {
  private final byte[] bytes;
  private final int hash;
  private long place;
  private int length;

  PlacedSubject(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  /** Returns a copy of the subject's records. */
  byte[] read(OffHeapBytes from) {
    return length == 0 ? Stretch.NONE : from.get(place, 0, length);
  }

  /**
   * Replaces the subject's records.
   *
   * @param by array that begins with the new stretch
   * @param newLength length of the new stretch
   */
  void replace(OffHeapBytes in, byte[] by, int newLength) {
    if (length == 0) {
      place = newLength == 0 ? 0 : in.add(by, newLength);
    } else if (newLength == 0) {
      in.remove(place, length);
    } else {
      place = in.replace(place, length, by, newLength);
    }
    length = newLength;
  }

  /** Removes the subject's records. */
  void remove(OffHeapBytes from) {
    if (length > 0) {
      from.remove(place, length);
      length = 0;
    }
  }

  @Override
  public int compareTo(PlacedSubject other) {
    return RecordKey.compareSubjects(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PlacedSubject that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
