package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.topology.Route;
import dev.lockstep.schemas.Activity;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A call and the identity link that came as a message of its own. */
final class LinkJoinTest {
  private static final String LONDON = "10.1.0.1";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";
  private static final String PROXY = "10.9.0.1";
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void joinsTheLink_whicheverHalfComesFirst(boolean linkFirst) {
    ActivityBuilder half =
        call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(AMSTERDAM_HOSTING);
    ActivityBuilder other = link("2026-11-19T10:20:01Z", "c1").presents(TOKEN, "alice");
    try (Route route = new Route(dir)) {
      route.send(signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN));
      assertThat(route.detections()).isEmpty();
      route.send(linkFirst ? other : half).send(linkFirst ? half : other);
      assertThat(route.only().getRule()).isEqualTo("token-replay");
      assertThat(route.only().getPrincipal().getId()).isEqualTo("alice");
      assertThat(route.counters().coverage().get("token-replay"))
          .containsEntry("callsLinkedByMessage", 1L)
          .containsEntry("callsWithoutToken", 1L);
    }
  }

  @Test
  void takesTheAddressOfTheLink_whereTheRecordGivesNone() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
          call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(PROXY),
          link("2026-11-19T10:20:01Z", "c1")
              .presents(TOKEN, "alice")
              .forwarded(AMSTERDAM_HOSTING, null));
      assertThat(route.only().getIp()).isEqualTo(AMSTERDAM_HOSTING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.7", "10.1.0.7, unknown", "unknown"})
  void takesTheAddressOfTheLink_whereTheHeadersOfTheRecordGiveNone(String forwardedFor) {
    ActivityBuilder half =
        call("2026-11-19T10:20:00Z")
            .id("c1")
            .subscription("s")
            .from(PROXY)
            .forwarded(null, forwardedFor);
    ActivityBuilder other =
        link("2026-11-19T10:20:01Z", "c1")
            .presents(TOKEN, "alice")
            .forwarded(AMSTERDAM_HOSTING, null);
    for (boolean linkFirst : new boolean[] {false, true}) {
      try (Route route = new Route(dir.resolve("link-first-" + linkFirst))) {
        route.send(signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN));
        route.send(linkFirst ? other : half).send(linkFirst ? half : other);
        assertThat(route.only().getIp()).isEqualTo(AMSTERDAM_HOSTING);
      }
    }
  }

  @Test
  void keepsTheAddressOfTheRecord_whereTheLinkSaysAnother() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
          call("2026-11-19T10:20:00Z")
              .id("c1")
              .subscription("s")
              .from(PROXY)
              .forwarded(null, "10.1.0.7"),
          link("2026-11-19T10:20:01Z", "c1")
              .presents(TOKEN, "alice")
              .forwarded(AMSTERDAM_HOSTING, null));
      assertThat(route.detections()).isEmpty();
    }
  }

  @Test
  void believesTheValidatedLink_ofTwo() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
          call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(AMSTERDAM_HOSTING),
          link("2026-11-19T10:20:01Z", "c1").claimsOnly(TOKEN, "alice"));
      assertThat(route.detections()).isEmpty();
      route.send(link("2026-11-19T10:20:02Z", "c1").presents(TOKEN, "alice"));
      assertThat(route.only().getReason()).isEqualTo("two-networks");
    }
  }

  @Test
  void forgetsALinkWithoutTime_thatStaysAlone() {
    try (Route route = new Route(dir)) {
      route.send(watermark("signins", "2026-11-19T10:00:00Z"));
      Activity timeless = link("1970-01-01T00:00:00Z", "c1").presents(TOKEN, "alice").build();
      route.send(timeless);
      route.send(watermark("signins", "2026-11-19T12:00:00Z"));
      route.send(watermark("signins", "2027-12-24T09:30:00Z"));
      assertThat(route.gate("joins", "unlinked")).isZero();
      assertThat(route.kept(Route.HALVES)).as("its call may yet come").isPositive();
      route.send(watermark("signins", "2027-12-25T10:30:00Z"));
      assertThat(route.gate("joins", "unlinked")).isEqualTo(1);
      assertThat(route.sweeps().kept(Route.HALVES)).isZero();
    }
  }

  @Test
  void forgetsALinkWithoutTime_thatCameBeforeAnyClock() {
    try (Route route = new Route(dir)) {
      route.send(link("1970-01-01T00:00:00Z", "c1").presents(TOKEN, "alice"));
      route.send(link("1970-01-01T00:00:00Z", "c2").presents(TOKEN, "alice"));
      route.send(call("2026-11-19T10:00:00Z").id("c1").subscription("s").from(LONDON));
      route.send(watermark("signins", "2026-11-19T11:30:00Z"));
      route.send(watermark("signins", "2026-11-21T10:00:00Z"));
      route.send(watermark("signins", "2027-12-27T12:00:00Z"));
      assertThat(route.sweeps().kept(Route.HALVES)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T09:55:00Z, true", // two clocks
    "2026-11-19T09:54:59.999Z, false",
    "2026-11-21T10:00:00Z, true",
    "2026-11-21T10:00:00.001Z, false"
  })
  void joinsALinkWithoutTime_toACallWithin48HoursOfItsToken(String calledAt, boolean joined) {
    Activity timeless = placedByIssue("2026-11-19T10:00:00Z");
    ActivityBuilder call = call(calledAt).id("c1").subscription("s").from(AMSTERDAM_HOSTING);
    for (boolean linkFirst : new boolean[] {false, true}) {
      try (Route route = new Route(dir.resolve("link-first-" + linkFirst))) {
        route.send(watermark("signins", "2026-11-19T09:00:00Z"));
        if (linkFirst) {
          route.send(timeless);
          route.send(call);
        } else {
          route.send(call);
          route.send(timeless);
        }
        assertThat(
                route
                    .counters()
                    .coverage()
                    .getOrDefault("token-replay", Map.of())
                    .get("callsLinkedByMessage"))
            .isEqualTo(joined ? 1L : null);
      }
    }
  }

  @Test
  void leavesALinkAlone_whoseTimeLiesFarFromItsCall() {
    try (Route route = new Route(dir)) {
      route.send(
          call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(AMSTERDAM_HOSTING),
          link("2099-01-01T00:00:00Z", "c1").presents(TOKEN, "alice"));
      assertThat(route.counters().coverage().get("token-replay"))
          .doesNotContainKey("callsLinkedByMessage");
    }
  }

  @Test
  void countsALinkWithoutTime_onceItsCallCanComeNoMore() {
    try (Route route = new Route(dir)) {
      route.send(watermark("signins", "2026-11-19T10:00:00Z"));
      route.send(placedByIssue("2026-11-19T10:00:00Z"));
      route.send(watermark("signins", "2026-11-22T09:30:00Z"));
      assertThat(route.gate("joins", "unlinked")).isZero();
      assertThat(route.kept(Route.HALVES)).as("its call may yet come").isPositive();
      route.send(watermark("signins", "2026-11-22T10:30:00Z"));
      assertThat(route.gate("joins", "unlinked")).isEqualTo(1);
      assertThat(route.sweeps().kept(Route.HALVES)).isZero();
    }
  }

  private static Activity placedByIssue(String issuedAt) {
    Activity link = link(issuedAt, "c1").presents(TOKEN, "alice").build();
    link.getToken().setIssuedAt(ActivityBuilder.at(issuedAt));
    link.setArrivalAt(ActivityBuilder.at(issuedAt));
    return link;
  }
}
