package dev.lockstep.app.replay;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Sort order of encoded activities that arrived at the same time: by category, event id, content,
 * and then place of the record. The place is the source, file and position. Safe for use by several
 * threads.
 */
public final class ActivityOrder implements Comparator<byte[]> {
  /**
   * Length in bytes of the header with which each activity in Avro's single-object encoding begins.
   * The first field after the header, the kind of the activity, takes one byte.
   */
  private static final int HEADER_BYTES = 10;

  private static final Where NOWHERE = new Where("", null, null, -1, -1L, 0);
  private static final Comparator<Where> BY_WHERE =
      Comparator.comparing(Where::getSource)
          .thenComparing(where -> where.getFile() == null ? "" : where.getFile())
          .thenComparingInt(Where::getPartition)
          .thenComparingLong(Where::getPosition)
          .thenComparingInt(Where::getIndex);

  private final ThreadLocal<SingleObject<Activity>> codec =
      ThreadLocal.withInitial(() -> new SingleObject<>(Activity.getClassSchema()));

  @Override
  public int compare(byte[] one, byte[] other) {
    int byIdentity = compareIdentities(one, other);
    if (byIdentity != 0) {
      return byIdentity;
    }
    if (Arrays.equals(one, other)) {
      return 0;
    }
    SingleObject<Activity> activities = codec.get();
    Activity left = activities.decode(one);
    Activity right = activities.decode(other);
    Where leftWhere = left.getWhere();
    Where rightWhere = right.getWhere();
    left.setWhere(NOWHERE);
    right.setWhere(NOWHERE);
    int compared = Arrays.compareUnsigned(activities.encode(left), activities.encode(right));
    return compared != 0 ? compared : BY_WHERE.compare(leftWhere, rightWhere);
  }

  private static int compareIdentities(byte[] one, byte[] other) {
    // the category, then the event id, follow the header and the one byte of the kind
    int oneAt = HEADER_BYTES + 1;
    int otherAt = HEADER_BYTES + 1;
    for (int i = 0; i < 2; i++) {
      int oneLength = length(one, oneAt);
      int otherLength = length(other, otherAt);
      oneAt += lengthBytes(one, oneAt);
      otherAt += lengthBytes(other, otherAt);
      int compared =
          Arrays.compareUnsigned(
              one, oneAt, oneAt + oneLength, other, otherAt, otherAt + otherLength);
      if (compared != 0) {
        return compared;
      }
      oneAt += oneLength;
      otherAt += otherLength;
    }
    return 0;
  }

  private static int length(byte[] bytes, int at) {
    // Avro writes the length in front of a text, as zigzag with seven bits a byte
    int length = 0;
    for (int shift = 0, i = at; ; shift += 7, i++) {
      length |= (bytes[i] & 0x7F) << shift;
      if (bytes[i] >= 0) {
        return length >>> 1;
      }
    }
  }

  private static int lengthBytes(byte[] bytes, int at) {
    int end = at;
    while (bytes[end] < 0) {
      end++;
    }
    return end + 1 - at;
  }
}
