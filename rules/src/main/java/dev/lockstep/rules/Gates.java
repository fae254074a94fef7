package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * List of the gates that a rule checked, in order, each with its verdict, such as passed or
 * suppressed, and its numbers. Gates after the deciding gate count as not reached.
 */
public final class Gates {
  /**
   * Word for the verdict of a gate that had no effect on whether the rule fires or on the severity.
   */
  public static final String PASSED = "passed";

  /** Word for the verdict of a gate that kept the rule from firing, or held back its finding. */
  public static final String SUPPRESSED = "suppressed";

  /** Word for the verdict of a gate that made the rule fire, because the gate's condition holds. */
  public static final String FIRES = "fires";

  /** Word for the verdict of a gate that raised the severity. */
  public static final String RAISED = "raised";

  /** Word for the verdict of a gate that lowered the severity. */
  public static final String LOWERED = "lowered";

  /** Word for the verdict of a gate after the deciding gate. */
  public static final String NOT_REACHED = "not reached";

  /** Name of the gate that suppresses facts which are too far apart in time. */
  public static final String TIME = "time";

  private static final double HOUR_MILLIS = 3_600_000;

  private final List<GateChecked> checked = new ArrayList<>();
  private boolean decided;

  /**
   * Returns a checked gate with its verdict and its numbers.
   *
   * @param numbers alternating names and values; a value is a {@code Number}, {@code Boolean} or
   *     {@code String}
   * @throws IllegalArgumentException if a value is anything else
   */
  public static GateChecked checked(String name, String verdict, Object... numbers) {
    Objects.requireNonNull(name, "the name of a gate is null; give the gate a name");
    Objects.requireNonNull(verdict, "the verdict of a gate is null; give the gate a verdict");
    Map<String, Object> named = new HashMap<>();
    for (int i = 0; i < numbers.length; i += 2) {
      Objects.requireNonNull(
          numbers[i], "the name of a gate's number is null; give the number a name");
      named.put((String) numbers[i], storable(name, numbers[i], numbers[i + 1]));
    }
    return new GateChecked(name, verdict, named);
  }

  /**
   * Returns a list with one gate, {@link #TIME} with the verdict {@link #SUPPRESSED}, for two facts
   * that are too far apart in time. The caller has compared the facts with the limit. The gate's
   * numbers are the hours between the first fact and the nearest minute of the other ({@code
   * hoursBetween}), and the limit ({@code limitHours}).
   *
   * @param maxMillis the limit, in milliseconds
   */
  public static List<GateChecked> tooFarApart(Fact one, Fact other, long maxMillis) {
    return List.of(
        checked(
            TIME,
            SUPPRESSED,
            "hoursBetween",
            nearest(one, other) / HOUR_MILLIS,
            "limitHours",
            maxMillis / HOUR_MILLIS));
  }

  private static long nearest(Fact one, Fact other) {
    return other.minutes().stream()
        .mapToLong(
            minute ->
                Math.max(
                    one.firstAt() - other.lastIn(minute), other.firstIn(minute) - one.lastAt()))
        .min()
        .orElseGet(() -> one.millisBetween(other));
  }

  private static Object storable(String gate, Object name, @Nullable Object value) {
    if (value instanceof Double || value instanceof Boolean || value instanceof String) {
      return value;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(
        "the value %s of the gate %s is %s; give a number, a boolean or a text as the value"
            .formatted(name, gate, value));
  }

  /**
   * Adds a gate with the verdict {@link #PASSED}, or {@link #NOT_REACHED} if an earlier gate
   * decided.
   */
  public Gates passes(String name, Object... numbers) {
    checked.add(checked(name, decided ? NOT_REACHED : PASSED, numbers));
    return this;
  }

  /**
   * Adds a gate, which decides with the given verdict if {@code condition} holds and no earlier
   * gate decided. Otherwise its verdict is {@link #NOT_REACHED} if an earlier gate decided, or else
   * {@link #PASSED}.
   */
  public Gates decides(String name, boolean condition, String verdict, Object... numbers) {
    String found = decided ? NOT_REACHED : condition ? verdict : PASSED;
    checked.add(checked(name, found, numbers));
    decided |= condition;
    return this;
  }

  /**
   * Adds a gate with the given verdict, even if an earlier gate decided. The gate itself decides
   * nothing.
   */
  public Gates adds(String name, String verdict, Object... numbers) {
    checked.add(checked(name, verdict, numbers));
    return this;
  }

  /** Returns the gates in the order in which they were added. */
  public List<GateChecked> list() {
    return checked;
  }
}
