package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.sigma.CorrelationOracle.Expected;
import dev.lockstep.detections.sigma.CorrelationOracle.Occurred;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Findings of correlations on generated histories, as the oracle of windows expects them. */
final class CorrelationOracleTest {
  private static final long MIDNIGHT = ActivityBuilder.at("2026-11-20T00:00:00Z");

  /** Time after which what is late for the first day would not be kept any more. */
  private static final long LATEST_ARRIVAL = MIDNIGHT + Duration.ofHours(43).toMillis();

  private static final long LAST_GRACE = LATEST_ARRIVAL + Duration.ofMinutes(122).toMillis();

  private static final List<String> RULES = List.of("alpha", "beta", "gamma");
  private static final List<String> OPERATORS = List.of("gt", "gte", "lt", "lte", "eq", "neq");
  private static final List<String> EXPRESSIONS =
      List.of(
          "alpha and beta",
          "alpha and not beta",
          "(alpha or beta) and gamma",
          "alpha or beta",
          "not alpha",
          "1 of them and not gamma");

  /** Correlation of a test, as a document and for the oracle. */
  private record Condition(
      String type,
      String span,
      long spanMillis,
      List<String> operators,
      List<Integer> bounds,
      @Nullable String expression,
      int percentile,
      boolean isNested) {
    boolean holds(List<Occurred> window) {
      if (expression != null) {
        return expressed(expression, window);
      }
      BigDecimal number = number(window);
      if (operators.isEmpty()) {
        return number.intValue() == RULES.size();
      }
      for (int i = 0; i < operators.size(); i++) {
        int order = number.compareTo(BigDecimal.valueOf(bounds.get(i)));
        boolean holds =
            switch (operators.get(i)) {
              case "gt" -> order > 0;
              case "gte" -> order >= 0;
              case "lt" -> order < 0;
              case "lte" -> order <= 0;
              case "eq" -> order == 0;
              default -> order != 0;
            };
        if (!holds) {
          return false;
        }
      }
      return true;
    }

    BigDecimal number(List<Occurred> window) {
      return CorrelationOracle.number(
          type, RULES, percentile == 0 ? null : BigDecimal.valueOf(percentile), window);
    }

    int count(List<Occurred> window) {
      boolean isThreshold =
          (type.equals("event_count") || type.equals("value_count"))
              && operators.stream().allMatch(one -> one.startsWith("gt"));
      if (isThreshold) {
        int need = 1;
        for (int i = 0; i < operators.size(); i++) {
          need = Math.max(need, operators.get(i).equals("gt") ? bounds.get(i) + 1 : bounds.get(i));
        }
        return need;
      }
      return Math.max(0, number(window).intValue());
    }

    boolean isMember(Occurred event) {
      return !type.startsWith("value_") || event.value() != null;
    }

    private static boolean expressed(String expression, List<Occurred> window) {
      boolean alpha = CorrelationOracle.has(window, "alpha");
      boolean beta = CorrelationOracle.has(window, "beta");
      boolean gamma = CorrelationOracle.has(window, "gamma");
      return switch (expression) {
        case "alpha and beta" -> alpha && beta;
        case "alpha and not beta" -> alpha && !beta;
        case "(alpha or beta) and gamma" -> (alpha || beta) && gamma;
        case "alpha or beta" -> alpha || beta;
        case "not alpha" -> !alpha;
        case "1 of them and not gamma" -> (alpha || beta) && !gamma;
        default -> throw new IllegalArgumentException(expression);
      };
    }

    String yaml() {
      StringBuilder yaml = new StringBuilder();
      for (String rule : RULES) {
        yaml.append(
            """
            title: Rule %s
            name: %s
            logsource: {product: azure, service: auditlogs}
            detection:
              selection:
                properties.tags: %s
              condition: selection
            ---
            """
                .formatted(rule, rule, rule));
      }
      yaml.append("title: Correlation\nname: inner\ncorrelation:\n  type: ").append(type);
      yaml.append("\n  rules: [alpha, beta, gamma]\n  group-by: [properties.group]\n");
      yaml.append("  timespan: ").append(span).append('\n');
      if (expression != null) {
        yaml.append("  condition: ").append(expression).append('\n');
      } else if (!operators.isEmpty()) {
        yaml.append("  condition:\n");
        for (int i = 0; i < operators.size(); i++) {
          yaml.append("    %s: %d\n".formatted(operators.get(i), bounds.get(i)));
        }
        if (type.startsWith("value_")) {
          yaml.append("    field: properties.value\n");
        }
        if (percentile > 0) {
          yaml.append("    percentile: ").append(percentile).append('\n');
        }
      }
      if (isNested) {
        yaml.append(
            """
            ---
            title: Hits
            name: outer
            correlation:
              type: event_count
              rules: [inner]
              group-by: [properties.outer]
              timespan: 2h
              condition: {gte: 2}
            """);
      }
      return yaml.toString();
    }
  }

