package dev.lockstep.app;

import dev.lockstep.detections.HotPath;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.util.Arrays;
import java.util.Comparator;

/**
 * An activity as the sorter holds it: a byte that tells whether it is joined, then its encoding.
 */
final class SortedActivity {
  private SortedActivity() {}

  static byte[] item(Activity activity, SingleObject<Activity> codec) {
    byte[] encoded = codec.encode(activity);
    byte[] item = new byte[1 + encoded.length];
    item[0] = (byte) (HotPath.mayHaveAnotherHalf(activity) ? 1 : 0);
    System.arraycopy(encoded, 0, item, 1, encoded.length);
    return item;
  }

  static byte[] activity(byte[] item) {
    return Arrays.copyOfRange(item, 1, item.length);
  }

  static boolean comesBack(byte[] item) {
    return item[0] != 0;
  }

  /**
   * Orders activities that arrived at the same time: by category, event id, content, and last by
   * where they lie. Safe for use by several threads.
   */
  static final class Order implements Comparator<byte[]> {
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
      if (Arrays.equals(one, other)) {
        return 0;
      }
      SingleObject<Activity> activities = codec.get();
      Activity left = activities.decode(activity(one));
      Activity right = activities.decode(activity(other));
      int compared = left.getCategory().compareTo(right.getCategory());
      if (compared == 0) {
        compared = left.getEventId().compareTo(right.getEventId());
      }
      if (compared != 0) {
        return compared;
      }
      Where leftWhere = left.getWhere();
      Where rightWhere = right.getWhere();
      left.setWhere(NOWHERE);
      right.setWhere(NOWHERE);
      compared = Arrays.compareUnsigned(activities.encode(left), activities.encode(right));
      return compared != 0 ? compared : BY_WHERE.compare(leftWhere, rightWhere);
    }
  }
}
