package dev.lockstep.detections.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records in sorted maps: plain, and for small states. */
public final class MapRecords implements StateRecords {
  private final TreeMap<byte[], TreeMap<byte[], byte[]>> subjects =
      new TreeMap<>(Arrays::compareUnsigned);

  /** Creates records of nothing. */
  public MapRecords() {}

  @Override
  public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
    TreeMap<byte[], byte[]> records = subjects.get(subject);
    if (records != null) {
      for (Map.Entry<byte[], byte[]> each : records.subMap(from, true, to, false).entrySet()) {
        reader.read(each.getKey(), each.getValue());
      }
    }
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    TreeMap<byte[], byte[]> records =
        subjects.computeIfAbsent(subject, any -> new TreeMap<>(Arrays::compareUnsigned));
    if (value == null) {
      records.remove(key);
    } else {
      records.put(key, value);
    }
    if (records.isEmpty()) {
      subjects.remove(subject);
    }
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    int left = most;
    for (Map.Entry<byte[], TreeMap<byte[], byte[]>> subject :
        (from == null ? subjects : subjects.tailMap(from, true)).entrySet()) {
      if (left <= 0) {
        return subject.getKey();
      }
      for (Map.Entry<byte[], byte[]> each : subject.getValue().entrySet()) {
        walker.read(subject.getKey(), each.getKey(), each.getValue());
        left--;
      }
    }
    return null;
  }

  /** Returns how many bytes keys and values have together. */
  public long bytes() {
    long bytes = 0;
    for (Map.Entry<byte[], TreeMap<byte[], byte[]>> subject : subjects.entrySet()) {
      for (Map.Entry<byte[], byte[]> each : subject.getValue().entrySet()) {
        bytes += subject.getKey().length + each.getKey().length + (long) each.getValue().length;
      }
    }
    return bytes;
  }
}
