package dev.lockstep.detections.sigma.match;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Part of a time in UTC that a rule compares: minute, hour, day, week of ISO 8601, month or year.
 */
enum TimePart {
  MINUTE(ChronoField.MINUTE_OF_HOUR),
  HOUR(ChronoField.HOUR_OF_DAY),
  DAY(ChronoField.DAY_OF_MONTH),
  WEEK(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
  MONTH(ChronoField.MONTH_OF_YEAR),
  YEAR(ChronoField.YEAR);

  private final TemporalField field;

  TimePart(TemporalField field) {
    this.field = field;
  }

  static @Nullable TimePart named(String modifier) {
    for (TimePart part : values()) {
      if (part.word().equals(modifier)) {
        return part;
      }
    }
    return null;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Nullable BigDecimal of(@Nullable LocalDateTime time) {
    return time == null ? null : BigDecimal.valueOf(time.get(field));
  }
}
