package dev.lockstep.detections.sigma.correlation;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.match.Expression;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Condition of a Sigma correlation on the events of a time window.
 *
 * @param type type of the correlation
 * @param rules names of the referenced rules, in order
 * @param spanMillis length of the window
 * @param thresholds comparisons that must all hold; empty for a temporal type without a number
 * @param expression Boolean expression over names of rules, or null
 * @param percentile percentile of {@code value_percentile}, otherwise null
 */
public record WindowCondition(
    CorrelationDocument.Type type,
    List<String> rules,
    long spanMillis,
    List<Threshold> thresholds,
    @Nullable Expression expression,
    @Nullable BigDecimal percentile) {
  public WindowCondition {
    rules = List.copyOf(rules);
    thresholds = List.copyOf(thresholds);
  }

  WindowCondition with(List<Threshold> others) {
    return new WindowCondition(type, rules, spanMillis, others, expression, percentile);
  }

  /**
   * Returns whether a fulfilled condition stays fulfilled, whatever further events come. A finding
   * is then emitted at once, and no late event retracts it.
   */
  public boolean firesAtOnce() {
    if (type.isMetric() || (expression != null && expression.hasNegation())) {
      return false;
    }
    return thresholds.stream()
        .allMatch(
            one ->
                one.operator() == Threshold.Operator.GT
                    || one.operator() == Threshold.Operator.GTE);
  }

  /**
   * Returns the smallest count, of at least 1, that fulfils the condition. The result is meaningful
   * only if all thresholds compare by {@code gt} or {@code gte}. If there are no thresholds, it is
   * the number of rules for a temporal correlation, and 1 for any other.
   */
  public int need() {
    if (thresholds.isEmpty()) {
      return type.isTemporal() ? rules.size() : 1;
    }
    int need = 1;
    for (Threshold one : thresholds) {
      int bound = one.bound().min(BigDecimal.valueOf(Integer.MAX_VALUE - 1)).intValue();
      need = Math.max(need, one.operator() == Threshold.Operator.GT ? bound + 1 : bound);
    }
    return need;
  }

  /**
   * Returns whether events that change no window may be dropped. They lie between two events of the
   * same value or rule that are at most one timespan apart.
   */
  boolean isThinned() {
    return firesAtOnce()
        && (type == CorrelationDocument.Type.VALUE_COUNT
            || type == CorrelationDocument.Type.TEMPORAL);
  }

  /** Returns how many UTC days a window may reach back from the day of its last event. */
  public int daysBack() {
    return (int) ((spanMillis + GroupDay.DAY_MILLIS - 1) / GroupDay.DAY_MILLIS);
  }

  boolean isFulfilledBy(BigDecimal number) {
    for (Threshold one : thresholds) {
      if (!one.isFulfilledBy(number)) {
        return false;
      }
    }
    return true;
  }

  WindowAggregate window() {
    return switch (type) {
      case EVENT_COUNT -> new WindowAggregate.OfEvents(this);
      case VALUE_COUNT -> new WindowAggregate.OfValues(this);
      case TEMPORAL -> new WindowAggregate.OfRules(this);
      case TEMPORAL_ORDERED -> new WindowAggregate.OfOrder(this);
      case VALUE_SUM, VALUE_AVG -> new WindowAggregate.OfSum(this);
      case VALUE_MEDIAN, VALUE_PERCENTILE -> new WindowAggregate.OfRank(this);
    };
  }
}
