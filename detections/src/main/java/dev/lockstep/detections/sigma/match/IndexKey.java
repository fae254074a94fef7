package dev.lockstep.detections.sigma.match;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Value or fragment of a value under which {@link EventMatcher} indexes a comparison. An event with
 * none of the comparison's keys cannot fulfil the comparison.
 *
 * @param field index of the field
 * @param what folded text, or {@code BigDecimal} without trailing zeros
 * @param isFragment if it is enough that a value contains the text
 */
record IndexKey(int field, Object what, boolean isFragment) {
  private static final int SHORT_FRAGMENT = 4;

  /**
   * Returns the keys under which a comparison is indexed, or null if it cannot be indexed. Each
   * event that fulfils the comparison has at least one of the keys.
   */
  static @Nullable List<IndexKey> of(FieldComparison test, int field) {
    if (!(test instanceof FieldComparison.Values values) || values.negated()) {
      return null;
    }
    List<IndexKey> any = new ArrayList<>();
    List<IndexKey> best = null;
    for (ValueComparison one : values.tests()) {
      List<IndexKey> keys = of(one, field);
      if (keys == null && !values.all()) {
        return null;
      }
      if (keys != null) {
        any.addAll(keys);
        best = best == null || selectivity(keys) > selectivity(best) ? keys : best;
      }
    }
    return values.all() ? best : any;
  }

  /**
   * Returns a measure of how selective keys are: the length of the shortest key, in characters. A
   * key that is the whole value of a field, not a part of it, counts as four characters longer.
   */
  private static int selectivity(List<IndexKey> keys) {
    int least = Integer.MAX_VALUE;
    for (IndexKey key : keys) {
      int length = key.what.toString().length();
      least = Math.min(least, key.isFragment ? length : length + SHORT_FRAGMENT);
    }
    return least;
  }

  private static @Nullable List<IndexKey> of(ValueComparison test, int field) {
    if (test instanceof ValueComparison.OneOf forms) {
      List<IndexKey> all = new ArrayList<>();
      for (ValueComparison form : forms.forms()) {
        List<IndexKey> keys = of(form, field);
        if (keys == null) {
          return null;
        }
        all.addAll(keys);
      }
      return all;
    }
    if (test instanceof ValueComparison.Text text) {
      String part = text.pattern().longestPlainPart();
      if (text.pattern().isPlain()) {
        List<IndexKey> keys = new ArrayList<>(2);
        keys.add(new IndexKey(field, part, false));
        BigDecimal number = text.number();
        if (number != null) {
          keys.add(new IndexKey(field, number.stripTrailingZeros(), false));
        }
        return keys;
      }
      return fragment(field, part);
    }
    return test instanceof ValueComparison.Regex regex
        ? fragment(field, RegexGuard.plainPart(regex.source()))
        : null;
  }

  private static @Nullable List<IndexKey> fragment(int field, String part) {
    return part.length() < 2 ? null : List.of(new IndexKey(field, part, true));
  }

  /**
   * Returns the cost of one use of this key: 8 for a fragment of at most three characters,
   * otherwise 1. Many values contain such a short fragment. A conjunction is indexed by its part of
   * least cost.
   */
  int weight() {
    return isFragment && what.toString().length() < SHORT_FRAGMENT ? 8 : 1;
  }
}
