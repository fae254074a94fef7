package dev.lockstep.detections.sigma.correlation;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.match.Expression;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Count, sum or other aggregate of the events in a sliding window of time. It decides whether the
 * window fulfils the condition of a correlation. The window slides over a group's events. Events
 * enter at the end of the window and leave at its start.
 */
abstract sealed class WindowAggregate {
  final WindowCondition of;

  WindowAggregate(WindowCondition of) {
    this.of = of;
  }

  abstract void enter(Member member);

  /** Adds to the window the events of one point in time, whose order is unknown. */
  void enterAll(List<Member> ofTime) {
    for (Member member : ofTime) {
      enter(member);
    }
  }

  abstract void leave(Member member);

  /** Returns the number that the condition compares, for the window that ends at a time. */
  abstract BigDecimal number(long at);

  boolean holds(long at) {
    return of.isFulfilledBy(number(at));
  }

  /**
   * Returns what the window lacks for the condition: names of rules, or the words {@code "the
   * order"}. A rule is named if it has no event in the window. The result is {@code the order} if
   * events of all rules came in another order than the condition needs. The list is empty for a
   * type of correlation that compares only a number.
   */
  List<String> lacks() {
    return List.of();
  }

  /** Number of events in the window. */
  static final class OfEvents extends WindowAggregate {
    private final int need;
    private int count;

    OfEvents(WindowCondition of) {
      super(of);
      this.need = of.firesAtOnce() ? of.need() : -1;
    }

    @Override
    void enter(Member member) {
      count++;
    }

    @Override
    void leave(Member member) {
      count--;
    }

    @Override
    BigDecimal number(long at) {
      return BigDecimal.valueOf(count);
    }

    @Override
    boolean holds(long at) {
      return need >= 0 ? count >= need : super.holds(at);
    }
  }

  /**
   * Number of distinct values of the events in the window, for correlations of the type {@code
   * value_count}.
   */
  static final class OfValues extends WindowAggregate {
    private final int need;
    private final Map<String, Integer> counts = new HashMap<>();

    OfValues(WindowCondition of) {
      super(of);
      this.need = of.firesAtOnce() ? of.need() : -1;
    }

    @Override
    void enter(Member member) {
      for (String value : member.values()) {
        counts.merge(value, 1, Integer::sum);
      }
    }

    @Override
    void leave(Member member) {
      for (String value : member.values()) {
        counts.computeIfPresent(value, (same, count) -> count == 1 ? null : count - 1);
      }
    }

    @Override
    BigDecimal number(long at) {
      return BigDecimal.valueOf(counts.size());
    }

    @Override
    boolean holds(long at) {
      return need >= 0 ? counts.size() >= need : super.holds(at);
    }
  }

  /**
   * Number of rules with an event in the window, whatever the order of the events. The condition of
   * the correlation compares that number, or is an expression of names of rules.
   */
  static final class OfRules extends WindowAggregate {
    private final int[] counts;
    private int distinct;

    OfRules(WindowCondition of) {
      super(of);
      this.counts = new int[of.rules().size()];
    }

    @Override
    void enter(Member member) {
      for (int rule = member.rules().nextSetBit(0);
          rule >= 0;
          rule = member.rules().nextSetBit(rule + 1)) {
        if (counts[rule]++ == 0) {
          distinct++;
        }
      }
    }

    @Override
    void leave(Member member) {
      for (int rule = member.rules().nextSetBit(0);
          rule >= 0;
          rule = member.rules().nextSetBit(rule + 1)) {
        if (--counts[rule] == 0) {
          distinct--;
        }
      }
    }

    @Override
    BigDecimal number(long at) {
      return BigDecimal.valueOf(distinct);
    }

    @Override
    boolean holds(long at) {
      Expression expression = of.expression();
      if (expression != null) {
        return holds(expression);
      }
      return of.thresholds().isEmpty() ? distinct == counts.length : super.holds(at);
    }

    private boolean holds(Expression expression) {
      if (expression instanceof Expression.All all) {
        return all.parts().stream().allMatch(this::holds);
      }
      if (expression instanceof Expression.Any any) {
        return any.parts().stream().anyMatch(this::holds);
      }
      if (expression instanceof Expression.Not not) {
        return !holds(not.part());
      }
      int rule = of.rules().indexOf(((Expression.Named) expression).name());
      return rule >= 0 && counts[rule] > 0;
    }

    @Override
    List<String> lacks() {
      List<String> lacks = new ArrayList<>();
      for (int rule = 0; rule < counts.length; rule++) {
        if (counts[rule] == 0) {
          lacks.add(of.rules().get(rule));
        }
      }
      return lacks;
    }
  }

