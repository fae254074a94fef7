package dev.lockstep.detections.finding;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.detections.topology.Route;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExceptionsTest {
  private static final String TRAVEL = "impossible-travel";
  private static final String TOKEN = "token-replay";
  private static final String DRIFT = "partner-ip-drift";
  private static final String LONDON = "10.1.0.1"; // AS64501, GB
  private static final String NEW_YORK = "10.2.0.1"; // AS64502, US
  private static final String NEW_YORK_TOO = "10.2.9.9"; // another prefix of AS64502
  private static final String TOKYO = "10.11.0.1"; // AS64511, JP
  private static final String HOSTING = "10.3.0.1"; // AS64503, NL
  private static final String HOSTING_TOO = "10.14.0.1"; // AS64514, DE

  private static ExceptionEntry entry(
      String rule, @Nullable String principal, @Nullable String partner, @Nullable String network) {
    return entry(rule, principal, partner, network, "2026-12-31T00:00:00Z");
  }

  private static ExceptionEntry entry(
      String rule,
      @Nullable String principal,
      @Nullable String partner,
      @Nullable String network,
      String expires) {
    return new ExceptionEntry(
        "ex",
        rule,
        principal,
        partner,
        network == null ? null : Objects.requireNonNull(NamedNetwork.parse(network)),
        "it is known",
        "soc",
        at(expires));
  }

  private static Enrichment world(ExceptionEntry... entries) {
    return Known.WORLD.with(Exceptions.of(List.of(entries)));
  }

  private static LocalRun runWith(ExceptionEntry... entries) {
    return new LocalRun(RuleNumbers.atOnce(), world(entries));
  }

  private static ActivityBuilder[] travels(String user) {
    return new ActivityBuilder[] {
      signIn(user, "2026-11-19T10:00:00Z").from(LONDON),
      signIn(user, "2026-11-19T11:00:00Z").from(NEW_YORK)
    };
  }

  private static DetectionCounters.Excepted did(DetectionCounters counters) {
    return counters.exceptions().getOrDefault("ex", DetectionCounters.Excepted.NOTHING);
  }

  @ParameterizedTest
  @CsvSource({
    "alice, 10.2.0.0/24, true",
    "alice, AS64502/US, true",
    "alice, AS64502, true",
    "alice, 10.1.0.1, true",
    "ALICE, , true",
    ", AS64502, true",
    "alice, 10.2.1.0/24, false",
    "alice, AS64502/CA, false",
    "bob, , false",
    "bob, AS64502, false",
  })
  void holdsBackWhatItCovers(
      @Nullable String principal, @Nullable String network, boolean covered) {
    LocalRun run = runWith(entry(TRAVEL, principal, null, network)).see(travels("alice"));
    assertThat(run.hasNoFinding()).isEqualTo(covered);
    assertThat(run.revisions()).hasSize(covered ? 0 : 1);
    assertThat(did(run.counters()).removed()).isEqualTo(covered ? 1 : 0);
    assertThat(did(run.counters()).findings()).hasSize(covered ? 1 : 0);
  }

  @Test
  void isAboutOneRuleOnly() {
    assertThat(runWith(entry(TOKEN, "alice", null, null)).see(travels("alice")).hasNoFinding())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"2026-11-19T11:00:00Z, false", "2026-11-19T11:00:00.001Z, true"})
  void holdsUntilItExpires_byTheFindingsOwnTime(String expires, boolean covered) {
    LocalRun run = runWith(entry(TRAVEL, "alice", null, null, expires)).see(travels("alice"));
    assertThat(run.hasNoFinding()).isEqualTo(covered);
  }

  @Test
  void doesNotHold_whereOnePairIsElsewhere_inAnyOrder() {
    List<ActivityBuilder> events = new ArrayList<>(List.of(travels("alice")));
    events.add(signIn("alice", "2026-11-19T11:10:00Z").from(NEW_YORK_TOO));
    for (int seed = 0; seed < 6; seed++) {
      Collections.shuffle(events, new Random(seed));
      LocalRun run =
          runWith(entry(TRAVEL, "alice", null, "10.2.0.0/24"))
              .see(events.toArray(new ActivityBuilder[0]));
      assertThat(run.only().getCount()).as("seed %d", seed).isEqualTo(2);
      assertThat(run.only().getReason()).isEqualTo(TRAVEL);
      assertThat(did(run.counters()).removed()).isZero();
      LocalRun wider =
          runWith(entry(TRAVEL, "alice", null, "AS64502"))
              .see(events.toArray(new ActivityBuilder[0]));
      assertThat(wider.hasNoFinding()).as("seed %d", seed).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/24, 10.1.0.1, true",
    "AS64501, 10.1.0.1, true",
    "10.1.0.0/24, 10.2.0.1, false",
    "10.2.0.0/24, 10.2.0.1, false",
    "AS64502, 10.2.0.1, false",
  })
  void holdsBackTheProbingOfAPrincipal_onlyWhereAllCallsAreInTheNetwork(
      String network, String ofSuccess, boolean covered) {
    LocalRun run = runWith(entry("gateway-probing", null, null, network));
    long noon = at("2026-11-19T12:00:00Z");
    for (int i = 0; i < 20; i++) {
      Api api = new Api();
      api.setApi("orders");
      api.setOperation("operation-" + i % 5);
      Activity refused =
          call(noon + i * 1_000L)
              .id("refused " + i)
              .from(LONDON)
              .presents("t", "alice")
              .status(i % 2 == 0 ? 401 : 403)
              .build();
      refused.setApi(api);
      run.see(refused);
    }
    run.see(call(noon + 60_000L).id("accepted").from(ofSuccess).presents("t", "alice"));
    assertThat(run.active("gateway-probing"))
        .filteredOn(finding -> finding.getPrincipal() != null)
        .hasSize(covered ? 0 : 1);
  }

  @Test
  void letsGoWithTheFirstRevision_whenSomethingFiresThatItDoesNotCover() {
    LocalRun run = runWith(entry(TRAVEL, "alice", null, "10.2.0.0/24")).see(travels("alice"));
    assertThat(run.hasNoFinding()).isTrue();
    run.see(signIn("alice", "2026-11-19T11:10:00Z").from(NEW_YORK_TOO));
    assertThat(run.only().getRevision()).isEqualTo(1);
    assertThat(did(run.counters()).removed()).isZero();
    assertThat(did(run.counters()).everRemoved()).isEqualTo(1);
  }

  @Test
  void learnsAsIfThereWereNoException() {
    // Days with a finding of Tokyo do not make it a commute, whether it is shown or not.
    ActivityBuilder[] weeks =
        Stream.of("01", "02", "03", "04", "19")
            .flatMap(
                day ->
                    Stream.of(
                        signIn("alice", "2026-11-" + day + "T10:00:00Z").from(LONDON),
                        signIn("alice", "2026-11-" + day + "T11:00:00Z").from(TOKYO)))
            .toArray(ActivityBuilder[]::new);
    LocalRun plain = new LocalRun().see(weeks);
    LocalRun quiet = runWith(entry(TRAVEL, "alice", null, null, "2026-11-10T00:00:00Z")).see(weeks);
    assertThat(plain.active(TRAVEL)).hasSize(5);
    assertThat(quiet.active(TRAVEL))
        .containsExactly(
            plain.active(TRAVEL).stream()
                .filter(one -> one.getEndTime() > at("2026-11-10T00:00:00Z"))
                .findFirst()
                .orElseThrow());
  }

  @Test
  void coversATokensFinding_whereEachPairHasASideInTheNetwork() {
    ActivityBuilder[] replayed = {
      signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
      call("2026-11-19T10:20:00Z").from(HOSTING).presents("t", "alice"),
    };
    ActivityBuilder elsewhere =
        call("2026-11-19T10:30:00Z").from(HOSTING_TOO).presents("t", "alice");
    ExceptionEntry[] entries = {
      entry(TOKEN, "alice", null, "AS64503/NL"),
      new ExceptionEntry(
          "travel", TRAVEL, "alice", null, null, "x", "y", at("2026-12-31T00:00:00Z"))
    };
    assertThat(runWith(entries).see(replayed).hasNoFinding()).isTrue();
    assertThat(runWith(entries).see(replayed).see(elsewhere).only().getRule()).isEqualTo(TOKEN);
  }

  @Test
  void coversARangeOfAToken_onlyIfEveryAddressIsInIt() {
    ActivityBuilder[] replayed = {
      signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
      call("2026-11-19T10:20:00Z").from(HOSTING).presents("t", "alice"),
    };
    ExceptionEntry one = entry(TOKEN, "alice", null, HOSTING);
    assertThat(runWith(one).see(replayed).active(TOKEN)).isEmpty();
    assertThat(
            runWith(one)
                .see(replayed)
                .see(call("2026-11-19T10:21:00Z").from("10.3.0.2").presents("t", "alice"))
                .active(TOKEN))
        .hasSize(1);
  }

  @Test
  void coversAPartnersFinding_whereEveryCallIsInTheNetwork() {
    ActivityBuilder[] outside = {
      call("2026-11-19T10:00:00Z").subscription("declared-prod").from("10.14.0.1"),
      call("2026-11-19T10:05:00Z").subscription("declared-prod").from("10.14.0.2"),
    };
    assertThat(runWith(entry(DRIFT, null, "Declared", "10.14.0.0/24")).see(outside).hasNoFinding())
        .isTrue();
    assertThat(runWith(entry(DRIFT, null, "declared", "AS64514")).see(outside).hasNoFinding())
        .isTrue();
    assertThat(runWith(entry(DRIFT, null, "declared", null)).see(outside).hasNoFinding()).isTrue();
    assertThat(runWith(entry(DRIFT, null, "declared", "10.14.0.1")).see(outside).hasNoFinding())
        .isFalse();
    assertThat(runWith(entry(DRIFT, null, "fabrikam", null)).see(outside).hasNoFinding()).isFalse();
  }

  @Test
  void isOutweighedByAnAlert_whicheverComesFirst() {
    ActivityBuilder alert = alert("al-1", "2026-11-19T12:00:00Z").namesAccounts("alice");
    LocalRun alertLast =
        runWith(entry(TRAVEL, "alice", null, null)).see(travels("alice")).see(alert);
    LocalRun alertFirst =
        runWith(entry(TRAVEL, "alice", null, null)).see(alert).see(travels("alice"));
    for (LocalRun run : List.of(alertFirst, alertLast)) {
      Detection finding = run.active(TRAVEL).get(0);
      assertThat(finding.getRevision()).isEqualTo(1);
      assertThat(finding.getSeverity()).isEqualTo(Severity.High);
      assertThat(finding.getGates())
          .extracting(GateChecked::getGate, GateChecked::getVerdict)
          .contains(tuple("exception", "outweighed"), tuple("defender-corroboration", "raised"));
      assertThat(finding.getDescription())
          .endsWith(
              "Exception ex of soc (it is known) would have held this finding back; the alert of"
                  + " Microsoft Defender outweighs the exception.");
      assertThat(did(run.counters()))
          .extracting(DetectionCounters.Excepted::removed, DetectionCounters.Excepted::outweighed)
          .containsExactly(0L, 1L);
    }
    assertThat(alertFirst.active(TRAVEL)).isEqualTo(alertLast.active(TRAVEL));
  }

  @Test
  void holdsBackAgain_whenTheAlertTurnsOutToBeOurOwn() {
    ActivityBuilder alert = alert("al-1", "2026-11-19T12:00:00Z").namesAccounts("alice");
    LocalRun run = runWith(entry(TRAVEL, "alice", null, null)).see(travels("alice")).see(alert);
    assertThat(run.active(TRAVEL)).hasSize(1);
    run.see(alert("al-1", "2026-11-19T12:00:00Z").id("again").own());
    assertThat(run.active(TRAVEL)).isEmpty();
    assertThat(run.revisions()).extracting(Detection::getRevision).containsExactly(1, 2);
    Detection taken = run.revisions().get(1);
    assertThat(taken.getReason()).isEqualTo(DetectionStatus.WITHDRAWN);
    assertThat(taken.getSeverity()).isEqualTo(Severity.Informational);
    assertThat(taken.getDescription())
        .startsWith(
            "Held back by exception ex of soc, until 2026-12-31 00:00:00 UTC: it is known. It"
                + " said: ");
    assertThat(taken.getGates())
        .extracting(GateChecked::getGate, GateChecked::getVerdict)
        .contains(tuple("exception", "suppressed"));
    assertThat(did(run.counters()).outweighed()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.0/16, true", "AS64501/GB, true", "AS64501, true", "AS64502, false"})
  void holdsAFlaggedAddressBack_ifItNamesThatRule(String network, boolean covered) {
    LocalRun run =
        runWith(entry("defender-corroboration", "alice", null, network))
            .see(
                alert("al-1", "2026-11-19T12:00:00Z").namesAddresses(LONDON),
                signIn("alice", "2026-11-19T12:30:00Z").from(LONDON));
    assertThat(run.hasNoFinding()).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "password-spray, 10.1.0.0/16, true",
    "password-spray, 10.2.0.0/16, false",
    "defender-corroboration, 10.1.0.0/16, true",
    "defender-corroboration, 10.2.0.0/16, false",
  })
  void holdsAnAddressBack_alsoWhereItHasMoreFactsThanAreKept(
      String rule, String network, boolean covered) {
    LocalRun run = runWith(entry(rule, null, null, network));
    if (rule.equals("defender-corroboration")) { // an alert would outweigh the other's exception
      run.see(alert("al-1", "2026-11-19T12:00:00Z").namesAddresses(LONDON));
    }
    long later = at("2026-11-19T12:30:00Z");
    for (int i = 0; i < 300; i++) {
      run.see(
          signIn("user-" + i, later + i * 1_000L).status(50_126).from(LONDON),
          signIn("user-" + i, later + i * 1_000L + 500).from(LONDON));
    }
    assertThat(run.active(rule).isEmpty()).isEqualTo(covered);
    if (!covered) {
      assertThat(run.active(rule)).as("the fault landed").allMatch(Detection::getOverflow);
    }
  }

  private static Contribution contribution(Severity severity, String... exceptions) {
    Contribution contribution = Contributions.of(TRAVEL, "f", severity);
    Detection detection = contribution.getDetection();
    detection.setTitle("Far");
    detection.setDescription("Far.");
    detection.setStartTime(at("2026-11-19T10:00:00Z"));
    detection.setEndTime(at("2026-11-19T11:00:00Z"));
    contribution.setExceptions(List.of(exceptions));
    return contribution;
  }

  private static Contribution withdrawal() {
    Contribution contribution = contribution(Severity.Informational);
    contribution.getDetection().setReason(DetectionStatus.WITHDRAWN);
    contribution.getDetection().setDescription("");
    return contribution;
  }

  /** Findings by themselves, with an exception for a network. */
  private static final class Kept {
    final DetectionCounters counters = new DetectionCounters();
    final KeyedStore<FindingState> store = new MemoryStore<>();
    final List<Detection> revisions = new ArrayList<>();
    final Findings findings =
        new Findings(
            store,
            5,
            RuleNumbers.defaults().ruleSet().alerts(),
            Exceptions.of(List.of(entry(TRAVEL, null, null, "AS64502"))),
            counters,
            (revision, at) -> revisions.add(Detection.newBuilder(revision).build()),
            member -> {});

    /** Returns the finding as it is then, whose last revision has this number. */
    Detection take(Contribution contribution, int revision) {
      findings.take(contribution, 0);
      FindingState state = Objects.requireNonNull(store.get("f"));
      assertThat(state.getSaid().getRevision()).isEqualTo(revision);
      return state.getSaid();
    }
  }

  @Test
  void retractsWhatWentOut_whenAnExceptionComesToCoverIt() {
    Kept kept = new Kept();
    kept.take(contribution(Severity.Low), 1);
    assertThat(kept.take(contribution(Severity.Low, "ex"), 2).getReason())
        .isEqualTo(DetectionStatus.WITHDRAWN);
    assertThat(kept.take(contribution(Severity.Low, "gone"), 3).getReason()).isEqualTo(TRAVEL);
    assertThat(kept.take(withdrawal(), 4).getDescription()).startsWith("Retracted: ");
    assertThat(kept.take(contribution(Severity.Low, "ex"), 4).getDescription())
        .startsWith("Retracted: ");
    assertThat(kept.take(contribution(Severity.Low), 5).getReason()).isEqualTo(TRAVEL);
    assertThat(kept.revisions).extracting(Detection::getRevision).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void saysNothing_ofWhatWasHeldBackAndThenRetracted() {
    Kept kept = new Kept();
    kept.take(contribution(Severity.Low, "ex"), 0);
    kept.take(contribution(Severity.High, "ex"), 0);
    kept.take(withdrawal(), 0);
    assertThat(did(kept.counters).removed()).isZero();
    assertThat(kept.revisions).isEmpty();
    kept.take(contribution(Severity.Low), 1);
  }

  @Test
  void countsWhatItHeldBack_alsoOnceTheFindingIsForgotten(@TempDir Path dir) {
    try (Route route =
        new Route(dir, RuleNumbers.defaults(), world(entry(TRAVEL, "alice", null, null)))) {
      route.send(travels("alice"));
      assertThat(did(route.counters()).removed()).isEqualTo(1);
      route.send(watermark("signins", "2026-12-24T13:00:00Z"));
      route.send(watermark("signins", "2026-12-24T13:10:00Z"));
      assertThat(route.kept(Route.FINDINGS)).isZero();
      assertThat(did(route.counters()).removed()).isEqualTo(1);
      assertThat(did(route.counters()).findings()).hasSize(1);
      assertThat(did(route.counters()).everRemoved()).isEqualTo(1);
    }
  }

  @Test
  void goesWholeThroughTheTopology_andLetsGoWhenTheExceptionIsRemoved(@TempDir Path dir) {
    RuleNumbers settings = RuleNumbers.defaults();
    try (Route with =
            new Route(dir.resolve("a"), settings, world(entry(TRAVEL, "alice", null, null)));
        Route still =
            new Route(dir.resolve("b"), settings, world(entry(TRAVEL, "alice", null, null)));
        Route without = new Route(dir.resolve("c"), settings, world())) {
      with.send(travels("alice")).send(travels("bob"));
      assertThat(with.only().getPrincipal().getId()).isEqualTo("bob");
      assertThat(did(with.counters()).removed()).isEqualTo(1);
      still.restoreFrom(with);
      still.send(travels("carol"));
      assertThat(still.only().getPrincipal().getId()).isEqualTo("carol");
      assertThat(did(still.counters()).removed()).as("known again").isEqualTo(1);
      without.restoreFrom(with);
      without.send(travels("carol"));
      assertThat(without.findings())
          .extracting(finding -> finding.getPrincipal().getId())
          .containsExactlyInAnyOrder("alice", "carol");
      assertThat(without.findings()).extracting(Detection::getRevision).containsOnly(1);
    }
  }
}
