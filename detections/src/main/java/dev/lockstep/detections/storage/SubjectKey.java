package dev.lockstep.detections.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Subject's bytes as a key of a map, which stays fast if many hashes collide. */
class SubjectKey implements Comparable<SubjectKey> {
  private final byte[] bytes;
  private final int hash;

  SubjectKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  final byte[] bytes() {
    return bytes;
  }

  @Override
  public final int compareTo(SubjectKey other) {
    return RecordKey.compareSubjects(bytes, other.bytes);
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof SubjectKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public final int hashCode() {
    return hash;
  }
}
