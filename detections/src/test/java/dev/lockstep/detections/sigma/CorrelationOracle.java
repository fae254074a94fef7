package dev.lockstep.detections.sigma;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Oracle of correlations: looks at every window of every group anew, with lists and loops and
 * nothing of the product.
 */
final class CorrelationOracle {
  private static final long DAY = 86_400_000L;

  private CorrelationOracle() {}

  /**
   * Event of a history.
   *
   * @param tags names of the rules that it matches
   * @param groups values of the group's field
   * @param value counted value, or null
   */
  record Occurred(
      String id, long at, Set<String> tags, List<String> groups, @Nullable String value) {}

  /**
   * Finding that the oracle expects.
   *
   * @param at time of the earliest hit of the day
   */
  record Expected(String group, long at, int count) {}

  /** Number of the events of a window, by type. */
  static BigDecimal number(
      String type, List<String> rules, @Nullable BigDecimal percentile, List<Occurred> window) {
    return switch (type) {
      case "event_count" -> BigDecimal.valueOf(window.size());
      case "value_count" ->
          BigDecimal.valueOf(
              window.stream().map(one -> String.valueOf(one.value())).distinct().count());
      case "temporal" ->
          BigDecimal.valueOf(rules.stream().filter(rule -> has(window, rule)).count());
      case "temporal_ordered" -> BigDecimal.valueOf(longest(rules, 0, Long.MIN_VALUE, window));
      default -> metric(type, percentile, window);
    };
  }

  private static BigDecimal metric(
      String type, @Nullable BigDecimal percentile, List<Occurred> window) {
    List<BigDecimal> numbers = new ArrayList<>();
    window.forEach(one -> numbers.add(new BigDecimal(String.valueOf(one.value()))));
    numbers.sort(null);
    BigDecimal sum = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    int size = numbers.size();
    if (type.equals("value_sum")) {
      return sum;
    } else if (type.equals("value_avg")) {
      return sum.divide(BigDecimal.valueOf(size), MathContext.DECIMAL128);
    } else if (percentile != null) {
      double rank = Math.ceil(percentile.doubleValue() * size / 100);
      return numbers.get((int) rank - 1);
    }
    return size % 2 == 1
        ? numbers.get(size / 2)
        : numbers
            .get(size / 2 - 1)
            .add(numbers.get(size / 2))
            .divide(BigDecimal.valueOf(2), MathContext.UNLIMITED);
  }

  static boolean has(List<Occurred> window, String rule) {
    return window.stream().anyMatch(one -> one.tags().contains(rule));
  }

  /** Returns how many of the rules from one on have events in their order after a time. */
  private static int longest(List<String> rules, int from, long after, List<Occurred> window) {
    int best = 0;
    for (int rule = from; rule < rules.size(); rule++) {
      String name = rules.get(rule);
      long earliest =
          window.stream()
              .filter(one -> one.at() >= after && one.tags().contains(name))
              .mapToLong(Occurred::at)
              .min()
              .orElse(Long.MAX_VALUE);
      if (earliest != Long.MAX_VALUE) {
        best = Math.max(best, 1 + longest(rules, rule + 1, earliest, window));
      }
    }
    return best;
  }

  /** Returns the members of each group in time. */
  static Map<String, List<Occurred>> byGroup(List<Occurred> events, Predicate<Occurred> isMember) {
    Map<String, Map<String, Occurred>> groups = new TreeMap<>();
    for (Occurred event : events) {
      for (String group : event.groups()) {
        if (!group.isEmpty() && isMember.test(event)) {
          groups
              .computeIfAbsent(group.toLowerCase(Locale.ROOT), any -> new TreeMap<>())
              .put(event.id(), event);
        }
      }
    }
    Map<String, List<Occurred>> sorted = new TreeMap<>();
    groups.forEach(
        (group, byId) ->
            sorted.put(
                group,
                byId.values().stream().sorted(Comparator.comparingLong(Occurred::at)).toList()));
    return sorted;
  }

  static List<Occurred> window(List<Occurred> group, Occurred end, long span) {
    return group.stream()
        .filter(one -> one.at() >= end.at() - span && one.at() <= end.at())
        .toList();
  }

  /** Returns the expected findings of a condition on windows. */
  static List<Expected> findings(
      List<Occurred> events,
      Predicate<Occurred> isMember,
      long span,
      Predicate<List<Occurred>> condition,
      Function<List<Occurred>, Integer> count) {
    List<Expected> findings = new ArrayList<>();
    byGroup(events, isMember)
        .forEach(
            (group, members) -> {
              Map<Long, Occurred> earliest = new TreeMap<>();
              for (Occurred end : members) {
                if (condition.test(window(members, end, span))) {
                  earliest.putIfAbsent(Math.floorDiv(end.at(), DAY), end);
                }
              }
              earliest
                  .values()
                  .forEach(
                      end ->
                          findings.add(
                              new Expected(
                                  group, end.at(), count.apply(window(members, end, span)))));
            });
    return findings;
  }
}
