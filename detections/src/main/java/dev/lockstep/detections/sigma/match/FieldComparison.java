package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import java.util.List;

/**
 * Comparison in a Sigma rule that tests a field of an event, such as {@code ResultType: 0}.
 * Keywords name no field; they are compared with every value of the event's record.
 */
public sealed interface FieldComparison {
  /**
   * Field name of a comparison by keywords, which is empty. Keywords have no field: they are
   * compared with every value of a record.
   */
  String KEYWORDS = "";

  /** Returns the name of the field as the rule writes it. It is empty for keywords. */
  String field();

  /**
   * Returns the comparison as text for people, such as {@code ResultType: 0}, with at most three of
   * the rule's values.
   */
  String shown();

  /**
   * Comparison of a field with values that the rule writes.
   *
   * @param modifiers modifiers as written, each after a pipe
   * @param tests comparisons with each value of the rule
   * @param all if the event has to match each value of the rule; otherwise one of them
   * @param negated if the whole comparison is negated
   */
  record Values(
      String field, String modifiers, List<ValueComparison> tests, boolean all, boolean negated)
      implements FieldComparison {
    private static final int MOST_SHOWN = 3;

    public Values {
      tests = List.copyOf(tests);
    }

    /**
     * Returns whether there is no value to compare with. That is so if the rule's values have
     * placeholders that are defined without values.
     */
    public boolean isEmpty() {
      return tests.isEmpty();
    }

    /**
     * Returns whether this comparison has keywords in place of a field, and is true for every
     * record. It is true if the comparison is not negated, and one keyword or, with the modifier
     * {@code all}, each keyword matches every text, as {@code *} does.
     */
    boolean holdsAlways() {
      boolean holds =
          all
              ? tests.stream().allMatch(ValueComparison::holdsForEachText)
              : tests.stream().anyMatch(ValueComparison::holdsForEachText);
      return field.equals(KEYWORDS) && !negated && holds;
    }

    Truth test(FieldValue value) {
      if (!value.field().isLookedFor()) {
        return Truth.UNKNOWN;
      }
      Truth result = Truth.of(all);
      for (ValueComparison test : tests) {
        result = all ? result.and(any(test, value)) : result.or(any(test, value));
      }
      return negated ? result.not() : result;
    }

    private Truth any(ValueComparison test, FieldValue value) {
      if (value.field() == RawField.ABSENT) {
        return Truth.of(test.isFulfilledByNull());
      }
      Truth result = value.field().cut() ? Truth.CUT : Truth.FALSE;
      for (int i = 0; i < value.size() && result != Truth.TRUE; i++) {
        RawValue.Kind kind = value.value(i).kind();
        if (kind == RawValue.Kind.NULL) {
          result = result.or(Truth.of(test.isFulfilledByNull()));
        } else if (!field.equals(KEYWORDS)
            || (kind != RawValue.Kind.OBJECT && kind != RawValue.Kind.LIST)) {
          result = result.or(test.test(value, i));
        }
      }
      return result;
    }

    @Override
    public String shown() {
      List<String> values = tests.stream().limit(MOST_SHOWN).map(ValueComparison::shown).toList();
      return (field.equals(KEYWORDS) ? "keywords" : field)
          + modifiers
          + ": "
          + String.join(all ? " and " : " or ", values)
          + (tests.size() > MOST_SHOWN ? " ..." : "");
    }
  }

  /** Comparison that tests whether a field is present or, if {@code expected} is false, absent. */
  record Exists(String field, boolean expected) implements FieldComparison {
    Truth test(FieldValue value) {
      return value.field().isLookedFor()
          ? Truth.of(expected == (value.field() != RawField.ABSENT))
          : Truth.UNKNOWN;
    }

    @Override
    public String shown() {
      return field + "|exists: " + expected;
    }
  }

  /**
   * Comparison of a field with another field of the event.
   *
   * @param other name of the other field
   * @param before if any text may come before the other's value
   * @param after if any text may come after the other's value
   */
  record SameAs(
      String field,
      String modifiers,
      String other,
      boolean before,
      boolean after,
      boolean cased,
      boolean negated)
      implements FieldComparison {
    Truth test(FieldValue mine, FieldValue others) {
      if (!mine.field().isLookedFor() || !others.field().isLookedFor()) {
        return Truth.UNKNOWN;
      }
      Truth result = mine.field().cut() || others.field().cut() ? Truth.CUT : Truth.FALSE;
      for (int i = 0; i < mine.size(); i++) {
        for (int j = 0; j < others.size(); j++) {
          result = result.or(same(mine, i, others, j));
        }
      }
      return negated ? result.not() : result;
    }

    private Truth same(FieldValue mine, int i, FieldValue others, int j) {
      RawValue value = mine.value(i);
      RawValue sought = others.value(j);
      if (value.kind() == RawValue.Kind.NULL || sought.kind() == RawValue.Kind.NULL) {
        return Truth.FALSE;
      }
      String text = cased ? value.text() : mine.folded(i);
      String part = cased ? sought.text() : others.folded(j);
      if (sought.cut()) {
        return ofCutPart(text, value.cut(), part);
      }
      return value.cut() ? ofCutText(text, part) : Truth.of(isSame(text, part));
    }

    private boolean isSame(String text, String part) {
      return (before && after)
          ? text.contains(part)
          : after ? text.startsWith(part) : before ? text.endsWith(part) : text.equals(part);
    }

    /**
     * Returns the result of this comparison if {@code text} is only the beginning of this field's
     * value, because ingest cut off the value's end.
     */
    private Truth ofCutText(String text, String part) {
      if (after && isSame(text, part)) {
        return Truth.TRUE;
      }
      boolean mayFollow = before || (part.length() > text.length() && part.startsWith(text));
      return mayFollow ? Truth.CUT : Truth.FALSE;
    }

    /**
     * Returns the result of this comparison if only the beginning of {@code part}, the value of the
     * other field, is known.
     */
    private Truth ofCutPart(String text, boolean isTextCut, String part) {
      if (!isTextCut && part.length() >= text.length()) {
        return Truth.FALSE; // the whole part is longer than the text
      }
      int both = Math.min(text.length(), part.length());
      return before || text.regionMatches(0, part, 0, both) ? Truth.CUT : Truth.FALSE;
    }

    @Override
    public String shown() {
      return field + modifiers + ": " + other;
    }
  }
}
