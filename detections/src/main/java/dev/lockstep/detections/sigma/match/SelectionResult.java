package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Result of applying one selection of a Sigma rule to an event.
 *
 * @param name name of the selection
 * @param truth result
 * @param compared comparisons that decided the result
 */
public record SelectionResult(String name, Truth truth, List<Compared> compared) {
  private static final int MOST_CHARS = 80;
  private static final int MOST_VALUES = 3;
  private static final int MOST_COMPARED = 4;

  public SelectionResult {
    compared = List.copyOf(compared);
  }

  /**
   * Comparison that decided the result of a selection, as text, with the event's values.
   *
   * @param test comparison for people, such as {@code ResultType: 0}
   * @param values values of the event; for a field without a value, the words that say so
   */
  public record Compared(String test, String values) {
    static Compared of(FieldComparison test, FieldValue value, Truth truth) {
      return new Compared(Quoted.excerpt(test.shown(), MOST_CHARS), words(test, value, truth));
    }

    private static String words(FieldComparison test, FieldValue value, Truth truth) {
      RawField field = value.field();
      if (!field.isLookedFor()) {
        return "not looked for";
      }
      if (field.values().isEmpty()) {
        return "absent";
      }
      List<String> shown = new ArrayList<>();
      if (truth == Truth.TRUE && test instanceof FieldComparison.Values compared) {
        for (RawValue one : field.values()) {
          FieldValue alone = new FieldValue(new RawField.Present(List.of(one), false));
          if (shown.isEmpty() && !compared.negated() && compared.test(alone) == Truth.TRUE) {
            shown.add(words(one));
          }
        }
      }
      if (shown.isEmpty()) {
        List<RawValue> scalars = field.values().stream().filter(Compared::isScalar).toList();
        List<RawValue> values = scalars.isEmpty() ? field.values() : scalars;
        values.stream().limit(MOST_VALUES).map(Compared::words).forEach(shown::add);
        if (values.size() > MOST_VALUES) {
          shown.add("%d more".formatted(values.size() - MOST_VALUES));
        }
      }
      return String.join(" and ", shown);
    }

    private static boolean isScalar(RawValue value) {
      return value.kind() != RawValue.Kind.OBJECT && value.kind() != RawValue.Kind.LIST;
    }

    private static String words(RawValue value) {
      return value.kind() == RawValue.Kind.NULL
          ? "null"
          : value.text().isEmpty() ? "empty" : Quoted.excerpt(value.text(), MOST_CHARS);
    }
  }

  /** Returns in words the result and the comparisons that decided it, with the event's values. */
  public String words() {
    String result =
        switch (truth) {
          case TRUE -> "holds";
          case FALSE -> "does not hold";
          case UNKNOWN -> "is unknown";
          case CUT -> "depends on what was cut";
        };
    int more = compared.size() - MOST_COMPARED;
    return "%s %s by %s%s"
        .formatted(
            name,
            result,
            compared.stream()
                .limit(MOST_COMPARED)
                .map(one -> one.test() + ": " + one.values())
                .collect(Collectors.joining(", ")),
            more > 0 ? ", and %d more".formatted(more) : "");
  }
}
