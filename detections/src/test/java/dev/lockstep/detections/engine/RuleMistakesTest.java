package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Observation;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Mistakes of a rule that end no engine, and are counted as the rule's failures. */
final class RuleMistakesTest implements SilentEngine {
  private static final Subject ADA = new Subject(Subject.Kind.PRINCIPAL, "ada");
  private final Field text = Field.text("text");
  private final Field set = Field.set("set");
  private static final FactKind OTHERS = FactKind.named("other").declare();

  private final List<String> failures = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final List<Contribution> given = new ArrayList<>();

  private class Mistaken implements Rule {
    final FactKind kind;
    final RuleInfo info;

    BiConsumer<Case, Verdicts> judging = (day, verdicts) -> {};
    BiConsumer<Day, Lessons> learning = (day, lessons) -> {};
    Supplier<Boolean> remembering = () -> false;

    Mistaken() {
      this(FactKind.named("sign-in", text, set).minutes().declare());
    }

    Mistaken(FactKind kind) {
      this.kind = kind;
      info =
          RuleInfo.of("mistaken", 1, "Mistaken")
              .correlates("identity")
              .about(Subject.Kind.PRINCIPAL)
              .keeps(kind)
              .reads("SignInLogs")
              .reasons("seen")
              .severities(Severity.Medium)
              .builtFor(Rule.INTERFACE)
              .learnsFrom(2)
              .done();
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(ADA, kind).adding(set, "" + event.at()).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      judging.accept(day, verdicts);
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      learning.accept(day, lessons);
    }

    @Override
    public boolean keepsLessons(int day, Learned learned, Settings settings) {
      return remembering.get();
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Mistaken", "Mistaken.");
    }
  }

