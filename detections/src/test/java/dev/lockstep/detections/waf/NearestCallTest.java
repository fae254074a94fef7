package dev.lockstep.detections.waf;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;

import dev.lockstep.detections.local.WhyNot;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Why accepted calls do not follow a block, for those who ask. */
final class NearestCallTest {
  private static final String ADDRESS = "8.8.8.8";
  private static final long MINUTE = 60_000;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");

  private static Request request(String host) {
    Request request = new Request();
    request.setHost(host);
    return request;
  }

  private static Activity block(String reference) {
    return event(ActivityKind.EDGE_REQUEST, "FrontDoorWebApplicationFirewallLog", NOON)
        .id("block " + reference)
        .with(
            activity -> {
              activity.setSocketAddress(ADDRESS);
              activity.setTrackingReference(reference);
              Request request = request("shop.contoso.com");
              request.setAction("Block");
              request.setRule("sqli");
              request.setPolicyMode("prevention");
              activity.setRequest(request);
            })
        .build();
  }

  private static Activity accepted(long at, String host, @Nullable String reference) {
    return call(at)
        .from(ADDRESS)
        .id("call at " + at)
        .with(
            activity -> {
              activity.setTrackingReference(reference);
              activity.setRequest(request(host));
            })
        .build();
  }

  private static void lacks(List<Activity> events, String by, String... gates) {
    WhyNot.isOneCondition(
        new WafThenSuccess(),
        Enrichment.none(),
        events,
        new Subject(Subject.Kind.ADDRESS, ADDRESS),
        by,
        gates);
  }

  @Test
  void callElevenMinutesLater_saysThatItIsTooLate() {
    lacks(
        List.of(
            block("r1"),
            accepted(NOON - MINUTE, "shop.contoso.com", null),
            accepted(NOON + 11 * MINUTE, "shop.contoso.com", null)),
        "time",
        "host passed {}",
        "order passed {}",
        "time suppressed {limitMinutes=10.0, minutesBetween=11.0}");
  }

  @Test
  void callBeforeTheBlock_saysTheOrder() {
    lacks(
        List.of(block("r1"), accepted(NOON - MINUTE, "shop.contoso.com", null)),
        "order",
        "host passed {}",
        "order suppressed {}");
  }

  @Test
  void callAtAnotherHost_saysTheHost() {
    lacks(
        List.of(block("r1"), accepted(NOON + MINUTE, "other.contoso.com", null)),
        "host",
        "host suppressed {}");
  }

  @Test
  void callOfTheBlockedRequestItself_saysThatItIsTheOwnRequest() {
    lacks(
        List.of(block("r1"), accepted(NOON + MINUTE, "shop.contoso.com", "r1")),
        "own-request",
        "host passed {}",
        "order passed {}",
        "time passed {limitMinutes=10.0, minutesBetween=1.0}",
        "own-request suppressed {}");
  }
}
