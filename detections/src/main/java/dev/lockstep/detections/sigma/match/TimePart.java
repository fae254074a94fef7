package dev.lockstep.detections.sigma.match;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.time.temporal.ValueRange;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Part of a time in UTC that a rule compares, such as the hour of the day. It is the minute of the
 * hour, hour of the day, day of the month, week of the year by ISO 8601, month or year.
 */
public enum TimePart {
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

  /**
   * Returns the Sigma modifier by which a rule compares this part of a time, such as {@code hour}.
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns a description of the possible values if a text is an impossible number, such as hour
   * 24; otherwise null. The result is null for a possible value, and for a text that is no number.
   */
  public @Nullable String insteadOf(String text) {
    BigDecimal number = Numbers.parse(text, 64);
    if (number == null) {
      return null; // the rule is refused
    }
    ValueRange range = field.range();
    boolean isPossible =
        number.stripTrailingZeros().scale() <= 0
            && number.compareTo(BigDecimal.valueOf(range.getMinimum())) >= 0
            && number.compareTo(BigDecimal.valueOf(range.getMaximum())) <= 0;
    return isPossible
        ? null
        : this == YEAR
            ? "a whole number"
            : "a whole number from %d to %d".formatted(range.getMinimum(), range.getMaximum());
  }

  @Nullable BigDecimal of(@Nullable LocalDateTime time) {
    return time == null ? null : BigDecimal.valueOf(time.get(field));
  }
}
