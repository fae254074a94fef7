package dev.lockstep.detections.waf;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class WafThenSuccessTest {
  private static final long SECOND = 1_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long DAY = 1_440 * MINUTE;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final String THIEF = "8.8.8.8";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse(
                  "networks.csv",
                  """
                  cidr,class
                  3.3.3.0/24,trusted-proxy
                  5.5.5.0/24,corporate
                  4.4.4.0/24,backend
                  """),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(
                      new Gateway(
                          "apim",
                          Set.of("api.contoso.com", "contoso.azure-api.net"),
                          Set.of("/r/apim"),
                          Set.of())),
                  List.of(),
                  List.of(),
                  List.of()));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Request host(@Nullable String host) {
    Request request = new Request();
    request.setHost(host);
    return request;
  }

  private static ActivityBuilder waf(
      long at, String action, @Nullable String reference, String rule, @Nullable String host) {
    return event(ActivityKind.EDGE_REQUEST, "FrontDoorWebApplicationFirewallLog", at)
        .id("%d %s %s %s".formatted(at, action, reference, rule))
        .with(
            activity -> {
              activity.setSocketAddress(THIEF);
              activity.setTrackingReference(reference);
              Request request = host(host);
              request.setAction(action);
              request.setRule(rule);
              request.setPolicyMode("prevention");
              activity.setRequest(request);
            });
  }

  private static ActivityBuilder block(long at, String reference, String rule) {
    return waf(at, "Block", reference, rule, "shop.contoso.com");
  }

  private static ActivityBuilder accepted(long at, @Nullable String host) {
    return call(at).from(THIEF).with(activity -> activity.setRequest(host(host)));
  }

  private static ActivityBuilder accepted(long at) {
    return accepted(at, "shop.contoso.com");
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new WafThenSuccess()).with(KNOWN).orders(8).gives(events, List.of(expected));
  }

  private static Expected finding(long at, Severity severity, int count) {
    return Expected.of(
        new Subject(Subject.Kind.ADDRESS, THIEF),
        (int) (at / DAY),
        "waf-then-success",
        severity,
        count);
  }

  @Test
  void firesMedium_from0To10MinutesAfterABlock_toTheMillisecond() {
    Activity block = block(NOON, "r1", "sqli").build();
    Expected medium = finding(NOON, Severity.Medium, 1);
    gives(List.of(block, accepted(NOON).build()), medium);
    gives(List.of(block, accepted(NOON + 600 * SECOND).build()), medium);
    gives(List.of(block, accepted(NOON + 600 * SECOND + 1).build()));
    gives(List.of(block, accepted(NOON - 1).build()));
    gives(
        List.of(
            block,
            accepted(NOON + MINUTE).build(),
            accepted(NOON + MINUTE + 1).build(),
            accepted(NOON + 5 * MINUTE).build()),
        finding(NOON, Severity.Medium, 2));
  }

  @Test
  void firesHigh_whenThreeRequestsWereBlockedByThreeRules() {
    gives(
        List.of(
            block(NOON, "r1", "sqli").build(),
            block(NOON + SECOND, "r2", "xss").build(),
            block(NOON + 2 * SECOND, "r3", "rce").build(),
            accepted(NOON + MINUTE).build()),
        finding(NOON, Severity.High, 1));
    gives(
        List.of(
            block(NOON, "r1", "sqli").build(),
            block(NOON + SECOND, "r2", "sqli").build(),
            block(NOON + 2 * SECOND, "r3", "sqli").build(),
            waf(NOON, "AnomalyScoring", "r1", "xss", "shop.contoso.com").build(),
            waf(NOON, "AnomalyScoring", "r1", "rce", "shop.contoso.com").build(),
            accepted(NOON + MINUTE).build()),
        finding(NOON, Severity.High, 1));
    gives(
        List.of(
            block(NOON, "r1", "sqli").build(),
            block(NOON, "r1", "xss").build(),
            block(NOON, "r1", "rce").build(),
            accepted(NOON + MINUTE).build()),
        finding(NOON, Severity.Medium, 1));
    gives(
        List.of(
            block(NOON - 10 * MINUTE, "r1", "sqli").build(),
            block(NOON + SECOND, "r2", "xss").build(),
            block(NOON + 2 * SECOND, "r3", "rce").build(),
            accepted(NOON + MINUTE).build()),
        finding(NOON, Severity.Medium, 1));
  }

  @Test
  void takesHostsOfOneGatewayForTheSame_andAResourceForAllOfThem() {
    Activity block = waf(NOON, "Block", "r1", "sqli", "api.contoso.com").build();
    Expected medium = finding(NOON, Severity.Medium, 1);
    gives(List.of(block, accepted(NOON, "Contoso.azure-api.net").build()), medium);
    gives(
        List.of(
            block, accepted(NOON, null).with(activity -> activity.setResource("/R/APIM")).build()),
        medium);
    gives(
        List.of(
            waf(NOON, "Block", "r1", "sqli", "odd.contoso.com").build(),
            accepted(NOON, "odd.contoso.com")
                .with(activity -> activity.setResource("/r/apim"))
                .build()),
        medium);
    gives(List.of(block, accepted(NOON).build()));
  }

  @Test
  void doesNotTakeTheBlockedRequestItselfForAFollower() {
    Activity own = accepted(NOON + 1).with(activity -> activity.setTrackingReference("R1")).build();
    gives(List.of(block(NOON, "r1", "sqli").build(), own));
    gives(
        List.of(block(NOON, "r1", "sqli").build(), block(NOON, "r0", "sqli").build(), own),
        finding(NOON, Severity.Medium, 1));
    gives(
        List.of(
            block(NOON, "r1", "sqli").build(),
            block(NOON, "r0", "xss").build(),
            block(NOON, "r2", "rce").build(),
            own),
        finding(NOON, Severity.High, 1));
  }

  @Test
  void belongsToTheDayOfTheCall() {
    long midnight = NOON + 12 * 60 * MINUTE;
    gives(
        List.of(block(midnight - MINUTE, "r1", "sqli").build(), accepted(midnight).build()),
        finding(midnight, Severity.Medium, 1));
  }

  @Test
  void findsNothingOtherwise() {
    Activity call = accepted(NOON + 1).build();
    for (ActivityBuilder block :
        List.of(
            waf(NOON, "Log", "r1", "sqli", "shop.contoso.com"),
            waf(NOON, "AnomalyScoring", "r1", "sqli", "shop.contoso.com"),
            waf(NOON, "Block", "r1", "sqli", null),
            waf(NOON, "Block", "r1", "sqli", "other.contoso.com"),
            block(NOON, "r1", "sqli")
                .with(activity -> activity.getRequest().setPolicyMode("Detection")),
            block(NOON, "r1", "sqli").with(activity -> activity.setSocketAddress(null)),
            block(NOON, "r1", "sqli").with(activity -> activity.setSocketAddress("3.3.3.3")),
            block(NOON, "r1", "sqli")
                .from(THIEF)
                .with(activity -> activity.setSocketAddress("8.8.8.9")))) {
      gives(List.of(block.build(), call));
    }
    Activity block = block(NOON, "r1", "sqli").build();
    gives(List.of(block, accepted(NOON + 1).refused().build()));
    gives(List.of(block, accepted(NOON + 1).status(-1).build()));
    gives(List.of(block, accepted(NOON + 1).from("8.8.8.9").build()));
    for (String from : List.of("5.5.5.5", "4.4.4.4")) {
      gives(
          List.of(
              block(NOON, "r1", "sqli").with(activity -> activity.setSocketAddress(from)).build(),
              accepted(NOON + 1).from(from).build()));
    }
  }

  @Test
  void looksBehindATrustedProxy_andSpansBlockAndCall() {
    KitEngine.Run run = RuleCheck.of(new WafThenSuccess()).with(KNOWN).run();
    run.enter(block(NOON, "r1", "sqli"), block(NOON + 9 * MINUTE, "r2", "sqli"));
    run.enter(accepted(NOON + MINUTE).from("3.3.3.3").forwarded(THIEF, null));
    Detection found = run.findings().get(0);
    assertThat(found.getStartTime()).isEqualTo(NOON);
    assertThat(found.getEndTime()).isEqualTo(NOON + MINUTE);
    assertThat(found.getIp()).isEqualTo(THIEF);
    assertThat(found.getPrincipal()).isNull();
  }

  @Test
  void citesBlockAndCallWithTheAddress_alsoBehindATrustedProxy() {
    KitEngine.Run run = RuleCheck.of(new WafThenSuccess()).with(KNOWN).run();
    run.enter(block(NOON, "r1", "sqli"));
    run.enter(accepted(NOON + MINUTE).from("3.3.3.3").forwarded(THIEF, null));
    assertThat(run.findings().get(0).getEvidence())
        .hasSize(2)
        .allSatisfy(
            event -> {
              assertThat(event.getIp()).isEqualTo(THIEF);
              assertThat(event.getNetwork().getPrefix()).isEqualTo("8.8.8.0/24");
            });
  }

  @Test
  void takesTheHostOfAGatewayForTheSame_atAnotherGatewayThatIsCalledByIt()
      throws FileProblemException {
    Enrichment regions =
        KNOWN.with(
            Estate.of(
                List.of(
                    new Gateway("west", Set.of("api.contoso.com"), Set.of("/r/west"), Set.of()),
                    new Gateway("east", Set.of("east.azure-api.net"), Set.of("/r/east"), Set.of())),
                List.of(),
                List.of(),
                List.of()));
    RuleCheck.of(new WafThenSuccess())
        .with(regions)
        .orders(6)
        .gives(
            List.of(
                waf(NOON, "Block", "r1", "sqli", "api.contoso.com").build(),
                accepted(NOON + MINUTE, "api.contoso.com")
                    .with(activity -> activity.setResource("/r/east"))
                    .build()),
            List.of(finding(NOON, Severity.Medium, 1)));
  }

  private static Detection only(List<Activity> events, SplittableRandom random) {
    KitEngine.Run run = RuleCheck.of(new WafThenSuccess()).with(KNOWN).run();
    List<Activity> left = new ArrayList<>(events);
    while (!left.isEmpty()) {
      run.enter(left.remove(random.nextInt(left.size())));
      if (random.nextInt(4) == 0) {
        run.restart();
      }
    }
    assertThat(run.findings()).hasSize(1);
    return run.findings().get(0);
  }

  @Test
  void beginsWithTheBlock_notWithAnEarlierCallOfTheMinute() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (String reference : new String[] {null, "r9"}) {
      List<Activity> events = new ArrayList<>();
      events.add(block(NOON + 30 * SECOND, "r1", "sqli").build());
      for (int second : new int[] {5, 45, 150}) {
        events.add(
            accepted(NOON + second * SECOND)
                .with(activity -> activity.setTrackingReference(reference))
                .build());
      }
      for (int order = 0; order < 6; order++) {
        Detection found = only(events, random);
        assertThat(found.getStartTime()).as("with %s", reference).isEqualTo(NOON + 30 * SECOND);
        assertThat(found.getEndTime()).isEqualTo(NOON + 150 * SECOND);
      }
    }
  }

  @Test
  void beginsWithTheFirstBlockThatCounts() {
    List<Activity> events =
        List.of(
            block(NOON - 570 * SECOND, "r1", "sqli").build(),
            block(NOON - 560 * SECOND, "r2", "sqli").build(),
            accepted(NOON + 5 * SECOND).build(),
            accepted(NOON + 5 * MINUTE).build());
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int order = 0; order < 6; order++) {
      assertThat(only(events, random).getStartTime()).isEqualTo(NOON - 570 * SECOND);
    }
  }

  @Test
  void takesNoCallBeforeABlockOfItsMinute_forAFollower() {
    gives(
        List.of(
            accepted(NOON + 10 * SECOND).build(),
            block(NOON + 30 * SECOND, "r1", "sqli").build(),
            accepted(NOON + 5 * MINUTE).build()),
        finding(NOON, Severity.Medium, 1));
    gives(
        List.of(
            block(NOON - 9 * MINUTE, "r1", "sqli").build(),
            block(NOON - 5 * MINUTE, "r2", "xss").build(),
            block(NOON + 50 * SECOND, "r3", "rce").build(),
            accepted(NOON + 25 * SECOND).build(),
            accepted(NOON + 9 * MINUTE).build()),
        finding(NOON, Severity.Medium, 2));
  }

  @Test
  void tellsTheFirstCallThatFollowed_toTheSecond() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    List<Activity> events =
        List.of(
            accepted(NOON).id("c0").build(),
            block(NOON + 130 * SECOND, "r1", "sqli").build(),
            accepted(NOON + 160 * SECOND).id("c1").build(),
            accepted(NOON + 240 * SECOND).id("c2").build());
    assertThat(only(events, random).getDescription()).contains("first at 2026-11-19 12:02:40 UTC.");
  }

  @Test
  void saysThatRulesMatched_andNotThatEachBlocked() {
    List<Activity> events = new ArrayList<>();
    for (String reference : List.of("r1", "r2", "r3")) {
      events.add(block(NOON, reference, "blocking-evaluation").build());
      events.add(
          waf(NOON, "AnomalyScoring", reference, "rule of " + reference, "shop.contoso.com")
              .build());
    }
    events.add(accepted(NOON + SECOND).build());
    assertThat(only(events, new SplittableRandom(20_261_130)).getDescription())
        .contains("at least three requests were blocked, and three or more rules matched them:")
        .doesNotContain("blocked, by three rules");
  }

  @Test
  void tellsOfTheFirstCallThatFollowed_inAnyOrder() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    List<Activity> events = new ArrayList<>();
    for (String host : List.of("one.contoso.com", "two.contoso.com")) {
      long at = host.startsWith("one") ? NOON + 3 * MINUTE : NOON;
      events.add(waf(at + 30 * SECOND, "Block", "r1" + host, "sqli", host).build());
      for (int minute : new int[] {-2, 1, 2, 3}) {
        events.add(accepted(at + minute * MINUTE, host).id("c" + host + minute).build());
        events.add(
            accepted(at + minute * MINUTE + SECOND, host)
                .id("k" + host + minute)
                .with(activity -> activity.setTrackingReference("k" + minute))
                .build());
      }
    }
    Set<Object> told = new HashSet<>();
    for (int order = 0; order < 12; order++) {
      Detection found = only(events, random);
      told.add(found.getDescription());
      told.add(found.getEvidence().stream().map(each -> each.getEventId()).toList());
      assertThat(found.getDescription())
          .contains("to two.contoso.com", "first at 2026-11-19 12:01:00 UTC");
    }
    assertThat(told).hasSize(2);
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(200)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new WafThenSuccess())
        .with(KNOWN)
        .orders(3)
        .seed(20_261_128)
        .gives(count, WafThenSuccessTest::history, WafThenSuccessTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    long[] starts = {0, 11 * 60 * MINUTE + 50 * MINUTE};
    String[] rules = {"sqli", "xss", "rce"};
    String[] hosts = {"shop.contoso.com", "api.contoso.com", "contoso.azure-api.net"};
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(3, 30); i > 0; i--) {
      long at = NOON + starts[random.nextInt(starts.length)] + random.nextInt(180) * 10 * SECOND;
      String host = hosts[random.nextInt(hosts.length)];
      String reference = "r" + random.nextInt(12);
      ActivityBuilder each;
      if (random.nextInt(5) > 0) {
        each =
            waf(
                at,
                random.nextInt(4) == 0 ? "AnomalyScoring" : "Block",
                reference,
                rules[random.nextInt(rules.length)],
                host);
      } else {
        each = accepted(at, host).status(random.nextInt(5) == 0 ? 403 : 200);
        if (random.nextInt(2) == 0) {
          each.with(activity -> activity.setTrackingReference(reference));
        }
      }
      events.add(each.id("e" + i).build());
    }
    return events;
  }

  private static boolean isSameHost(Activity one, Activity other) {
    return one.getRequest().getHost().startsWith("shop")
        == other.getRequest().getHost().startsWith("shop");
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<Long, Set<Long>> minutes = new TreeMap<>();
    Set<Long> high = new HashSet<>();
    for (Activity call : events) {
      if (call.getKind() != ActivityKind.API_CALL || call.getStatus() != 200) {
        continue;
      }
      boolean follows = false;
      Set<String> blocked = new HashSet<>();
      for (Activity each : events) {
        long after = call.getEventAt() - each.getEventAt();
        if ("Block".equals(each.getRequest().getAction())
            && isSameHost(each, call)
            && after >= 0
            && after <= 10 * MINUTE) {
          follows |= !each.getTrackingReference().equals(call.getTrackingReference());
          blocked.add(each.getTrackingReference());
        }
      }
      if (!follows) {
        continue;
      }
      Set<String> rules = new HashSet<>();
      for (Activity each : events) {
        long after = call.getEventAt() - each.getEventAt();
        if (each.getRequest().getAction() != null
            && isSameHost(each, call)
            && after >= 0
            && after <= 10 * MINUTE
            && blocked.contains(each.getTrackingReference())) {
          rules.add(each.getRequest().getRule());
        }
      }
      long day = call.getEventAt() / DAY;
      minutes.computeIfAbsent(day, any -> new HashSet<>()).add(call.getEventAt() / MINUTE);
      if (blocked.size() >= 3 && rules.size() >= 3) {
        high.add(day);
      }
    }
    List<Expected> expected = new ArrayList<>();
    minutes.forEach(
        (day, of) ->
            expected.add(
                finding(
                    day * DAY, high.contains(day) ? Severity.High : Severity.Medium, of.size())));
    return expected;
  }
}
