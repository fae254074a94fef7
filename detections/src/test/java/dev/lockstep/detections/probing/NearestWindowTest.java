package dev.lockstep.detections.probing;

import dev.lockstep.detections.local.WhyNot;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Why attempts did not fire, for those who ask. */
final class NearestWindowTest {
  private static final String THIEF = "8.8.8.8";
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");

  private static Activity refused(int number, int operations, int status) {
    return ActivityBuilder.call(NOON + number * 1_000L)
        .from(THIEF)
        .status(status)
        .id("call-" + number)
        .with(
            call -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation("op" + number % operations);
              call.setApi(api);
            })
        .build();
  }

  private static List<Activity> attempts(int number, int operations, int... statuses) {
    return IntStream.range(0, number)
        .mapToObj(i -> refused(i, operations, statuses[i % statuses.length]))
        .toList();
  }

  private static void lacks(List<Activity> events, String by, String... gates) {
    WhyNot.isOneCondition(
        new GatewayProbing(),
        Enrichment.none(),
        events,
        new Subject(Subject.Kind.ADDRESS, THIEF),
        by,
        gates);
  }

  @Test
  void attemptsOfOneKind_sayThatTheyAreOfTooFewKinds() {
    lacks(
        attempts(20, 5, 401),
        "kinds",
        "attempts passed {attempts=20.0, needs=20.0}",
        "operations passed {needs=5.0, operations=5.0}",
        "kinds suppressed {kinds=1.0, needs=2.0}");
  }

  @Test
  void tooFewAttempts_sayHowMany() {
    lacks(
        attempts(19, 4, 401, 403),
        "attempts",
        "attempts suppressed {attempts=19.0, needs=20.0}",
        "operations suppressed {needs=5.0, operations=4.0}",
        "kinds passed {kinds=2.0, needs=2.0}");
  }
}
