package dev.lockstep.detections.engine;

import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.detections.storage.StateRecords;
import org.jspecify.annotations.Nullable;

/** Records as the service keeps them: each with its subject, and with its texts written out. */
public final class WrittenOut implements StateRecords {
  private final MemoryRecords records = new MemoryRecords();

  @Override
  public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
    records.read(subject, from, to, reader);
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    records.write(subject, key, value);
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    return records.walk(from, most, walker);
  }

  /** Returns how many bytes keys and values take. */
  public long bytes() {
    long[] bytes = new long[1];
    walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) -> bytes[0] += RecordKey.of(subject, key).length + value.length);
    return bytes[0];
  }
}
