package dev.lockstep.detections.waf;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    Rule rule = new WafThenSuccess();
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    RuleSet rules = new RuleSet(List.of(new ActiveRule(0, rule, settings)), AlertSettings.NONE, 60);
    try (LocalDriver driver =
        new LocalDriver(
            rules,
            new JoinableLogs(false, false, true),
            Enrichment.none(),
            new DetectionCounters(),
            1,
            false)) {
      for (Activity each : events) {
        driver.enter(new SingleObject<Activity>(Activity.getClassSchema()).encode(each));
      }
      assertThat(driver.detections()).isEmpty();
      assertThat(driver.judged(new Subject(Subject.Kind.ADDRESS, ADDRESS)).days().get(0).verdicts())
          .singleElement()
          .satisfies(
              one -> {
                assertThat(one.outcome()).isEqualTo(Outcome.PASSED);
                assertThat(one.by()).containsExactly(by);
                assertThat(one.gates())
                    .extracting(
                        gate ->
                            gate.getGate()
                                + " "
                                + gate.getVerdict()
                                + " "
                                + new TreeMap<>(gate.getNumbers()))
                    .containsExactly(gates);
              });
    }
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
