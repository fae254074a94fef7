package dev.lockstep.app;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.util.Arrays;
import java.util.Comparator;

/** Order of activities that arrived at the same time. */
final class SortedActivity {
  private SortedActivity() {}

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
      Activity left = activities.decode(one);
      Activity right = activities.decode(other);
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