  /**
   * Length of the longest chain that events of the window form in the order of the rules. The order
   * is that in which the correlation lists the rules. A chain has at most one event of a rule, and
   * may leave out rules. For each number n and each length of a chain, the window keeps the latest
   * time at which a chain of that length with events of the first n rules begins.
   */
  static final class OfOrder extends WindowAggregate {
    private static final long NEVER = Long.MIN_VALUE;
    private static final String ORDER = "the order";

    private final int size;
    private final long[][] latest;
    private final long[] lastOf;
    private long lastAt = NEVER;

    OfOrder(WindowCondition of) {
      super(of);
      this.size = of.rules().size();
      this.latest = new long[size + 1][size + 1];
      for (long[] ofLength : latest) {
        Arrays.fill(ofLength, NEVER);
      }
      this.lastOf = new long[size];
      Arrays.fill(lastOf, NEVER);
    }

    @Override
    void enter(Member member) {
      enterAll(List.of(member));
    }

    @Override
    void enterAll(List<Member> ofTime) {
      long at = ofTime.get(0).at();
      lastAt = at;
      for (int rule = 0; rule < size; rule++) {
        boolean has = false;
        for (Member member : ofTime) {
          has |= member.rules().get(rule);
        }
        lastOf[rule] = has ? at : lastOf[rule];
        for (int length = 1; length <= rule + 1; length++) {
          long best = Math.max(latest[length][rule], latest[length][rule + 1]);
          if (has) {
            best = Math.max(best, length == 1 ? at : latest[length - 1][rule]);
          }
          latest[length][rule + 1] = best;
        }
      }
    }

    @Override
    void leave(Member member) {
      // number() leaves out a chain that began before the window
    }

    @Override
    BigDecimal number(long at) {
      return BigDecimal.valueOf(longest(at));
    }

    private int longest(long at) {
      for (int length = size; length > 0; length--) {
        if (latest[length][size] != NEVER && latest[length][size] >= at - of.spanMillis()) {
          return length;
        }
      }
      return 0;
    }

    @Override
    boolean holds(long at) {
      return of.thresholds().isEmpty() ? longest(at) == size : super.holds(at);
    }

    @Override
    List<String> lacks() {
      List<String> lacks = new ArrayList<>();
      for (int rule = 0; rule < size; rule++) {
        if (lastOf[rule] == NEVER || lastOf[rule] < lastAt - of.spanMillis()) {
          lacks.add(of.rules().get(rule));
        }
      }
      return lacks.isEmpty() && longest(lastAt) < size ? List.of(ORDER) : lacks;
    }
  }

  /** Sum or average of numbers in the window. */
  static final class OfSum extends WindowAggregate {
    private BigDecimal sum = BigDecimal.ZERO;
    private int count;

    OfSum(WindowCondition of) {
      super(of);
    }

    @Override
    void enter(Member member) {
      for (BigDecimal number : member.numbers()) {
        sum = sum.add(number);
        count++;
      }
    }

    @Override
    void leave(Member member) {
      for (BigDecimal number : member.numbers()) {
        sum = sum.subtract(number);
        count--;
      }
    }

    @Override
    BigDecimal number(long at) {
      if (of.type() == CorrelationDocument.Type.VALUE_SUM || count == 0) {
        return sum;
      }
      return sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128);
    }
  }

  /** Median of the numbers in the window, or a percentile of them by the nearest rank. */
  static final class OfRank extends WindowAggregate {
    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final List<BigDecimal> sorted = new ArrayList<>();

    OfRank(WindowCondition of) {
      super(of);
    }

    @Override
    void enter(Member member) {
      for (BigDecimal number : member.numbers()) {
        int at = Collections.binarySearch(sorted, number);
        sorted.add(at < 0 ? -at - 1 : at, number);
      }
    }

    @Override
    void leave(Member member) {
      for (BigDecimal number : member.numbers()) {
        sorted.remove(Collections.binarySearch(sorted, number));
      }
    }

    @Override
    BigDecimal number(long at) {
      int size = sorted.size();
      if (size == 0) {
        return BigDecimal.ZERO;
      }
      BigDecimal percentile = of.percentile();
      if (percentile != null) {
        int rank =
            percentile
                .multiply(BigDecimal.valueOf(size))
                .divide(HUNDRED)
                .setScale(0, RoundingMode.CEILING)
                .intValue();
        return sorted.get(Math.max(1, Math.min(size, rank)) - 1);
      }
      BigDecimal upper = sorted.get(size / 2);
      return size % 2 == 1 ? upper : sorted.get(size / 2 - 1).add(upper).multiply(HALF);
    }
  }
}
