package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Correlations of calls that have a provisional form before their identity link comes. The former
 * principal states and retracts it, and another principal states the last form at any time. That
 * may be provisional too, as long as Front Door's record may come.
 */
final class CorrelatedFormsTest {
  private static final long START = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final int HISTORIES = 100;
  private static final int EVENTS = 8;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);

  private static final String RULES =
      """
      title: One
      name: one
      logsource: {product: azure, service: auditlogs}
      detection:
        selection:
          properties.tags: one
        condition: selection
      ---
      title: Other
      name: other
      logsource: {product: azure, service: auditlogs}
      detection:
        selection:
          properties.tags: other
        condition: selection
      ---
      """;

  /** Correlations by an address that both forms have. */
  private static final String INNER =
      """
      title: Inner
      name: inner
      level: high
      correlation:
        type: %s
        rules: [one, other]
        group-by: [properties.address]
        timespan: 10m
      """;

  private static final String OUTER =
      """
      ---
      title: Outer
      level: high
      correlation:
        type: value_count
        rules: [inner]
        group-by: [properties.user]
        timespan: 20m
        condition: {gte: 2, field: properties.address}
      """;

  private static String condition(String type) {
    return switch (type) {
      case "event_count" -> "  condition: {gte: 2}\n";
      case "few" -> "  condition: {eq: 2}\n";
      case "value_count" -> "  condition: {gte: 2, field: properties.user}\n";
      case "value_sum" -> "  condition: {gte: 100, field: properties.bytes}\n";
      default -> "";
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_count", "few", "value_count", "value_sum", "temporal"})
  void findsWhatTheFinalFormsMean_whicheverFormComesFirst(String type) {
    String inner = INNER.formatted(type.equals("few") ? "event_count" : type) + condition(type);
    check(SigmaRun.rules(RULES + inner), new Random(SEED));
    check(SigmaRun.rules(RULES + inner + OUTER), new Random(SEED));
  }

  private static void check(List<ActiveRule> rules, Random random) {
    int found = 0;
    for (int history = 0; history < HISTORIES; history++) {
      List<Queue<Consumer<LocalEngine>>> principals = new ArrayList<>();
      LocalEngine expected = SigmaRun.engine(rules);
      for (int i = 0; i < EVENTS; i++) {
        int number = i;
        int seconds = random.nextInt(1_200);
        String address = "198.51.100." + random.nextInt(2);
        boolean hasLink = random.nextInt(4) > 0;
        Event former = event(number, seconds, address, "key", random, hasLink);
        Queue<Consumer<LocalEngine>> one = new ArrayDeque<>();
        one.add(engine -> engine.enter(former));
        principals.add(one);
        if (hasLink) {
          one.add(engine -> engine.retract(former));
          boolean maySeeEdge = random.nextBoolean();
          Event last = event(number, seconds, address, "user" + number % 2, random, maySeeEdge);
          principals.add(new ArrayDeque<>(List.of(engine -> engine.enter(last))));
          expected.enter(last);
        } else {
          expected.enter(former);
        }
      }
      LocalEngine engine = SigmaRun.engine(rules);
      while (!principals.isEmpty()) {
        int next = random.nextInt(principals.size());
        principals.get(next).remove().accept(engine);
        principals.removeIf(Queue::isEmpty);
        if (random.nextInt(3) == 0) {
          engine.restart();
        }
      }
      for (int hours = 1; hours < 4; hours++) {
        engine.advance(START + Duration.ofHours(hours).toMillis());
        expected.advance(START + Duration.ofHours(hours).toMillis());
      }
      assertThat(verdicts(engine))
          .as("history %d of seed %d", history, SEED)
          .isEqualTo(verdicts(expected));
      found += expected.findings().size();
    }
    assertThat(found).isPositive();
  }

  private static Event event(
      int id, int seconds, String address, String user, Random random, boolean provisional) {
    String tag = random.nextBoolean() ? "one" : "other";
    Activity activity =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START + seconds * 1_000L)
            .id("id" + id)
            .from("192.0.2." + random.nextInt(4))
            .with(made -> made.setPrincipal(principal(user)))
            .raw("properties.tags", tag)
            .raw("properties.address", address)
            .raw("properties.user", user)
            .raw("properties.bytes", 20 + random.nextInt(60))
            .build();
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, true, provisional);
  }

  private static Principal principal(String id) {
    return id.equals("key")
        ? new Principal(id, null, "subscription")
        : new Principal(id, id + "@contoso.com", "user");
  }

  /**
   * A call is judged at each client that Front Door's records name. An outer correlation has the
   * groups and values of both forms, whichever comes first.
   */
  @Test
  void countsEachFinalForm_inTheOuterCorrelation() {
    Event one = form("one", "user0", false);
    Event other = form("one", "user1", false);
    String inner = RULES + INNER.formatted("event_count") + "  condition: {gte: 1}\n";
    String ofBoth = inner + outer("inner", "properties.address");
    String ofEach = inner + outer("inner", "properties.user");
    for (List<Event> order : List.of(List.of(one, other), List.of(other, one))) {
      assertThat(found(ofBoth, order, List.of())).isEqualTo(1);
      assertThat(found(ofEach, order, List.of())).isZero(); // each user has one value
    }
  }

  @Test
  void losesTheValuesOfARetractedForm_butNotThoseOfAnother() {
    Event former = form("other", "key", true);
    Event last = form("one", "user0", false);
    String yaml =
        RULES
            + INNER.formatted("event_count").replace("[one, other]", "[other]")
            + "  condition: {gte: 1}\n"
            + outer("one, inner", "properties.address");
    for (List<Event> order : List.of(List.of(former, last), List.of(last, former))) {
      assertThat(found(yaml, order, List.of())).isEqualTo(1);
      assertThat(found(yaml, order, List.of(former))).isZero();
    }
  }

  private static String outer(String rules, String group) {
    return OUTER
        .replace("[inner]", "[" + rules + "]")
        .replace("[properties.user]", "[" + group + "]")
        .replace("field: properties.address", "field: properties.user");
  }

  private static int found(String yaml, List<Event> events, List<Event> retracted) {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    for (Event event : events) {
      engine.enter(event);
      engine.restart();
    }
    for (Event event : retracted) {
      engine.retract(event);
      engine.restart();
    }
    return engine.findings().size();
  }

  private static Event form(String tag, String user, boolean provisional) {
    Activity activity =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START)
            .id("id")
            .raw("properties.tags", tag)
            .raw("properties.address", "198.51.100.1")
            .raw("properties.user", user)
            .build();
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, true, provisional);
  }

  private static List<String> verdicts(LocalEngine engine) {
    List<String> verdicts = new ArrayList<>();
    for (Detection one : engine.findings()) {
      verdicts.add(
          "%s %s %s %d %s %s %s"
              .formatted(
                  one.getId(),
                  one.getRule(),
                  one.getReason(),
                  one.getCount(),
                  one.getGroup(),
                  one.getPrincipal(),
                  one.getEntities().stream().map(Object::toString).sorted().toList()));
    }
    verdicts.sort(null); // by id
    return verdicts;
  }
}