  private static Condition condition(String type, Random random, boolean isNested) {
    String[] spans = {"10m", "1h", "6h", "1d", "2d"};
    long[] millis = {600_000L, 3_600_000L, 21_600_000L, 86_400_000L, 172_800_000L};
    int span = random.nextInt(spans.length);
    boolean isTemporal = type.startsWith("temporal");
    String expression =
        type.equals("temporal") && random.nextInt(3) == 0
            ? EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size()))
            : null;
    List<String> operators = new ArrayList<>();
    List<Integer> bounds = new ArrayList<>();
    int some = expression != null ? 0 : isTemporal ? random.nextInt(2) : 1 + random.nextInt(3) / 2;
    boolean isAtOnce = random.nextBoolean();
    while (operators.size() < some) {
      String operator = OPERATORS.get(random.nextInt(isAtOnce ? 2 : OPERATORS.size()));
      if (!operators.contains(operator)) {
        operators.add(operator);
        bounds.add(
            type.equals("value_sum") ? random.nextInt(30) : random.nextInt(isTemporal ? 3 : 6));
      }
    }
    return new Condition(
        type,
        spans[span],
        millis[span],
        operators,
        bounds,
        expression,
        type.equals("value_percentile") ? 1 + random.nextInt(100) : 0,
        isNested);
  }

  private static List<Occurred> history(Random random) {
    List<Occurred> events = new ArrayList<>();
    int size = 1 + random.nextInt(40);
    long wide = Duration.ofHours(new int[] {1, 8, 60}[random.nextInt(3)]).toMillis();
    long step = new long[] {1, 1_000, 300_000}[random.nextInt(3)];
    for (int i = 0; i < size; i++) {
      long at =
          random.nextInt(6) == 0 && i > 0
              ? events.get(random.nextInt(i)).at()
              : MIDNIGHT + ((long) ((random.nextDouble() - 0.5) * wide / step)) * step;
      Set<String> tags = new TreeSet<>();
      while (tags.isEmpty() || random.nextInt(4) == 0) {
        tags.add(RULES.get(random.nextInt(RULES.size())));
      }
      List<String> groups = new ArrayList<>(List.of(random.nextBoolean() ? "Ann" : "bob"));
      if (random.nextInt(8) == 0) {
        groups = List.of();
      } else if (random.nextInt(8) == 0) {
        groups.add("ANN");
        groups.add("cid");
      }
      events.add(
          new Occurred(
              "e" + i,
              at,
              tags,
              groups,
              random.nextInt(8) == 0 ? null : String.valueOf(random.nextInt(7) - 1)));
    }
    return events;
  }

  private static Activity activity(Occurred event, long arrivalAt) {
    ActivityBuilder builder =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", event.at())
            .id(event.id())
            .late(Duration.ofMillis(arrivalAt - event.at()))
            .raw("properties.tags", event.tags().toArray())
            .raw("properties.outer", outer(event));
    return builder
        .raw("properties.group", event.groups().toArray())
        .raw(
            "properties.value",
            event.value() == null ? new Object[] {} : new Object[] {event.value()})
        .build();
  }

  private static String outer(Occurred event) {
    return event.id().endsWith("1") ? "odd" : "even";
  }

  /** Runs a history in a random order with copies, restarts and pauses. */
  private static List<Detection> run(
      List<ActiveRule> rules, List<Occurred> history, Random random) {
    LocalEngine engine = SigmaRun.engine(rules);
    List<Occurred> order = new ArrayList<>(history);
    for (Occurred event : history) {
      if (random.nextInt(3) == 0) {
        order.add(event);
      }
    }
    if (random.nextInt(3) > 0) {
      Collections.shuffle(order, random);
    }
    long arrivalAt = MIDNIGHT + Duration.ofHours(31).toMillis();
    int ended = random.nextInt(2) == 0 ? random.nextInt(order.size()) : order.size();
    boolean recovers = false;
    for (int i = 0; i < order.size(); i++) {
      if (i == ended) {
        engine.advanceGrace(LAST_GRACE); // another source has ended, and nothing comes after this
      }
      engine.enter(activity(order.get(i), arrivalAt));
      arrivalAt =
          Math.min(LATEST_ARRIVAL, arrivalAt + (random.nextInt(8) == 0 ? 5_000_000L : 20_000L));
      if (random.nextInt(4) == 0) {
        engine.advance(arrivalAt - 1);
      }
      if (random.nextInt(10) == 0) {
        boolean isNew = random.nextBoolean();
        if (isNew) {
          engine.startAnew();
        } else {
          engine.restart();
        }
        recovers |= isNew;
      }
      if (recovers && random.nextInt(3) == 0) {
        engine.sweep();
        recovers = false;
      }
    }
    if (ended < order.size()) {
      engine.advanceGrace(LAST_GRACE); // the source announces again that it has ended
    } else {
      for (int hour = 1; hour <= 4; hour++) {
        engine.advance(arrivalAt + hour * 3_700_000L);
      }
    }
    if (recovers) {
      engine.sweep();
    }
    assertThat(engine.failures()).isEmpty();
    return engine.findings();
  }

  private static List<Expected> found(List<Detection> detections, String group) {
    List<Expected> found = new ArrayList<>();
    for (Detection one : detections) {
      Map<String, String> of = one.getGroup();
      found.add(
          new Expected(
              String.valueOf(of == null ? null : of.get(group)), one.getEndTime(), one.getCount()));
    }
    return found;
  }

  private static List<Expected> expected(Condition condition, List<Occurred> history) {
    Predicate<Occurred> isMember = condition::isMember;
    if (!condition.isNested()) {
      return CorrelationOracle.findings(
          history, isMember, condition.spanMillis(), condition::holds, condition::count);
    }
    Set<String> hits = new TreeSet<>();
    CorrelationOracle.byGroup(history, isMember)
        .values()
        .forEach(
            group ->
                group.forEach(
                    end -> {
                      if (condition.holds(
                          CorrelationOracle.window(group, end, condition.spanMillis()))) {
                        hits.add(end.id());
                      }
                    }));
    List<Occurred> outer = new ArrayList<>();
    for (Occurred event : history) {
      if (hits.contains(event.id())) {
        outer.add(
            new Occurred(
                event.id(), event.at(), event.tags(), List.of(outer(event)), event.value()));
      }
    }
    return CorrelationOracle.findings(
        outer, any -> true, 7_200_000L, window -> window.size() >= 2, window -> 2);
  }

  static void compare(String type, int histories, long seed, boolean isNested) {
    int findings = 0;
    for (int i = 0; i < histories; i++) {
      Random random = new Random(seed + i);
      Condition condition = condition(type, random, isNested);
      List<Occurred> history = history(random);
      List<ActiveRule> rules = SigmaRun.rules(condition.yaml());
      List<Expected> expected = expected(condition, history);
      assertThat(
              found(
                  run(rules, history, random), isNested ? "properties.outer" : "properties.group"))
          .as("seed %d of %s: %s on %s", seed + i, type, condition.yaml(), history)
          .containsExactlyInAnyOrderElementsOf(expected);
      findings += expected.size();
    }
    assertThat(findings).as("findings of " + type).isGreaterThan(histories / 10);
  }

  static List<String> types() {
    return List.of(
        "event_count",
        "value_count",
        "temporal",
        "temporal_ordered",
        "value_sum",
        "value_avg",
        "value_median",
        "value_percentile");
  }

  @ParameterizedTest
  @MethodSource("types")
  void equalsTheOracle(String type) {
    compare(type, 120, 1_000, false);
    compare(type, 30, 500_000, true);
  }
}
