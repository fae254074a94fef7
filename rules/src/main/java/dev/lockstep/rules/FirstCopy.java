package dev.lockstep.rules;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Where;
import java.util.Comparator;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that decide which of two differing copies of one event counts: the first to
 * arrive, even if it was read later.
 */
public final class FirstCopy {
  private static final Comparator<Where> BY_WHERE =
      Comparator.comparing(Where::getSource)
          .thenComparing(where -> orEmpty(where.getHub()))
          .thenComparing(where -> orEmpty(where.getFile()))
          .thenComparingInt(Where::getPartition)
          .thenComparingLong(Where::getPosition)
          .thenComparingInt(Where::getIndex);

  private FirstCopy() {}

  /**
   * Returns whether the first argument, and not the second, is the copy of an event that counts.
   * The copy that arrived first counts. If both arrived at the same time, their content decides,
   * and only for equal content their position in the source.
   */
  public static boolean isEarlier(Activity one, Activity other) {
    int order = Long.compare(one.getArrivalAt(), other.getArrivalAt());
    for (Schema.Field field : Activity.getClassSchema().getFields()) {
      if (order == 0 && !field.name().equals("where")) {
        int at = field.pos();
        order = SpecificData.get().compare(one.get(at), other.get(at), field.schema());
      }
    }
    return order == 0 ? BY_WHERE.compare(one.getWhere(), other.getWhere()) < 0 : order < 0;
  }

  /**
   * Returns whether the first argument, and not the second, is the copy of an event that counts.
   * The copy that arrived first counts. If both arrived at the same time, the position in the
   * source decides. Of equal references, {@code one} counts.
   */
  static boolean isEarlier(EventReference one, EventReference other) {
    int order = Long.compare(one.arrivalAt(), other.arrivalAt());
    return order == 0 ? BY_WHERE.compare(one.where(), other.where()) <= 0 : order < 0;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
