package dev.lockstep.detections.sigma.match;

import com.google.re2j.Pattern;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.RawValue;
import inet.ipaddr.IPAddress;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Comparison of one value of an event's field with a value in a rule. */
sealed interface ValueComparison {
  /** Returns the result of this comparison for one value of a field. The value is not null. */
  Truth test(FieldValue field, int index);

  /** Returns whether null or an absent field fulfils the comparison. */
  default boolean isFulfilledByNull() {
    return false;
  }

  /** Returns whether every text fulfils the comparison, as with the value {@code *}. */
  default boolean holdsForEachText() {
    return false;
  }

  String shown();

  /** Comparison that only null or an absent field fulfils. */
  record IsNull() implements ValueComparison {
    @Override
    public Truth test(FieldValue field, int index) {
      return Truth.FALSE;
    }

    @Override
    public boolean isFulfilledByNull() {
      return true;
    }

    @Override
    public String shown() {
      return "null";
    }
  }

  /**
   * Comparison with a text that may have wildcards.
   *
   * @param number number that the text states; a field that has this number in another notation,
   *     such as 1.0 for 1, matches too; null if only the text is compared
   */
  record Text(TextPattern pattern, @Nullable BigDecimal number) implements ValueComparison {
    @Override
    public boolean holdsForEachText() {
      return pattern.isOnlyStars();
    }

    @Override
    public Truth test(FieldValue field, int index) {
      RawValue value = field.value(index);
      String text = pattern.isCased() ? value.text() : field.folded(index);
      if (value.cut()) {
        return pattern.matchesBeginning(text);
      }
      return Truth.of(pattern.matches(text) || isSameNumber(field, index));
    }

    private boolean isSameNumber(FieldValue field, int index) {
      if (number == null || field.value(index).kind() != RawValue.Kind.NUMBER) {
        return false;
      }
      BigDecimal other = field.number(index);
      return other != null && other.compareTo(number) == 0;
    }

    @Override
    public String shown() {
      return pattern.toString();
    }
  }

  /**
   * Comparison that searches a value for a match of a regular expression.
   *
   * @param source expression as written
   * @param flags flags of RE2/J
   * @param isOfEnd whether the result may depend on the position at which the text ends
   */
  record Regex(String source, int flags, Pattern pattern, boolean isOfEnd)
      implements ValueComparison {
    @Override
    public Truth test(FieldValue field, int index) {
      RawValue value = field.value(index);
      boolean isFound = (!value.cut() || !isOfEnd) && pattern.matcher(value.text()).find();
      return isFound ? Truth.TRUE : value.cut() ? Truth.CUT : Truth.FALSE;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Regex that && flags == that.flags && source.equals(that.source);
    }

    @Override
    public int hashCode() {
      return 31 * source.hashCode() + flags;
    }

    @Override
    public String shown() {
      return source;
    }
  }

  /** Comparison that tests whether a value is an IP address in a range. */
  record InRange(IPAddress range) implements ValueComparison {
    @Override
    public Truth test(FieldValue field, int index) {
      if (field.value(index).cut()) {
        return Truth.FALSE; // longer than any address
      }
      Address address = field.address(index);
      return Truth.of(address != null && range.contains(address.value()));
    }

    @Override
    public String shown() {
      return range.toCanonicalString();
    }
  }

  /**
   * Relation that has to hold between a number, or a part of a time, and the bound of a comparison.
   */
  enum Order {
    LT,
    LTE,
    GT,
    GTE,
    EQ;

    boolean holds(int comparison) {
      return switch (this) {
        case LT -> comparison < 0;
        case LTE -> comparison <= 0;
        case GT -> comparison > 0;
        case GTE -> comparison >= 0;
        case EQ -> comparison == 0;
      };
    }
  }

  /**
   * Comparison of a value's number, or of a part of the value's time, with a number in the rule.
   *
   * @param part part of a time that is compared; null if the value itself is compared
   */
  record Numeric(Order order, BigDecimal bound, @Nullable TimePart part)
      implements ValueComparison {
    @Override
    public Truth test(FieldValue field, int index) {
      if (field.value(index).cut()) {
        return part == null && field.mayBeNumber(index) ? Truth.CUT : Truth.FALSE;
      }
      BigDecimal number = part == null ? field.number(index) : part.of(field.time(index));
      return Truth.of(number != null && order.holds(number.compareTo(bound)));
    }

    @Override
    public String shown() {
      return bound.toPlainString();
    }
  }

  /** Comparison with several forms of one value in the rule; at least one form has to match. */
  record OneOf(List<ValueComparison> forms) implements ValueComparison {
    public OneOf {
      forms = List.copyOf(forms);
    }

    @Override
    public Truth test(FieldValue field, int index) {
      Truth result = Truth.FALSE;
      for (ValueComparison form : forms) {
        result = result.or(form.test(field, index));
      }
      return result;
    }

    @Override
    public String shown() {
      return forms.get(0).shown();
    }
  }
}
