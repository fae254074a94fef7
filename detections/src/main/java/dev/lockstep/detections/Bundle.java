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

  /** Hands out each activity of a record's value, in order; what is no bundle as it is. */
  static void forEach(byte[] value, Consumer<byte[]> each) {
    if (!isBundle(value)) {
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

  /** Returns whether a value is a bundle to its end: foreign bytes may begin like one. */
  private static boolean isBundle(byte[] value) {
    if (value.length <= MAGIC.length || value[0] != MAGIC[0] || value[1] != MAGIC[1]) {
      return false;
    }
    ByteBuffer left = ByteBuffer.wrap(value, MAGIC.length, value.length - MAGIC.length);
    while (left.remaining() >= Integer.BYTES) {
      int length = left.getInt();
      if (length < 0 || length > left.remaining()) {
        return false;
      }
      left.position(left.position() + length);
    }
    return !left.hasRemaining();
  }
}
