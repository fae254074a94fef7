package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DetectionTopologyTest {
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";

  @TempDir private Path dir;

  private static Activity[] fabrikamLearning(int days) {
    List<Activity> calls = new ArrayList<>();
    for (int day = 1; day <= days; day++) {
      for (int minute = 0; minute < 8; minute++) {
        calls.add(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from("10.12.0.1")
                .build());
      }
    }
    return calls.toArray(Activity[]::new);
  }

  @Test
  void fires_eachRuleEndToEnd() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
          call("2026-11-19T10:20:00Z").from(AMSTERDAM_HOSTING).presents(TOKEN, "alice"),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
      for (Activity call : fabrikamLearning(8)) {
        route.send(call);
      }
      route.send(
          call("2026-11-19T10:00:00Z").subscription("fabrikam-prod").from(AMSTERDAM_HOSTING));
      assertThat(route.findings())
          .extracting(Detection::getRule)
          .containsExactlyInAnyOrder(
              "token-replay", "impossible-travel", "impossible-travel", "partner-ip-drift");
      assertThat(route.findings())
          .filteredOn(finding -> finding.getRule().equals("token-replay"))
          .extracting(Detection::getReason, Detection::getSeverity, Detection::getRevision)
          .as("the second revision has the incident that it makes with the journeys")
          .containsExactly(tuple("two-networks", Severity.High, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 2_000_000})
  void keepsOfWhatIsNoActivity_asMuchAsALetterHolds(int bytes) {
    try (Route route = new Route(dir)) {
      assertThat(route.sendForeign(new byte[bytes]))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.getReason()).isEqualTo("not-an-activity");
                assertThat(letter.getBody().remaining()).isEqualTo(Math.min(bytes, 1_000_000));
              });
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
      assertThat(route.findings()).hasSize(1);
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "LS", "LS\0", "LS\0\0\0\5four", "LSome text", "LS\377\377\377\377"})
  void keepsWhatBeginsLikeABundle_orIsNothingAtAll_asALetter(@Nullable String text) {
    byte[] foreign = text == null ? null : text.getBytes(StandardCharsets.ISO_8859_1);
    try (Route route = new Route(dir)) {
      assertThat(route.sendForeign(foreign))
          .singleElement()
          .satisfies(
              letter ->
                  assertThat(letter.getBody())
                      .isEqualTo(ByteBuffer.wrap(foreign == null ? new byte[0] : foreign)));
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
      assertThat(route.findings()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsTheNeighboursOfAForeignRecordInABundle_andKeepsThatInOneLetter(boolean cut) {
    Bundle bundle = new Bundle(Bundle.MOST_BYTES);
    Bundle foreign = new Bundle(Bundle.MOST_BYTES);
    byte[] first = bytes(signIn("alice", "2026-11-19T10:00:00Z").from(LONDON));
    byte[] second = bytes(signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
    byte[] broken = Arrays.copyOf(second, second.length - 7);
    bundle.add(first);
    bundle.add(cut ? second : broken);
    bundle.add(cut ? broken : second);
    foreign.add(broken);
    byte[] value = bundle.drain();
    try (Route route = new Route(dir)) {
      assertThat(route.sendForeign(cut ? Arrays.copyOf(value, value.length - 20) : value))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.getReason()).isEqualTo("not-an-activity");
                assertThat(letter.getWhere().getIndex()).isEqualTo(cut ? 2 : 1);
                assertThat(letter.getDetail())
                    .startsWith("record %d of a bundle: ".formatted(cut ? 2 : 1));
                byte[] kept = foreign.drain();
                assertThat(letter.getBody())
                    .isEqualTo(ByteBuffer.wrap(kept, 0, kept.length - (cut ? 20 : 0)));
              });
      route.send(signIn("bob", "2026-11-19T10:00:00Z").from(LONDON));
      assertThat(route.findings()).hasSize(1);
    }
  }

  private static byte[] bytes(ActivityBuilder activity) {
    return ActivityBuilder.bytes(activity.build());
  }

  @Test
  void isSilentAboutDuplicates() {
    List<ActivityBuilder> all =
        List.of(
            signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN),
            call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(AMSTERDAM_HOSTING),
            link("2026-11-19T10:20:01Z", "c1").presents(TOKEN, "alice"),
            signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
    try (Route route = new Route(dir)) {
      all.forEach(route::send);
      List<Detection> before = route.detections();
      assertThat(before).isNotEmpty();
      all.forEach(route::send);
      all.forEach(one -> route.send(one.arrives(Duration.ofMinutes(9)).position(99)));
      assertThat(route.detections()).isEqualTo(before);
      assertThat(route.counters().repeatedEvents()).isEqualTo(6);
    }
  }

  @Test
  void countsRevisionsUp_andKeepsTheIdAndTheHighestSeverity() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK),
          signIn("alice", "2026-11-19T11:10:00Z").from("10.2.0.2").singleFactor());
      assertThat(route.detections())
          .extracting(Detection::getRevision, Detection::getSeverity, Detection::getCount)
          .containsExactly(tuple(1, Severity.Medium, 1), tuple(2, Severity.High, 2));
      assertThat(route.findings()).hasSize(1);
    }
  }

  @Test
  void takesAFindingBack_whenACommuteDayArrivesLate() {
    try (Route route = new Route(dir)) {
      for (String day : List.of("10", "11")) {
        route.send(
            signIn("alice", "2026-11-" + day + "T01:00:00Z").from(LONDON),
            signIn("alice", "2026-11-" + day + "T13:00:00Z").from(NEW_YORK));
      }
      route.send(
          signIn("alice", "2026-11-12T01:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK));
      String id = route.findings().get(route.findings().size() - 1).getId();
      route.send(signIn("alice", "2026-11-12T13:00:00Z").from(NEW_YORK));
      assertThat(route.findings())
          .filteredOn(finding -> finding.getId().equals(id))
          .extracting(
              Detection::getReason,
              Detection::getSeverity,
              Detection::getRevision,
              finding -> finding.getDescription().startsWith("Retracted"))
          .containsExactly(tuple("withdrawn", Severity.Informational, 2, true));
    }
  }

  @Test
  void countsTheTokenWithoutSignIn_andTheCallWithoutLink_afterAnHourOfArrival() {
    try (Route route = new Route(dir)) {
      route.send(
          call("2026-11-19T10:00:00Z").from(LONDON).presents(TOKEN, "alice"),
          call("2026-11-19T10:00:00Z").id("alone").subscription("s").from(LONDON));
      route.send(watermark("signins", "2026-11-19T10:50:00Z"));
      assertThat(route.gate("token-replay", "unmatched-token")).isZero();
      assertThat(route.gate("joins", "unlinked")).isZero();
      route.send(watermark("signins", "2026-11-19T11:05:00Z"));
      assertThat(route.gate("token-replay", "unmatched-token")).isEqualTo(1);
      assertThat(route.gate("joins", "unlinked")).isEqualTo(1);
    }
  }

  @Test
  void countsATokenWithoutSignInOnce_howeverLongItIsUsed() {
    try (Route route = new Route(dir)) {
      for (int hour = 10; hour < 20; hour++) {
        route.send(
            call("2026-11-19T%d:00:00Z".formatted(hour)).from(LONDON).presents(TOKEN, "alice"));
        route.send(watermark("signins", "2026-11-19T%d:30:00Z".formatted(hour)));
      }
      assertThat(route.gate("token-replay", "unmatched-token")).isEqualTo(1);
    }
  }

  @Test
  void countsNoTokenWhoseSignInCameWithinTheHour() {
    try (Route route = new Route(dir)) {
      route.send(
          call("2026-11-19T10:00:00Z").from(LONDON).presents(TOKEN, "alice"),
          signIn("alice", "2026-11-19T09:59:30Z")
              .from(LONDON)
              .minted(TOKEN)
              .arrives(Duration.ofMinutes(18)));
      route.send(watermark("signins", "2026-11-19T12:05:00Z"));
      assertThat(route.gate("token-replay", "unmatched-token")).isZero();
    }
  }

  @Test
  void forgetsByTheSlowestSource() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-01T10:00:00Z").from(LONDON).minted(TOKEN),
          call("2026-11-01T10:00:00Z").id("c1").subscription("s").from(LONDON));
      route.send(watermark("slow", "2026-11-01T10:00:00Z"));
      route.send(watermark("fast", "2026-12-05T10:00:00Z"));
      for (String store : List.of(Route.PRINCIPALS, Route.SUBJECTS, Route.HALVES)) {
        assertThat(route.sweeps().kept(store)).as(store).isPositive();
      }
      route.send(watermark("slow", "2027-02-06T10:00:00Z"));
      route.send(watermark("slow", "2027-02-07T10:10:00Z"));
      route.send(watermark("fast", "2027-02-07T10:10:00Z"));
      for (String store : List.of(Route.PRINCIPALS, Route.SUBJECTS, Route.HALVES)) {
        assertThat(route.sweeps().kept(store)).as(store).isZero();
      }
    }
  }

  @Test
  void forgetsWhoeverWasOnlySeenWithoutAPlace() {
    try (Route route = new Route(dir)) {
      route.send(signIn("nowhere", "2026-11-01T10:00:00Z").from("192.168.0.9"));
      route.send(signIn("addressless", "2026-11-01T10:00:00Z").from("no address"));
      route.send(
          signIn("alice", "2026-11-01T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-03T10:00:00Z").from("192.168.0.9"));
      assertThat(route.kept(Route.PRINCIPALS)).isPositive();
      route.send(watermark("signins", "2027-02-07T10:00:00Z"));
      route.send(watermark("signins", "2027-02-08T10:10:00Z"));
      assertThat(route.sweeps().kept(Route.PRINCIPALS)).isZero();
    }
  }

  @Test
  void forgettingChangesNoVerdict_withinTheLateness() {
    List<Activity> events = new ArrayList<>();
    for (int day = 1; day <= 20; day++) {
      String date = "2026-11-%02d".formatted(day);
      events.add(signIn("alice", date + "T08:00:00Z").from(LONDON).minted("t" + day).build());
      events.add(call(date + "T22:00:00Z").from(NEW_YORK).presents("t" + day, "alice").build());
      events.add(call(date + "T23:30:00Z").subscription("fabrikam-prod").from("10.12.0.1").build());
    }
    try (Route without = new Route(dir.resolve("a"));
        Route with = new Route(dir.resolve("b"))) {
      events.forEach(without::send);
      for (Activity event : events) {
        // The watermark says: everything that arrived before this late event has passed.
        long arrivalAt = event.getEventAt() + Duration.ofHours(23).toMillis();
        Activity watermark = watermark("signins", Instant.ofEpochMilli(arrivalAt).toString());
        with.send(watermark);
        event.setArrivalAt(arrivalAt);
        with.send(event);
      }
      assertThat(with.findings())
          .extracting(Detection::getId, Detection::getReason, Detection::getCount)
          .isEqualTo(
              without.findings().stream()
                  .map(finding -> tuple(finding.getId(), finding.getReason(), finding.getCount()))
                  .toList());
      assertThat(with.findings()).isNotEmpty();
    }
  }

  @Test
  void startsWithTheEarliestEvent_ofAMinuteThatCameInAnyOrder() {
    try (Route route = new Route(dir)) {
      route.send(
          call("2026-11-19T10:00:40Z").subscription("declared-prod").from("10.14.0.1"),
          call("2026-11-19T10:00:10Z").subscription("declared-prod").from("10.14.0.1"));
      route.waits(Duration.ofHours(1));
      assertThat(route.only().getStartTime()).isEqualTo(ActivityBuilder.at("2026-11-19T10:00:10Z"));
      assertThat(route.only().getCount()).isEqualTo(1);
    }
  }

  @Test
  void namesWhoeverCalledFirst_inAPartnersFinding() {
    List<ActivityBuilder> calls = new ArrayList<>();
    calls.add(call("2026-11-19T10:02:00Z").subscription("declared-prod").from("10.14.0.2"));
    calls.add(
        call("2026-11-19T10:01:30Z")
            .subscription("declared-prod")
            .from("10.14.0.1")
            .presents("t1", "bob"));
    calls.add(
        call("2026-11-19T10:01:00Z")
            .subscription("declared-prod")
            .from("10.14.0.3")
            .presents("t2", "alice"));
    calls.add(call("2026-11-19T10:01:10Z").subscription("declared-prod").from("10.14.0.4"));
    for (int order = 0; order < 4; order++) {
      try (Route route = new Route(dir.resolve("order" + order))) {
        calls.forEach(route::send);
        assertThat(
                route.waits(Duration.ofHours(1)).findings().stream()
                    .filter(finding -> finding.getRule().equals("partner-ip-drift"))
                    .map(finding -> finding.getPrincipal().getId()))
            .as("order %d", order)
            .containsExactly("alice");
      }
      Collections.rotate(calls, 1);
    }
  }

  @Test
  void countsLateEvents() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).arrives(Duration.ofHours(23)),
          signIn("bob", "2026-11-19T10:00:00Z")
              .from(LONDON)
              .arrives(Duration.ofHours(23).plusMillis(1)));
      assertThat(route.counters().lateEvents()).isEqualTo(1);
    }
  }

  @Test
  void goesOnFromItsStores_afterEachEventThatJoins_andEveryThird() {
    goesOnFromItsStores(3);
  }

  @Test
  @Tag("long")
  void goesOnFromItsStores_afterEveryEvent() {
    goesOnFromItsStores(1);
  }

  private void goesOnFromItsStores(int step) {
    List<Activity> events = new ArrayList<>();
    events.add(signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted(TOKEN).build());
    events.add(call("2026-11-19T10:20:00Z").id("c1").subscription("s").from(NEW_YORK).build());
    events.add(link("2026-11-19T10:20:01Z", "c1").presents(TOKEN, "alice").build());
    events.add(
        call("2026-11-19T10:21:00Z").from(AMSTERDAM_HOSTING).presents(TOKEN, "alice").build());
    for (int day = 1; day <= 8; day++) {
      for (int minute = 0; minute < 7; minute++) {
        events.add(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from("10.12.0.1")
                .build());
      }
    }
    events.add(call("2026-11-19T10:00:00Z").subscription("fabrikam-prod").from(NEW_YORK).build());
    try (Route atOnce = new Route(dir.resolve("at-once"))) {
      events.forEach(atOnce::send);
      List<Detection> revisions = new ArrayList<>();
      Route now = new Route(dir.resolve("0"));
      for (int i = 0; i < events.size(); i++) {
        now.send(events.get(i));
        if (i < 4 || i % step == 0 || i == events.size() - 1) {
          revisions.addAll(now.detections());
          Route next = new Route(dir.resolve("n" + i));
          next.restoreFrom(now);
          now.close();
          now = next;
        }
      }
      now.close();
      assertThat(revisions).isEqualTo(atOnce.detections()).hasSizeGreaterThan(3);
    }
  }

  @Test
  void isNamedAsReleased() throws IOException {
    String golden = Files.readString(Known.resource("topology.txt")).replace("\r\n", "\n");
    String now =
        DetectionTopology.build(
                Route.LAYOUT,
                new RunningRules(RuleNumbers.defaults().ruleSet()),
                JoinableLogs.ALL,
                Known.WORLD,
                new DetectionCounters())
            .describe()
            .toString()
            .lines()
            .map(DetectionTopologyTest::storesInOrder)
            .collect(Collectors.joining("\n", "", "\n"));
    assertThat(now)
        .as(
            "names of nodes, stores and internal topics. A store or internal topic that is renamed"
                + " is a new, empty one: whoever upgrades loses the state in the old one (learned"
                + " commutes and partner networks, open tokens, revisions) and whatever lies in"
                + " the old internal topic is never read. If that is wanted, say so in"
                + " CHANGELOG.md and replace src/test/resources/topology.txt by the text found"
                + " here")
        .isEqualTo(golden);
  }

  /** The description lists the stores of a node in no order. */
  private static String storesInOrder(String line) {
    int from = line.indexOf("(stores: [");
    if (from < 0) {
      return line;
    }
    String[] stores = line.substring(from + 10, line.indexOf(']')).split(", ", -1);
    Arrays.sort(stores);
    return line.substring(0, from) + "(stores: [" + String.join(", ", stores) + "])";
  }
}
