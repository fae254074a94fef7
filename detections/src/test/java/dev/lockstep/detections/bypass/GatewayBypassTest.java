package dev.lockstep.detections.bypass;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
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
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class GatewayBypassTest {
  private static final String OURS = "55555555-aaaa-bbbb-cccc-000000000001";
  private static final String THEIRS = "66666666-aaaa-bbbb-cccc-000000000002";
  private static final String DAY = "2026-11-19T";
  private static final int EPOCH_DAY = (int) (ActivityBuilder.at(DAY + "00:00:00Z") / 86_400_000L);
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse(
                  "networks.csv",
                  """
                  cidr,class
                  192.0.2.0/24,trusted-proxy
                  198.51.100.0/24,corporate
                  203.0.113.0/25,backend
                  """),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(
                      new Gateway(
                          "apim", Set.of("api.contoso.com"), Set.of("/r/apim"), Set.of(OURS)),
                      new Gateway("open", Set.of("open.contoso.com"), Set.of(), Set.of())),
                  List.of(),
                  List.of(),
                  List.of()));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActivityBuilder to(
      String time, @Nullable String host, @Nullable String frontDoor, @Nullable String api) {
    return to(ActivityBuilder.at(DAY + time + "Z"), host, frontDoor, api);
  }

  private static ActivityBuilder to(
      long at, @Nullable String host, @Nullable String frontDoor, @Nullable String api) {
    return call(at)
        .with(
            activity -> {
              Request request = new Request();
              request.setHost(host);
              request.setFrontDoorId(frontDoor);
              activity.setRequest(request);
              if (api != null) {
                Api of = new Api();
                of.setApi(api);
                activity.setApi(of);
              }
            });
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new GatewayBypass()).with(KNOWN).gives(events, List.of(expected));
  }

  private static Expected finding(String address, String reason, Severity severity, int count) {
    return Expected.of(
            new Subject(Subject.Kind.ADDRESS, address), EPOCH_DAY, reason, severity, count)
        .in("apim");
  }

  @Test
  void firesHigh_whenACallOfAnApiComesDirectly() {
    gives(
        List.of(
            to("10:00:00", "api.contoso.com", null, "orders").from("8.8.8.8").build(),
            to("10:00:30", "api.contoso.com", null, "orders").from("8.8.8.8").id("b").build(),
            to("10:05:00", "api.contoso.com", OURS, "orders").from("8.8.8.8").refused().build()),
        finding("8.8.8.8", "direct", Severity.High, 2));
  }

  @Test
  void tellsOfTheFirstCall_thoughItWasRefused() {
    KitEngine.Run run = RuleCheck.of(new GatewayBypass()).with(KNOWN).run();
    run.enter(
        to("10:05:00", "api.contoso.com", null, "orders").from("8.8.8.8"),
        to("10:00:00", "api.contoso.com", null, "orders").from("8.8.8.8").refused());
    assertThat(run.findings().get(0).getDescription())
        .contains("in 2 minutes of the day, first at 2026-11-19 10:00:00 UTC");
  }

  @Test
  void saysThatSomeCallsGotIn_whereOthersWereRefused() {
    KitEngine.Run run = RuleCheck.of(new GatewayBypass()).with(KNOWN).run();
    run.enter(to("10:05:00", "api.contoso.com", null, "orders").from("8.8.8.8"));
    assertThat(run.findings().get(0).getDescription()).contains("The gateway let the calls in,");
    run.enter(to("10:00:00", "api.contoso.com", null, "orders").from("8.8.8.8").refused());
    assertThat(run.findings().get(0).getDescription())
        .contains("The gateway let some of the calls in,");
  }

  @Test
  void firesLow_whenTheCallIsOfNoApi_orWasRefused() {
    gives(
        List.of(
            to("10:00:00", "api.contoso.com", null, null).from("8.8.8.8").build(),
            to("10:00:00", "API.contoso.com", null, "orders").from("8.8.4.4").refused().build()),
        finding("8.8.8.8", "direct", Severity.Low, 1),
        finding("8.8.4.4", "direct", Severity.Low, 1));
  }

  @Test
  void fires_whenAnotherFrontDoorIsNamed_forTheClient() {
    gives(
        List.of(
            to("10:00:00", "api.contoso.com", THEIRS, "orders")
                .from("192.0.2.1")
                .forwarded("8.8.8.8", null)
                .build(),
            to("10:01:00", "api.contoso.com", THEIRS, "orders").from("192.0.2.2").build()),
        finding("8.8.8.8", "foreign-front-door", Severity.High, 1),
        finding("192.0.2.2", "foreign-front-door", Severity.High, 1));
  }

  @Test
  void knowsAGatewayByItsResource() {
    gives(
        List.of(
            to("10:00:00", "inside.contoso.net", null, "orders")
                .from("8.8.8.8")
                .with(activity -> activity.setResource("/R/apim"))
                .build()),
        finding("8.8.8.8", "direct", Severity.High, 1));
  }

  @Test
  void findsNothingOtherwise() {
    gives(
        List.of(
            to("10:00:00", "api.contoso.com", OURS, "orders").from("192.0.2.1").build(),
            to("10:00:00", "api.contoso.com", THEIRS + ", " + OURS, "a").from("192.0.2.3").build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("192.0.2.4").build(),
            to("10:00:00", "open.contoso.com", null, "orders").from("8.8.8.8").build(),
            to("10:00:00", "other.contoso.com", null, "orders").from("8.8.8.8").id("o").build(),
            to("10:00:00", null, null, "orders").from("8.8.8.8").id("n").build(),
            to("10:00:00", "api.contoso.com", null, "orders").build(),
            to("10:00:00", "api.contoso.com", null, "orders")
                .from("8.8.8.8")
                .status(-1)
                .id("c")
                .build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("10.1.2.3").build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("100.64.0.1").build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("fd00::1").build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("198.51.100.1").build(),
            to("10:00:00", "api.contoso.com", null, "orders").from("203.0.113.1").build(),
            to("10:00:00", "api.contoso.com", null, "a")
                .from("8.8.8.8")
                .id("g")
                .category("MicrosoftGraphActivityLogs")
                .build()));
  }

  @Test
  void treatsDocumentationAddressesAsPublic() {
    gives(
        List.of(to("10:00:00", "api.contoso.com", null, "orders").from("203.0.113.200").build()),
        finding("203.0.113.200", "direct", Severity.High, 1));
  }

  @Test
  void sleeps_withoutATrustedProxy() throws FileProblemException {
    Enrichment without =
        Enrichment.of(
                Networks.parse("networks.csv", "cidr,class\n198.51.100.0/24,corporate\n"),
                Partners.none(),
                GeoDatabases.none())
            .with(KNOWN.estate());
    RuleCheck.of(new GatewayBypass())
        .with(without)
        .gives(
            List.of(to("10:00:00", "api.contoso.com", null, "orders").from("8.8.8.8").build()),
            List.of());
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(300)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new GatewayBypass())
        .with(KNOWN)
        .orders(4)
        .seed(20_261_128)
        .gives(count, GatewayBypassTest::history, GatewayBypassTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    String[] peers = {
      "8.8.8.8", "8.8.4.4", "192.0.2.1", "198.51.100.7", "203.0.113.9", "10.0.0.1", "2001:4860::1"
    };
    String[] hosts = {"api.contoso.com", "API.CONTOSO.COM", "open.contoso.com", "x.y"};
    String[] doors = {
      null, OURS, THEIRS, THEIRS + "," + OURS, " " + OURS.toUpperCase(java.util.Locale.ROOT)
    };
    int[] codes = {200, 200, 404, 500, 401, 403, 407, 429, -1};
    long start = ActivityBuilder.at("2026-11-18T23:40:00Z");
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      ActivityBuilder each =
          to(
              start + random.nextInt(40) * 60_000L + random.nextInt(3) * 20_000L,
              hosts[random.nextInt(hosts.length)],
              doors[random.nextInt(doors.length)],
              random.nextInt(3) == 0 ? null : "orders");
      if (random.nextInt(8) > 0) {
        each.from(peers[random.nextInt(peers.length)]);
      }
      if (random.nextInt(2) == 0) {
        each.forwarded(peers[random.nextInt(peers.length)], null);
      }
      events.add(each.status(codes[random.nextInt(codes.length)]).id("e" + i).build());
    }
    return events;
  }

  /** Finding of an address and day under way: its worst call, and the minutes. */
  private record Worst(int rank, Set<Long> minutes) {}

  private static List<Expected> oracle(List<Activity> events) {
    List<String> ranks =
        List.of("direct High", "foreign-front-door High", "direct Low", "foreign-front-door Low");
    Map<String, Worst> worst = new TreeMap<>();
    for (Activity each : events) {
      String peer = each.getAddress();
      Request request = each.getRequest();
      if (peer == null || !"api.contoso.com".equalsIgnoreCase(request.getHost())) {
        continue;
      }
      boolean isProxy = peer.startsWith("192.0.2.");
      String address = peer;
      if (isProxy) {
        String door = request.getFrontDoorId();
        if (door == null
            || Arrays.stream(door.split(",", -1))
                .anyMatch(one -> one.strip().equalsIgnoreCase(OURS))) {
          continue;
        }
        String socket = each.getSocketAddress();
        address = socket == null || socket.startsWith("192.0.2.") ? peer : socket;
      }
      int status = each.getStatus();
      if (address.startsWith("198.51.100.")
          || address.startsWith("203.0.113.")
          || address.startsWith("10.")
          || status < 0) {
        continue;
      }
      boolean isHigh = each.getApi() != null && !Set.of(401, 403, 407, 429).contains(status);
      int rank = (isHigh ? 0 : 2) + (isProxy ? 1 : 0);
      String key = address + " " + each.getEventAt() / 86_400_000L;
      Worst before = worst.getOrDefault(key, new Worst(9, new HashSet<>()));
      before.minutes().add(each.getEventAt() / 60_000L);
      worst.put(key, new Worst(Math.min(before.rank(), rank), before.minutes()));
    }
    List<Expected> expected = new ArrayList<>();
    worst.forEach(
        (key, one) -> {
          String[] of = key.split(" ", 2);
          String[] what = ranks.get(one.rank()).split(" ", 2);
          expected.add(
              new Expected(
                  new Subject(Subject.Kind.ADDRESS, of[0]),
                  Integer.parseInt(of[1]),
                  List.of("apim"),
                  what[0],
                  Severity.valueOf(what[1]),
                  one.minutes().size()));
        });
    return expected;
  }
}
