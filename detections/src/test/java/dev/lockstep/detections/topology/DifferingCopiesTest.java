package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SignIn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of one sign-in or call that do not say the same, in the service and in a replay. */
final class DifferingCopiesTest {
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final Duration LATER = Duration.ofMinutes(9);

  @TempDir Path dir;

  /** Returns the findings of both, which are the same. */
  private List<Detection> found(ActivityBuilder... events) {
    LocalRun replay = new LocalRun().see(events);
    try (Route route = new Route(dir)) {
      route.send(events);
      counts(route.counters(), replay.counters());
      assertThat(route.findings())
          .filteredOn(finding -> !finding.getReason().equals("withdrawn"))
          .extracting(Detection::getId)
          .containsExactlyInAnyOrderElementsOf(
              replay.active().stream().map(Detection::getId).toList());
    }
    return replay.active();
  }

  private static void counts(DetectionCounters one, DetectionCounters other) {
    assertThat(one.repeatedEvents()).isPositive().isEqualTo(other.repeatedEvents());
    assertThat(ofTravel(one)).isEqualTo(ofTravel(other));
  }

  private static @Nullable Long ofTravel(DetectionCounters counters) {
    return counters.coverage().getOrDefault("impossible-travel", Map.of()).get("differingCopies");
  }

  private static ActivityBuilder risky(@Nullable String state) {
    SignIn signIn = new SignIn();
    signIn.setPolicies(List.of());
    signIn.setRiskEvents(List.of());
    signIn.setRiskLevel("high");
    signIn.setRiskState(state);
    ActivityBuilder builder =
        signIn("ana", "2026-11-19T10:00:00Z").id("x").from(LONDON).minted("t1");
    builder.build().setSignIn(signIn);
    return builder;
  }

  @Test
  void judgesTheFirstCopyAlone_ofPlaceAndNetwork() {
    ActivityBuilder near = signIn("ana", "2026-11-19T09:00:00Z").from(LONDON).minted("t0");
    assertThat(
            found(
                near,
                signIn("ana", "2026-11-19T10:00:00Z").id("x").from(LONDON).minted("t1"),
                signIn("ana", "2026-11-19T10:00:00Z")
                    .id("x")
                    .from(NEW_YORK)
                    .minted("t1")
                    .arrives(LATER)))
        .isEmpty();
    assertThat(
            found(
                near,
                signIn("ana", "2026-11-19T10:00:00Z").id("x").from(NEW_YORK).minted("t1"),
                signIn("ana", "2026-11-19T10:00:00Z")
                    .id("x")
                    .from(LONDON)
                    .minted("t1")
                    .arrives(LATER)))
        .extracting(Detection::getRule, Detection::getCount)
        .containsExactly(tuple("impossible-travel", 1));
  }

  @Test
  void joinsTheFirstCopyAlone_withItsIdentityLink() {
    assertThat(
            found(
                signIn("ana", "2026-11-19T09:00:00Z").from(LONDON).minted("t0"),
                call("2026-11-19T10:00:00Z").id("c1").subscription("s").from(LONDON),
                call("2026-11-19T10:00:00Z")
                    .id("c1")
                    .subscription("s")
                    .from(NEW_YORK)
                    .arrives(LATER),
                link("2026-11-19T10:00:01Z", "c1").presents("t1", "ana")))
        .isEmpty();
  }

  @Test
  void judgesEachCopyByItself_ofOtherRules_andLetsAGateOfAnyHold() {
    ActivityBuilder used = call("2026-11-19T10:10:00Z").from(LONDON).presents("t1", "ana");
    assertThat(found(risky("none"), used, risky("none").singleFactor().arrives(LATER)))
        .extracting(Detection::getRule)
        .containsExactly("risky-sign-in-used");
    assertThat(found(risky("atRisk"), used, risky("remediated").singleFactor().arrives(LATER)))
        .isEmpty();
    assertThat(found(risky("remediated"), used, risky("atRisk").singleFactor().arrives(LATER)))
        .isEmpty();
    assertThat(
            found(
                risky("remediated"),
                used,
                risky("confirmedCompromised").singleFactor().arrives(LATER)))
        .hasSize(1);
  }

  @Test
  void takesTheEventTimeOfTheFirstCopy() {
    ActivityBuilder refused =
        call("2026-11-19T10:10:00Z").id("c1").from(LONDON).presents("t1", "ana").status(401);
    ActivityBuilder accepted =
        call("2026-11-21T10:10:00Z").id("c1").from(LONDON).presents("t1", "ana");
    assertThat(found(risky("atRisk"), refused, accepted))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.getEndTime())
                    .isEqualTo(ActivityBuilder.at("2026-11-19T10:10:00Z")));
  }
}
