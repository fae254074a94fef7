package dev.lockstep.detections.sigma.match;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Field of an event, with its values as texts, numbers, addresses or times. */
final class FieldValue {
  private static final int MOST_NUMBER_CHARS = 64;

  private final RawField field;
  private final List<RawValue> values;
  private @Nullable String @Nullable [] folded;

  FieldValue(RawField field) {
    this.field = field;
    this.values = field.values();
  }

  RawField field() {
    return field;
  }

  int size() {
    return values.size();
  }

  RawValue value(int index) {
    return values.get(index);
  }

  String folded(int index) {
    @Nullable String[] all = folded;
    if (all == null) {
      all = new String[values.size()];
      folded = all;
    }
    String known = all[index];
    if (known == null) {
      known = CaseFolding.fold(values.get(index).text());
      all[index] = known;
    }
    return known;
  }

  @Nullable BigDecimal number(int index) {
    RawValue value = values.get(index);
    boolean isScalar = value.kind() == RawValue.Kind.NUMBER || value.kind() == RawValue.Kind.TEXT;
    return isScalar ? Numbers.parse(value.text(), MOST_NUMBER_CHARS) : null;
  }

  /**
   * Returns whether a value may be a number, judged by its beginning, because ingest cut off the
   * rest. It may if each character of the beginning can stand in a number.
   */
  boolean mayBeNumber(int index) {
    String text = values.get(index).text();
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  @Nullable Address address(int index) {
    RawValue value = values.get(index);
    return value.kind() == RawValue.Kind.TEXT ? Address.parse(value.text()) : null;
  }

  /**
   * Returns a value as a time in UTC, or null if the value is not a time. A time without an offset
   * is taken as UTC.
   */
  @Nullable LocalDateTime time(int index) {
    RawValue value = values.get(index);
    return value.kind() == RawValue.Kind.TEXT ? WrittenTime.parse(value.text()) : null;
  }
}
