package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.graph;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.topology.Route;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Front Door's records tell where a call came from that the gateway saw come from a proxy. */
final class EdgeJoinTest {
  private static final String LONDON = "10.1.0.1";
  private static final String LONDON_TOO = "10.1.0.7";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";
  private static final String PROXY = "10.9.0.1";
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";

  /** Of the orders of five events, so many lie between two that are tried in each build. */
  private static final int STEP = 13;

  /** The same of the 24 orders of four events. */
  private static final int STEP_OF_FOUR = 5;

  @TempDir private Path dir;

  private static ActivityBuilder minted() {
    return signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN);
  }

  private static ActivityBuilder behindProxy() {
    return call("2026-11-19T10:20:00Z").id("c1").from(PROXY).reference("ref-1");
  }

  private static ActivityBuilder seenFrom(String peer) {
    return edge("2026-11-19T10:20:00Z", "ref-1").forwarded(peer, null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tellsTheAddress_whicheverComesFirst(boolean edgeFirst) {
    try (Route route = new Route(dir)) {
      ActivityBuilder one = behindProxy().presents(TOKEN, "alice");
      ActivityBuilder other = seenFrom(AMSTERDAM_HOSTING + ":50123");
      route.send(minted(), edgeFirst ? other : one);
      assertThat(route.detections()).isEmpty();
      route.send(edgeFirst ? one : other);
      assertThat(route.only().getReason()).isEqualTo("two-networks");
      assertThat(route.only().getIp()).isEqualTo(AMSTERDAM_HOSTING);
      assertThat(route.counters().coverage().get("networks")).containsEntry("addressFromEdge", 1L);
      assertThat(route.counters().coverage().get("token-replay"))
          .containsEntry("callsWithToken", 1L)
          .containsEntry("callsLinkedByMessage", 1L); // the client's address came by a message
    }
  }

  @Test
  void tellsTheAddressOfAFinding_thatACallWithoutItGave() {
    try (Route route = new Route(dir)) {
      route.send(behindProxy().presents(TOKEN, "alice").expires("2026-11-19T09:00:00Z"));
      assertThat(route.only().getIp()).isNull();
      route.send(seenFrom(AMSTERDAM_HOSTING));
      assertThat(route.waits(Duration.ofHours(1)).only().getReason()).isEqualTo("after-expiry");
      assertThat(route.only().getIp()).isEqualTo(AMSTERDAM_HOSTING);
    }
  }

  @Test
  void isSilent_whereTheEdgeSawTheUsersOwnNetwork() {
    try (Route route = new Route(dir)) {
      route.send(minted(), behindProxy().presents(TOKEN, "alice"), seenFrom(LONDON_TOO));
      assertThat(route.detections()).isEmpty();
      assertThat(route.gate("token-replay", "same-network")).isEqualTo(1);
    }
  }

  @Test
  void neverBelievesTheClientThatTheEdgeWasTold() {
    try (Route route = new Route(dir)) {
      route.send(minted(), behindProxy().presents(TOKEN, "alice"));
      route.send(edge("2026-11-19T10:20:00Z", "ref-1").from(AMSTERDAM_HOSTING));
      route.send(
          edge("2026-11-19T10:20:00Z", "ref-1").from(AMSTERDAM_HOSTING).forwarded(PROXY, null));
      assertThat(route.detections()).isEmpty();
    }
  }

  @Test
  void isBelievedOnlyBehindATrustedProxy_andWhereTheRecordSaysNothing() {
    try (Route route = new Route(dir)) {
      route.send(
          minted(),
          behindProxy().presents(TOKEN, "alice").from(LONDON_TOO),
          behindProxy().presents(TOKEN, "alice").id("c2").forwarded(LONDON_TOO, null),
          behindProxy().presents(TOKEN, "alice").id("c3").forwarded(null, LONDON_TOO),
          seenFrom(AMSTERDAM_HOSTING));
      assertThat(route.detections()).isEmpty();
      assertThat(route.counters().coverage().get("networks")).doesNotContainKey("addressFromEdge");
    }
  }

  @Test
  void tellsTheAddressOfEveryCall_thatOneRequestBecame() {
    try (Route route = new Route(dir)) {
      route.send(
          behindProxy().presents(TOKEN, "alice"),
          behindProxy().id("c2").presents(TOKEN, "alice"),
          seenFrom(AMSTERDAM_HOSTING),
          behindProxy().id("c3").presents(TOKEN, "alice"),
          minted());
      assertThat(route.counters().coverage().get("networks")).containsEntry("addressFromEdge", 3L);
      assertThat(route.only().getReason()).isEqualTo("two-networks");
    }
  }

  @Test
  void addsToACallWhoseClaimsCameByLink_inAnyOrder_andTheLinkGoesBefore() {
    addsToACallWhoseClaimsCameByLink(STEP);
  }

  @Test
  @Tag("long")
  void addsToACallWhoseClaimsCameByLink_inEveryOrder() {
    addsToACallWhoseClaimsCameByLink(1);
  }

  private void addsToACallWhoseClaimsCameByLink(int step) {
    ActivityBuilder alert =
        alert("d1", "2026-11-19T10:21:00Z").namesAddresses(AMSTERDAM_HOSTING, LONDON_TOO);
    List<ActivityBuilder> silent =
        List.of(
            minted(),
            behindProxy().subscription("s"),
            link("2026-11-19T10:20:01Z", "c1").presents(TOKEN, "alice"),
            seenFrom(AMSTERDAM_HOSTING),
            alert);
    assertSame(
        silent,
        step,
        Set.of(
            "token-replay two-networks 10.3.0.1",
            "defender-corroboration flagged-address 10.3.0.1"));
    List<ActivityBuilder> telling = new ArrayList<>(silent);
    telling.set(
        2, link("2026-11-19T10:20:01Z", "c1").presents(TOKEN, "alice").forwarded(LONDON_TOO, null));
    assertSame(telling, step, Set.of("defender-corroboration flagged-address 10.1.0.7"));
  }

  @Test
  void tellsWhereAPartnerCalledFrom_thatHasNoTokens() {
    assertSame(
        List.of(
            call("2026-11-19T10:20:00Z")
                .id("c1")
                .from(PROXY)
                .reference("ref-1")
                .subscription("declared-prod"),
            seenFrom("10.14.0.1")),
        Set.of("partner-ip-drift outside-allowlist 10.14.0.1"));
  }

  @Test
  void believesEachOfTwoRecordsThatDiffer_inAnyOrder() {
    believesEachOfTwoRecordsThatDiffer(STEP_OF_FOUR);
  }

  @Test
  @Tag("long")
  void believesEachOfTwoRecordsThatDiffer_inEveryOrder() {
    believesEachOfTwoRecordsThatDiffer(1);
  }

  private void believesEachOfTwoRecordsThatDiffer(int step) {
    assertSame(
        List.of(
            behindProxy().presents(TOKEN, "alice"),
            seenFrom(LONDON_TOO),
            seenFrom(AMSTERDAM_HOSTING).id("other"),
            minted()),
        step,
        Set.of("token-replay two-networks"));
  }

  @Test
  void showsAPartnersCall_atEachAddressThatItIsSaidToBeFrom() {
    try (Route route = new Route(dir)) {
      for (int minute = 0; minute < 56; minute++) {
        String time = "2026-11-%02dT09:%02d:00Z".formatted(1 + minute / 8, minute);
        route.send(call(time).subscription("fabrikam-prod").from("10.12.0.1"));
      }
      route.send(
          behindProxy().subscription("fabrikam-prod"),
          seenFrom("10.16.0.1"),
          seenFrom("10.16.44.1").id("other"));
      assertThat(route.waits(Duration.ofHours(1)).only().getEvidence())
          .extracting(Evidence::getEventId, Evidence::getIp)
          .containsExactlyInAnyOrder(tuple("c1", "10.16.0.1"), tuple("c1", "10.16.44.1"));
    }
  }

  @Test
  void saysThatACallIsItsSubscriptions_whereTheEdgeSawIt_untilALinkSaysElse() {
    for (boolean late : List.of(false, true)) {
      try (Route route = new Route(dir.resolve("late" + late))) {
        route.send(
            behindProxy().subscription("s"),
            alert("d1", "2026-11-19T10:21:00Z").namesAddresses(AMSTERDAM_HOSTING));
        if (!late) {
          route.send(seenFrom(AMSTERDAM_HOSTING));
        }
        route.send(watermark("gateway", "2026-11-19T11:55:00Z"));
        if (late) {
          route.send(seenFrom(AMSTERDAM_HOSTING).arrives(Duration.ofHours(2)));
        }
        route.waits(Duration.ofHours(1));
        assertThat(route.only().getPrincipal().getId()).isEqualTo("s");
        route.send(
            link("2026-11-19T10:20:01Z", "c1")
                .presents(TOKEN, "alice")
                .forwarded(LONDON_TOO, null));
        assertThat(route.only().getReason()).isEqualTo("withdrawn");
      }
    }
  }

  @Test
  void isSilentAboutDuplicates() {
    List<ActivityBuilder> all =
        List.of(
            minted(),
            behindProxy().presents(TOKEN, "alice"),
            behindProxy().id("c2").subscription("declared-prod"),
            seenFrom(AMSTERDAM_HOSTING));
    try (Route route = new Route(dir)) {
      all.forEach(route::send);
      List<Detection> before = route.detections();
      assertThat(before).isNotEmpty();
      all.forEach(one -> route.send(one.arrives(Duration.ofMinutes(9)).position(99)));
      assertThat(route.detections()).isEqualTo(before);
      assertThat(route.counters().repeatedEvents()).isEqualTo(all.size());
    }
  }

  @Test
  void countsACallThatNoRecordCameFor_onlyWhereThereAreRecordsAtAll() {
    for (boolean edge : List.of(false, true)) {
      try (Route route = new Route(dir.resolve("edge" + edge))) {
        route.send(behindProxy().presents(TOKEN, "alice"));
        if (edge) {
          route.send(edge("2026-11-19T10:30:00Z", "ref-2").forwarded(LONDON, null));
        }
        route.send(watermark("gateway", "2026-11-19T11:10:00Z"));
        assertThat(route.gate("joins", "unjoined-edge")).isZero();
        route.send(watermark("gateway", "2026-11-19T11:30:00Z"));
        assertThat(route.gate("joins", "unjoined-edge")).isEqualTo(edge ? 1 : 0);
        route.send(watermark("gateway", "2026-11-20T12:00:00Z"));
        assertThat(route.sweeps().kept(Route.HALVES)).isZero();
        assertThat(route.gate("joins", "unjoined-edge")).isEqualTo(edge ? 1 : 0);
      }
    }
  }

  @Test
  void aGraphCallIsAnApiCall_thatWaitsForNothing_andIsNoPartners() {
    try (Route route = new Route(dir)) {
      route.send(
          minted(),
          graph("2026-11-19T10:20:00Z")
              .from(AMSTERDAM_HOSTING)
              .presents(TOKEN, "alice")
              .app("declared-app"),
          graph("2026-11-19T10:20:00Z").from(AMSTERDAM_HOSTING).id("without-token"));
      assertThat(route.only().getReason()).isEqualTo("two-networks");
      assertThat(route.sweeps().kept(Route.HALVES)).isZero();
      assertThat(route.gate("partner-ip-drift", "learning")).isZero();
      route.send(watermark("graph", "2026-11-19T12:30:00Z"));
      assertThat(route.gate("joins", "unlinked")).isZero();
    }
  }

  private void assertSame(List<ActivityBuilder> events, Set<String> said) {
    assertSame(events, 1, said);
  }

  /** Enters events in every order, or in one of so many; each time the same stands. */
  private void assertSame(List<ActivityBuilder> events, int step, Set<String> said) {
    List<List<ActivityBuilder>> orders = new ArrayList<>();
    permute(new ArrayList<>(events), 0, orders);
    for (int i = 0; i < orders.size(); i += step) {
      try (Route route = new Route(dir.resolve("o" + i + said.hashCode()))) {
        orders.get(i).forEach(route::send);
        Set<String> stands = new TreeSet<>();
        for (Detection each : route.waits(Duration.ofHours(1)).findings()) {
          if (!each.getReason().equals("withdrawn")) {
            String words = each.getRule() + " " + each.getReason();
            stands.add(said.contains(words) ? words : words + " " + each.getIp());
          }
        }
        assertThat(stands)
            .as("order %s", orders.get(i).stream().map(ActivityBuilder::build).toList())
            .isEqualTo(said);
      }
    }
  }

  private static void permute(
      List<ActivityBuilder> events, int from, List<List<ActivityBuilder>> orders) {
    if (from == events.size()) {
      orders.add(List.copyOf(events));
      return;
    }
    for (int i = from; i < events.size(); i++) {
      Collections.swap(events, from, i);
      permute(events, from + 1, orders);
      Collections.swap(events, from, i);
    }
  }
}
