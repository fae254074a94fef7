package dev.lockstep.detections.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promises of the watch over subjects: what was not compared, and why. */
class SubjectWatchTest {
  private static final Subject MIA = new Subject(Subject.Kind.PRINCIPAL, "mia");
  private static final Enrichment NOTHING = Enrichment.none();

  private final SubjectWatch watch = watch(new ImpossibleTravel(), new TokenReplay());

  private static SubjectWatch watch(Rule... rules) {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule rule : rules) {
      Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
      active.add(new ActiveRule(active.size(), rule, settings));
    }
    SubjectWatch watch = new SubjectWatch(active, NOTHING);
    watch.add(MIA);
    return watch;
  }

  private static Event event(Activity activity) {
    return new Event(activity, NOTHING, Event.Claims.VALIDATED, false, false);
  }

  private static Event revised(Activity activity, Event.Claims claims) {
    return new Event(activity, NOTHING, claims, true, true);
  }

  private static ActivityBuilder signIn() {
    return ActivityBuilder.signIn("mia", "2026-11-19T10:00:00Z").id("one").token("t-1");
  }

  private List<String> whys() {
    return whys(watch);
  }

  private static List<String> whys(SubjectWatch watch) {
    return watch.of(MIA).unused().stream().map(row -> row.rule() + " " + row.why()).toList();
  }

  @Test
  void saysWhyAnEventWasNotCompared_byTheGateThatTheRuleCounted() {
    watch.sees(event(signIn().from("192.0.2.7").build()));
    assertThat(whys()).containsExactly("impossible-travel no-place");
    assertThat(watch.of(MIA).gates()).containsOnlyKeys("impossible-travel");
    assertThat(watch.of(MIA).related()).contains(new Subject(Subject.Kind.TOKEN, "t-1"));
  }

  @Test
  void saysNothingOfAnEvent_thatWasCompared() {
    watch.sees(event(signIn().from("192.0.2.7").in("DE", "Hamburg", 53.5, 10.0).build()));
    assertThat(whys()).isEmpty();
    assertThat(watch.of(MIA).events()).isOne();
  }

  @Test
  void saysThatARuleReadsNoSuchEvent_whereItCountsNothing() {
    watch.sees(event(signIn().failed().from("192.0.2.7").build()));
    assertThat(watch.of(MIA).unused())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.why()).isEqualTo(UnusedEvents.NOT_READ);
              assertThat(row.outcome()).isEqualTo("failed");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "API_CALL, 200, accepted call",
    "API_CALL, 401, refused call",
    "API_CALL, -1, logged call",
    "VAULT_CALL, 200, accepted vault call",
    "VAULT_CALL, 403, refused vault call",
    "VAULT_CALL, -1, logged vault call",
    "OTHER, 200, logged record",
    "OTHER, -1, logged record"
  })
  void callsAnEventRefused_onlyIfItsStatusSaysSo(
      ActivityKind kind, int status, String outcomeAndEvent) {
    Subject address = new Subject(Subject.Kind.ADDRESS, "192.0.2.7");
    watch.add(address);
    Activity activity =
        ActivityBuilder.call("2026-11-19T10:00:00Z")
            .status(status)
            .from("192.0.2.7")
            .with(call -> call.setKind(kind))
            .build();
    watch.sees(event(activity));
    assertThat(watch.of(address).uses())
        .singleElement()
        .extracting(use -> use.outcome() + " " + use.event())
        .isEqualTo(outcomeAndEvent);
  }

  @Test
  void forgetsTheReason_whenMoreIsKnownOfTheEvent() {
    watch.sees(event(signIn().build()));
    assertThat(whys()).containsExactly("impossible-travel no-address");
    Activity placed = signIn().from("192.0.2.7").in("DE", "Hamburg", 53.5, 10.0).build();
    watch.revises(revised(placed, Event.Claims.VALIDATED), false);
    assertThat(whys()).isEmpty();
    assertThat(watch.of(MIA).events()).isOne();
    assertThat(watch.of(MIA).gates().get("impossible-travel")).containsEntry("no-address", 1L);
  }

  @Test
  void forgetsAnEvent_thatIsRetracted() {
    Event claimed = revised(signIn().build(), Event.Claims.ABSENT);
    watch.revises(claimed, false);
    assertThat(watch.of(MIA).events()).isOne();
    watch.revises(claimed, true);
    assertThat(watch.of(MIA).events()).isZero();
  }

  @Test
  void countsNoCallBehindAnAddress_thatMadeTheCallItself_howeverManyItMade() {
    Subject address = new Subject(Subject.Kind.ADDRESS, "192.0.2.7");
    SubjectWatch unruled = new SubjectWatch(List.of(), NOTHING);
    unruled.add(address);
    unruled.sees(event(signIn().from("192.0.2.7").build()));
    Activity call = ActivityBuilder.call("2026-11-19T10:00:00Z").from("192.0.2.7").build();
    for (int i = 0; i < 200_000; i++) {
      call.setEventId("call-" + i);
      unruled.sees(event(call));
    }
    assertThat(unruled.of(address).leftOut()).isOne();
    assertThat(unruled.of(address).callsBehind()).isZero();
  }

  @Test
  void countsACallBehindAnAddress_onceItsClientIsKnown() throws Exception {
    Subject proxy = new Subject(Subject.Kind.ADDRESS, "192.0.2.7");
    SubjectWatch unruled = new SubjectWatch(List.of(), NOTHING);
    unruled.add(proxy);
    Activity call = ActivityBuilder.call("2026-11-19T10:00:00Z").from("192.0.2.7").build();
    Event direct = event(call);
    unruled.sees(direct);
    Enrichment trusting =
        Enrichment.of(
            Networks.parse("networks.csv", "cidr,class\n192.0.2.7/32,trusted-proxy\n"),
            Partners.none(),
            GeoDatabases.none());
    Activity forwarded =
        ActivityBuilder.call("2026-11-19T10:00:00Z")
            .id(call.getEventId())
            .from("192.0.2.7")
            .forwarded("198.51.100.9", null)
            .build();
    unruled.revises(direct, true);
    unruled.revises(new Event(forwarded, trusting, Event.Claims.VALIDATED, true, true), false);
    assertThat(unruled.of(proxy).events()).isZero();
    assertThat(unruled.of(proxy).callsBehind()).isOne();
    unruled.revises(new Event(call, NOTHING, Event.Claims.VALIDATED, true, true), false);
    assertThat(unruled.of(proxy).callsBehind()).isZero();
  }

  @Test
  void saysNothingOfOthers() {
    watch.sees(event(ActivityBuilder.signIn("noah", "2026-11-19T10:00:00Z").build()));
    assertThat(watch.of(MIA).events()).isZero();
  }

  @Test
  void countsWhatGatesSuppress_ofTheSubjectAndOfThoseItsEventsAreAbout() {
    watch.sees(event(signIn().build()));
    Subject token = new Subject(Subject.Kind.TOKEN, "t-1");
    watch.suppressed(MIA, "impossible-travel", "backend");
    watch.suppressed(token, "token-replay", "same-network");
    watch.suppressed(token, "token-replay", "same-network");
    Subject other = new Subject(Subject.Kind.TOKEN, "t-2");
    watch.suppressed(other, "token-replay", "same-network");
    assertThat(watch.gates(MIA).get("impossible-travel")).containsEntry("backend", 1L);
    assertThat(watch.gates(token).get("token-replay")).containsEntry("same-network", 2L);
    assertThat(watch.gates(other)).isEmpty();
  }

  @Test
  void namesTheFailure_ofARuleThatCouldNotObserve() {
    RuntimeException failure = new IllegalStateException("out of order");
    SubjectWatch failing = watch(new Failing(failure), new PartnerIpDrift());
    failing.sees(event(signIn().build()));
    assertThat(failing.of(MIA).unused())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.rule()).isEqualTo("failing");
              assertThat(row.why()).contains("the rule failed").contains("out of order");
            });
  }

  @Test
  void namesTheClassOfAFailure_whoseOwnTextFails() {
    SubjectWatch failing = watch(new Failing(new Mute()));
    failing.sees(event(signIn().build()));
    assertThat(whys(failing))
        .singleElement()
        .asString()
        .startsWith("failing the rule failed: ")
        .contains(Mute.class.getName());
  }

  @Test
  void cutsALongFailure_butNotWithinACharacter() {
    for (String before : List.of("", "x")) {
      RuntimeException failure = new IllegalStateException(before + "\uD83D\uDD11".repeat(200));
      SubjectWatch failing = watch(new Failing(failure));
      failing.sees(event(signIn().build()));
      assertThat(whys(failing))
          .singleElement()
          .satisfies(why -> assertThat(why).endsWith("\uD83D\uDD11…"));
    }
  }

  /** Failure that fails itself when its text is read. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** Rule that observes nothing. */
  private static final class Failing implements Rule {
    private static final RuleInfo INFO =
        RuleInfo.of("failing", 1, "Failing")
            .about(Subject.Kind.PRINCIPAL)
            .keeps(FactKind.named("event").declare())
            .reasons("none")
            .severities(Severity.Low)
            .done();

    private final RuntimeException failure;

    Failing(RuntimeException failure) {
      this.failure = failure;
    }

    @Override
    public RuleInfo info() {
      return INFO;
    }

    @Override
    public void observe(Event event, Facts facts) {
      throw failure;
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      return Words.of("", "");
    }
  }
}