  private void run(Mistaken rule) {
    List<ActiveRule> rules =
        List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 8, Map.of())));
    Observation observation = new Observation(rules, this);
    MemoryRecords records = new MemoryRecords();
    Engine engine =
        new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, this, this, 100);
    for (String time :
        List.of("2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z")) {
      Event event =
          new Event(
              signIn("ada", time).build(), Enrichment.none(), Event.Claims.ABSENT, false, false);
      observation.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
      List<Message> now = List.copyOf(messages);
      messages.clear();
      now.forEach(engine::take);
      engine.flush();
      engine.write();
      engine.close();
    }
    engine.advance(at("2026-03-06T10:00:00Z"), at("2026-03-06T10:00:00Z"));
    while (engine.sweep(10)) {}
    engine.advance(at("2026-06-06T10:00:00Z"), at("2026-06-06T10:00:00Z"));
    while (engine.sweep(10)) {}
    engine.close();
  }

  @Test
  void survives_aVerdictWithoutSeverity() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) -> verdicts.fires("seen", null, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aVerdictWithoutReason() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires(null, Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aVerdictWithoutFacts() {
    Mistaken rule = new Mistaken();
    rule.judging = (day, verdicts) -> verdicts.fires("seen", Severity.High, List::of);
    run(rule);
    assertThat(failures).isNotEmpty();
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aVerdictWithoutGates() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("seen", Severity.High, () -> null, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aFindingWithoutTitle() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public Words tell(Finding finding) {
            return Words.of(null, "Mistaken.");
          }
        };
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aVerdictRestingOnNothing() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts
                .fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new))
                .dependingOn((Fact) null);
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aVerdictRestingOnAForeignFact() {
    Mistaken rule = new Mistaken();
    Fact foreign =
        (Fact)
            java.lang.reflect.Proxy.newProxyInstance(
                Fact.class.getClassLoader(), new Class<?>[] {Fact.class}, (of, call, with) -> null);
    rule.judging =
        (day, verdicts) ->
            verdicts
                .fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new))
                .dependingOn(foreign);
    run(rule);
    assertThat(failures).contains("mistaken judge");
  }

  @Test
  void survives_aGateWithoutName() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires(
                "seen",
                Severity.High,
                () -> List.of(Gates.checked(null, Gates.FIRES)),
                day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aPrincipalWithoutId() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public Words tell(Finding finding) {
            return Words.of("Mistaken", "Mistaken.").of(new Principal(null, null, "user"));
          }
        };
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_anUndeclaredReason() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("other", Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
  }

  @Test
  void survives_aFieldOfAnotherType() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public void observe(Event event, Facts facts) {
            facts.about(ADA, kind).with(text, 5L).state();
          }
        };
    run(rule);
    assertThat(failures).containsOnly("mistaken observe");
  }

  @Test
  void survives_aFieldOfAnotherKindOfFact() {
    Field foreign = Field.text("foreign");
    FactKind unused = FactKind.named("other", foreign).declare();
    Mistaken rule =
        new Mistaken() {
          @Override
          public void observe(Event event, Facts facts) {
            facts.about(ADA, kind).with(foreign, unused.name()).state();
          }
        };
    run(rule);
    assertThat(failures).containsOnly("mistaken observe");
  }

  @Test
  void survives_aFieldThatIsSetAfterTheFactIsStated() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public void observe(Event event, Facts facts) {
            Facts.Draft draft = facts.about(ADA, kind);
            draft.state();
            draft.with(text, "late");
          }
        };
    run(rule);
    assertThat(failures).containsOnly("mistaken observe");
  }

  @Test
  void survives_aSubjectWithAVeryLongId() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public void observe(Event event, Facts facts) {
            Subject long1 = new Subject(Subject.Kind.PRINCIPAL, "x".repeat(70_000));
            facts.about(long1, kind).state();
          }
        };
    run(rule);
    assertThat(failures).containsOnly("mistaken observe");
  }

  @Test
  void survives_aGateWithAValueOfNoKnownType() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires(
                "seen",
                Severity.Medium,
                () -> List.of(new GateChecked("gate", Gates.PASSED, Map.of("at", new Object()))),
                day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void takesAWholeNumber_asAValueOfAGate() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.fires(
                "seen",
                Severity.Medium,
                () -> List.of(new GateChecked("gate", Gates.PASSED, Map.of("minutes", 3))),
                day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).isEmpty();
    assertThat(given)
        .isNotEmpty()
        .allMatch(
            one -> one.getDetection().getGates().get(0).getNumbers().get("minutes").equals(3.0));
  }

  @Test
  void survives_aPrincipalWithAnEmptyId() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public Words tell(Finding finding) {
            return Words.of("Mistaken", "Mistaken.").of(new Principal("", null, "user"));
          }
        };
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aFindingThatNoMessageHolds() {
    Mistaken rule =
        new Mistaken() {
          @Override
          public Words tell(Finding finding) {
            return Words.of("x".repeat(1 << 20), "Mistaken.");
          }
        };
    rule.judging =
        (day, verdicts) ->
            verdicts.fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aVeryLongPartOfAFindingsId() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts
                .fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new))
                .in("x".repeat(1 << 20));
    run(rule);
    assertThat(failures).contains("mistaken tell");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_aTimeSpanThatEndsBeforeItBegins() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts
                .fires("seen", Severity.High, List::of, day.today().toArray(Fact[]::new))
                .spanning(2, 1);
    run(rule);
    assertThat(failures).contains("mistaken judge");
    assertThat(given).isEmpty();
  }

  @Test
  void survives_lessonsThatNoRecordHolds() {
    Mistaken rule = new Mistaken();
    rule.learning = (day, lessons) -> lessons.teach("x".repeat(1 << 20));
    run(rule);
    assertThat(failures).contains("mistaken learn");
  }

  @Test
  void survives_aSuppressionByNoGate() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) -> verdicts.suppressed(null, List::of, day.today().toArray(Fact[]::new));
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aLessonWithoutText() {
    Mistaken rule = new Mistaken();
    rule.learning = (day, lessons) -> lessons.teach(null);
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aLessonOfANegativeAmount() {
    Mistaken rule = new Mistaken();
    rule.learning = (day, lessons) -> lessons.teach("x", -1);
    run(rule);
  }

  @Test
  void survives_aFailureToRemember() {
    Mistaken rule = new Mistaken();
    rule.learning = (day, lessons) -> lessons.teach("x");
    rule.remembering =
        () -> {
          throw new IllegalStateException("no");
        };
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aRelayOfAnUndeclaredKind() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.relay(
                new RelayedFact(
                    ADA, OTHERS, day.today().get(0).first(), List.of(), List.of(), false, false));
    run(rule);
    assertThat(failures).isNotEmpty();
  }

  @Test
  void survives_aRelayOfTooFewValues() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) -> {
          if (day.today().size() < 3) {
            verdicts.relay(
                new RelayedFact(
                    ADA,
                    rule.kind,
                    day.today().get(0).first(),
                    List.of(),
                    List.of(),
                    false,
                    false));
          }
        };
    run(rule);
    assertThat(reasons)
        .contains(
            "the rule relays a fact with 0 texts and 0 sets, but its kind sign-in has 1 texts and 1 sets; give a value for each field of the kind");
  }

  @Test
  void survives_aRelayToAnUndeclaredKindOfSubject() {
    Mistaken rule = new Mistaken();
    rule.judging =
        (day, verdicts) ->
            verdicts.relay(
                new RelayedFact(
                    new Subject(Subject.Kind.ADDRESS, "192.0.2.1"),
                    rule.kind,
                    day.today().get(0).first(),
                    List.of("one"),
                    List.of(List.of()),
                    false,
                    false));
    run(rule);
    assertThat(reasons)
        .contains(
            "the rule relays a fact about a subject of the kind ADDRESS, which the rule does not declare; name it in about() of the rule's description");
  }

  @Test
  void survives_aRelayOfAKindWithAFlag() {
    Mistaken rule =
        new Mistaken(FactKind.named("sign-in", text, set, Field.flag("flag")).minutes().declare());
    rule.judging =
        (day, verdicts) ->
            verdicts.relay(
                new RelayedFact(
                    ADA,
                    rule.kind,
                    day.today().get(0).first(),
                    List.of("one", "two"),
                    List.of(List.of()),
                    false,
                    false));
    run(rule);
    assertThat(reasons)
        .contains(
            "the rule relays a fact of the kind sign-in, which has fields other than texts and sets; declare a kind that has only texts and sets");
  }

  private static final class Broken implements Aggregate {
    @Override
    public boolean add(Kept event) {
      throw new IllegalStateException("no");
    }

    @Override
    public boolean remove(Kept event) {
      return false;
    }

    @Override
    public int size() {
      return 0;
    }

    @Override
    public List<Kept> kept() {
      return List.of();
    }

    @Override
    public String mark() {
      return "";
    }

    @Override
    public void restore(List<Kept> kept, String mark) {}
  }

  @Test
  void survives_aBrokenAggregate() {
    run(new Mistaken(FactKind.named("sign-in", text, set).aggregates(set, Broken::new).declare()));
    assertThat(failures).isNotEmpty();
  }

  @Override
  public void suppressed(String rule, String gate) {
    java.util.Objects.requireNonNull(gate);
  }

  @Override
  public void suppressed(Subject subject, String rule, String gate) {
    java.util.Objects.requireNonNull(gate);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    failures.add(rule + " " + what);
    reasons.add(String.valueOf(failure.getMessage()));
  }

  @Override
  public void message(Message message) {
    messages.add(message);
  }

  @Override
  public void contribution(Contribution contribution, long arrivalAt) {
    given.add(contribution);
  }
}
