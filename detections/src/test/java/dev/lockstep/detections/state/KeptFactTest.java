package dev.lockstep.detections.state;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class KeptFactTest implements RuleCounts {
  private static final FactKind SEEN =
      FactKind.named("seen").retractable().exactMinutes().declare();

  private final EventObserver observer =
      new EventObserver(
          List.of(new ActiveRule(0, new SeenByAll(), Settings.defaults(SeenByAll.INFO))), this);

  private Visit visit(int minute, String user, @Nullable String address) {
    ActivityBuilder signIn = signIn(user, "2026-11-19T10:%02d:00Z".formatted(minute));
    return visit((address == null ? signIn : signIn.from(address)).id("e" + minute), false);
  }

  private Visit visit(ActivityBuilder signIn, boolean isProvisional) {
    Event event =
        new Event(signIn.build(), Enrichment.none(), Event.Claims.ABSENT, false, isProvisional);
    List<Visit> visits = new ArrayList<>();
    observer.observe(event, visits::add);
    return visits.get(0);
  }

  private static KeptFact factOf(List<Visit> visits) {
    KeptFact fact = KeptFact.of(visits.get(0).statements().get(0), visits.get(0), 8);
    visits
        .subList(1, visits.size())
        .forEach(visit -> fact.add(visit.statements().get(0), visit, 8));
    return fact;
  }

  private static void inEachOrder(List<Visit> taken, List<Visit> left, List<KeptFact> facts) {
    if (left.isEmpty()) {
      facts.add(factOf(taken));
    }
    for (Visit next : left) {
      List<Visit> more = new ArrayList<>(taken);
      more.add(next);
      List<Visit> others = new ArrayList<>(left);
      others.remove(next);
      inEachOrder(more, others, facts);
    }
  }

  private static @Nullable String addressOf(KeptFact fact) {
    Location location = fact.location();
    return location == null ? null : location.address().text();
  }

  @Test
  void losesTheNamesOfPrincipals_whereOneOfThemIsErased() {
    Field ids = Field.set("ids");
    Field names = Field.names("names");
    FactKind kind = FactKind.named("group", ids, names).declare();
    EventReference event = visit(1, "ada", null).reference();
    KeptFact fact = new KeptFact(0, kind, event.day(), new Object[0], 0, null, null, event, event);
    fact.sets()[ids.index()].restore(new Seen("ada", 601, 601));
    fact.sets()[names.index()].restore(new Seen("ada.ng@contoso.com", 601, 601));
    ErasedPrincipal ada =
        new ErasedPrincipal(new Erasure("r", "ada", List.of(), "erased-1", "", null, List.of()));

    KeptFact renamed = fact.renamed(ada);
    assertThat(fact.names(ada)).isTrue();
    assertThat(renamed.members(ids)).extracting(Seen::text).containsExactly("erased-1");
    assertThat(renamed.members(names)).as("of which the request names none").isEmpty();
  }

  /**
   * Compared with the events themselves, of which some are retracted, also of a fact that was
   * written and read.
   */
  @Test
  void knowsInWhichMinutesOfARangeItHasEvents_toTheMillisecondForFewMinutes() {
    long seed = 20261201;
    Random random = new Random(seed);
    long day = ActivityBuilder.at("2026-11-19T00:00:00Z");
    for (int i = 0; i < 400; i++) {
      int minutes = 1 + random.nextInt(30);
      List<Long> times = new ArrayList<>(List.of(day));
      KeptFact fact = factOf(List.of(visit(signIn("ada", day).id("first"), false)));
      for (int j = random.nextInt(40); j >= 0; j--) {
        long at = day + random.nextInt(minutes) * 120_000L + random.nextInt(60_000);
        boolean isProvisional = random.nextBoolean();
        Visit visit = visit(signIn("ada", at).id("e" + j), isProvisional);
        fact.add(visit.statements().get(0), visit, 8);
        if (isProvisional && random.nextInt(3) > 0) {
          assertThat(fact.retract(visit.statements().get(0), visit)).isTrue();
        } else {
          times.add(at);
        }
        if (random.nextInt(4) == 0) {
          fact = writtenAndRead(fact);
        }
      }
      boolean isExact = fact.minutes().cardinality() <= 16;
      assertThat(fact.hasExactMinutes()).isEqualTo(isExact);
      for (int j = 0; j < 20; j++) {
        long from = day + random.nextInt(3_600_000) - 100_000;
        long to = from + 60_000 + random.nextInt(1_800_000);
        BitSet expected = new BitSet();
        for (long at : times) {
          if (at >= from && at <= to) {
            expected.set((int) ((at - day) / 60_000));
          }
        }
        BitSet found = (BitSet) fact.minutesBetween(from, to).clone();
        if (!isExact) {
          found.and(expected); // it may have more
        }
        assertThat(found).as("seed %d, history %d, range %d", seed, i, j).isEqualTo(expected);
      }
    }
  }

  private static KeptFact writtenAndRead(KeptFact fact) {
    ActiveRule rule = new ActiveRule(0, new SeenByAll(), Settings.defaults(SeenByAll.INFO));
    ByteSink sink = new ByteSink();
    FactCodec.write(sink, "all", fact);
    return FactCodec.read(rule, "all", fact.day(), 0, new ByteSource(sink.bytes()));
  }

  @Test
  void hasLocationAndPrincipalOfItsFirstEvent_whateverTheOrder() {
    Visit first = visit(1, "ada", "192.0.2.1");
    Visit nowhere = visit(2, "ben", null);
    Visit last = visit(3, "cid", "192.0.2.3");
    List<KeptFact> facts = new ArrayList<>();
    inEachOrder(List.of(), List.of(first, nowhere, last), facts);
    assertThat(facts).hasSize(6).extracting(KeptFactTest::addressOf).containsOnly("192.0.2.1");
    assertThat(facts)
        .extracting(fact -> fact.principal() == null ? null : fact.principal().getId())
        .containsOnly("ada");
    facts.clear();
    inEachOrder(List.of(), List.of(nowhere, last), facts);
    assertThat(facts).hasSize(2).extracting(KeptFactTest::addressOf).containsOnlyNulls();
  }

  /** Rule that states one fact of all sign-ins. */
  private static final class SeenByAll implements Rule {
    static final RuleInfo INFO =
        RuleInfo.of("seen-by-all", 1, "Seen by all")
            .about(Subject.Kind.GROUP)
            .keeps(SEEN)
            .reads("SignInLogs")
            .reasons("never")
            .severities(Severity.Low)
            .done();

    @Override
    public RuleInfo info() {
      return INFO;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(new Subject(Subject.Kind.GROUP, "all"), SEEN).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      return Words.of("Never", "Never.");
    }
  }

  @Override
  public void suppressed(String rule, String gate) {}

  @Override
  public void counted(String rule, String name) {}

  @Override
  public void failed(String rule, String what, Throwable failure) {
    throw new AssertionError(failure);
  }
}
