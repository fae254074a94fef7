package dev.lockstep.detections.sigma.field;

import com.google.re2j.Pattern;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Path of a field of the activity, such as {@code principal.id}. */
final class ActivityPath {
  private static final Pattern DOT = Pattern.compile("\\.");

  static final String PREFIX = "activity:";

  private final int[] places;

  private ActivityPath(int[] places) {
    this.places = places;
  }

  static ActivityPath of(String text) {
    String[] names = DOT.split(text);
    int[] places = new int[names.length];
    Schema schema = Activity.getClassSchema();
    for (int i = 0; i < names.length; i++) {
      Schema.Field field =
          schema.getType() == Schema.Type.RECORD ? schema.getField(names[i]) : null;
      if (field == null) {
        throw new IllegalArgumentException("an activity has no field " + text);
      }
      places[i] = field.pos();
      schema = value(field.schema());
    }
    return new ActivityPath(places);
  }

  private static Schema value(Schema schema) {
    return switch (schema.getType()) {
      case UNION ->
          value(
              schema.getTypes().stream()
                  .filter(each -> each.getType() != Schema.Type.NULL)
                  .findFirst()
                  .orElseThrow());
      case ARRAY -> schema.getElementType();
      default -> schema;
    };
  }

  /**
   * Returns the values at this path in an activity, as a raw field. A null, an int of -1 and an
   * empty list count as absent.
   */
  RawField read(Activity activity) {
    List<RawValue> values = new ArrayList<>(1);
    collect(activity, 0, values);
    return values.isEmpty() ? RawField.ABSENT : new RawField.Present(values, false);
  }

  private void collect(@Nullable Object at, int depth, List<RawValue> values) {
    if (at instanceof List<?> list) {
      list.forEach(element -> collect(element, depth, values));
    } else if (depth < places.length) {
      if (at instanceof SpecificRecord record) {
        collect(record.get(places[depth]), depth + 1, values);
      }
    } else if (at instanceof Boolean flag) {
      values.add(new RawValue(RawValue.Kind.BOOLEAN, flag.toString(), false));
    } else if (at instanceof Number number) {
      if (!number.equals(-1)) {
        values.add(new RawValue(RawValue.Kind.NUMBER, number.toString(), false));
      }
    } else if (at != null) {
      values.add(new RawValue(RawValue.Kind.TEXT, at.toString(), false));
    }
  }
}
