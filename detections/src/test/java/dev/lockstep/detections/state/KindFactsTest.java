package dev.lockstep.detections.state;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.example.rules.NewCountry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which records of a day are decoded for a fact, and that it is found among them. */
final class KindFactsTest {
  private static final Field APP = Field.text("app");
  private static final Field CODE = Field.number("code");
  private static final Field FAILED = Field.flag("failed");
  private static final Field WAY = Field.text("way");
  private static final long GAP_MILLIS = 600_000L;

  private static final FactKind USE =
      FactKind.named("use", APP, CODE, FAILED).byNetwork().byPrincipal().declare();
  private static final FactKind STAY = FactKind.named("stay").byAddress().declare();
  private static final FactKind RUN = FactKind.named("run").runs(any -> GAP_MILLIS).declare();
  private static final FactKind WALK =
      FactKind.named("walk", WAY).runs(any -> GAP_MILLIS).declare();

  private static final Subject ANN = new Subject(Subject.Kind.PRINCIPAL, "ann");
  private static final RuleInfo INFO =
      RuleInfo.of("any", 1, "Any").keeps(USE, STAY, RUN, WALK).reasons("any").done();
  private static final ActiveRule RULE =
      new ActiveRule(0, new NewCountry(), Settings.defaults(INFO), INFO);

  private final MemoryRecords records = new MemoryRecords();
  private final StateCodec codec = new StateCodec(List.of(RULE), records.dictionary(), null);

  private static EventReference at(int minute) {
    return new Event(
            signIn("ann", "2026-11-19T%02d:%02d:00Z".formatted(minute / 60, minute % 60)).build(),
            Enrichment.none(),
            Event.Claims.ABSENT,
            false,
            false)
        .reference();
  }

  private static KeptFact fact(
      FactKind kind, int from, int to, @Nullable String address, @Nullable Object... values) {
    EventReference first = at(from);
    Location location =
        address == null
            ? null
            : Enrichment.none().locate(Objects.requireNonNull(Address.parse(address)), null);
    Principal principal = new Principal("ann", "Ann", "user");
    return new KeptFact(0, kind, first.day(), values, 1, location, principal, first, at(to));
  }

  /** Returns a day with these facts as records. */
  private RuleDay read(List<KeptFact> facts) {
    SubjectState subject = new SubjectState(ANN, SubjectKey.of(ANN));
    for (KeptFact fact : facts) {
      fact.markChanged();
      subject.rule(RULE).dayOrNew(fact.day()).add(fact);
    }
    codec.write(subject, records);
    SubjectState again = new SubjectState(ANN, SubjectKey.of(ANN));
    codec.read(again, facts.get(0).day(), records);
    return Objects.requireNonNull(again.rule(RULE).day(facts.get(0).day()));
  }

  private static List<KeptFact> decoded(RuleDay day) {
    List<KeptFact> decoded = new ArrayList<>();
    day.eachDecoded(decoded::add);
    return decoded;
  }

  private static FactIdentity like(KeptFact fact) {
    return new FactIdentity(fact.kind(), fact.values(), fact.location(), fact.principal());
  }

  @Test
  void ordersFactsByTheirRank_andThenByAHashOfWhatIsAlike() {
    List<KeptFact> facts =
        List.of(
            fact(USE, 1, 2, "203.0.113.7", "Ж-app", 65_001L, true),
            fact(USE, 1, 2, "203.0.113.7", "Ж-app", 65_001L, false),
            fact(USE, 1, 2, "203.0.114.7", "Ж-app", 65_001L, false),
            fact(USE, 1, 2, null, null, -4L, false),
            fact(USE, 1, 2, null, "", -4L, false),
            fact(STAY, 1, 2, "2001:db8::7"),
            fact(STAY, 1, 2, "2001:db8::8"),
            fact(RUN, 1, 2, "203.0.113.7"));
    assertThat(facts).extracting(KeptFact::order).doesNotHaveDuplicates();
    for (KeptFact fact : facts) {
      assertThat(fact.order() >>> 60).as("rank").isEqualTo(1);
      assertThat(fact.order()).isEqualTo((1L << 60) | like(fact).order());
    }
    assertThat(fact(USE, 8, 9, "203.0.113.99", "Ж-app", 65_001L, true).order())
        .as("same network, another time")
        .isEqualTo(facts.get(0).order());
  }

  @Test
  void decodesTheFactThatIsAlike_andNoOther() {
    List<KeptFact> facts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      facts.add(fact(USE, i, i, "203.0.113.7", "app " + i, (long) i, false));
      facts.add(fact(RUN, 60 * i, 60 * i + 1, null));
    }
    RuleDay day = read(facts);
    KeptFact other = fact(USE, 700, 700, "203.0.113.7", "app 13", 13L, false);
    KeptFact found = Objects.requireNonNull(day.alike(like(other)));
    assertThat(found.firstAt()).isEqualTo(at(13).at());
    assertThat(decoded(day)).containsExactly(found);
    assertThat(day.alike(like(fact(USE, 1, 1, "203.0.113.7", "app 20", 13L, false)))).isNull();
    assertThat(decoded(day)).containsExactly(found);
    assertThat(day.facts(USE)).hasSize(20);
    assertThat(decoded(day)).hasSize(20);
    assertThat(day.size()).isEqualTo(40);
    assertThat(day.facts()).hasSize(40);
  }

  @Test
  void decodesTheRunsOnBothSidesOfATime_andNoOther() {
    List<KeptFact> facts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      facts.add(fact(RUN, 30 * i, 30 * i + 15, null));
    }
    for (int minute = 0; minute < 30 * 20; minute++) {
      RuleDay day = read(facts);
      List<KeptFact> near = new ArrayList<>();
      for (KeptFact run : day.runs(like(facts.get(0)), at(minute).at(), GAP_MILLIS)) {
        if (Math.max(run.firstAt() - at(minute).at(), at(minute).at() - run.lastAt())
            < GAP_MILLIS) {
          near.add(run);
        }
      }
      int after = minute % 30;
      boolean isNearNext = after > 20 && minute / 30 + 1 < 20;
      assertThat(near).as("minute %d", minute).hasSize((after < 25 ? 1 : 0) + (isNearNext ? 1 : 0));
      assertThat(decoded(day)).hasSizeLessThanOrEqualTo(isNearNext ? 2 : 1);
      assertThat(day.groups(RUN)).isEqualTo(1);
    }
  }

  @Test
  void findsARun_whereALaterOneOfAnotherFactHasTheSameHash() {
    KeptFact walk = fact(WALK, 100, 130, null, "way 3979339");
    KeptFact other = fact(WALK, 110, 112, null, "way 14832477");
    assertThat(walk.order()).isEqualTo(other.order());
    RuleDay day = read(List.of(walk, other));
    assertThat(day.runs(like(walk), at(125).at(), GAP_MILLIS))
        .singleElement()
        .satisfies(run -> assertThat(run.firstAt()).isEqualTo(walk.firstAt()));
    assertThat(day.runs(like(other), at(111).at(), GAP_MILLIS))
        .singleElement()
        .satisfies(run -> assertThat(run.firstAt()).isEqualTo(other.firstAt()));
  }
}
