package dev.lockstep.detections;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several encoded activities in one record, as a replay enters them: two bytes of magic, then each
 * with its length before it. What a topic carries is one activity a record.
 */
public final class Bundle {
  private static final byte[] MAGIC = {'L', 'S'};

  private final List<byte[]> activities = new ArrayList<>();
  private int bytes = MAGIC.length;

  /** Adds an activity in its single-object encoding. */
  public void add(byte[] activity) {
    activities.add(activity);
    bytes += Integer.BYTES + activity.length;
  }

  /** Returns how many are in it. */
  public int size() {
    return activities.size();
  }

  /** Returns the record's value, and starts anew. */
  public byte[] drain() {
    ByteBuffer value = ByteBuffer.allocate(bytes).put(MAGIC);
    for (byte[] activity : activities) {
      value.putInt(activity.length).put(activity);
    }
    activities.clear();
    bytes = MAGIC.length;
    return value.array();
  }

  /** Hands out each activity of a record's value, in order. */
  static void forEach(byte[] value, Consumer<byte[]> each) {
    if (value.length < MAGIC.length || value[0] != MAGIC[0] || value[1] != MAGIC[1]) {
      each.accept(value);
      return;
    }
    ByteBuffer left = ByteBuffer.wrap(value, MAGIC.length, value.length - MAGIC.length);
    while (left.hasRemaining()) {
      byte[] activity = new byte[left.getInt()];
      left.get(activity);
      each.accept(activity);
    }
  }
}
