package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
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
import dev.lockstep.rules.Fired;
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
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes of a rule that end no engine, and are counted as the rule's failures. */
final class RuleMistakesTest implements SilentEngine {
  private static final Subject ADA = new Subject(Subject.Kind.PRINCIPAL, "ada");
  private static final Field FOREIGN = Field.text("foreign");
  private static final FactKind OTHERS = FactKind.named("other", FOREIGN).declare();
  private static final String LONG = "x".repeat(1 << 20);

  private final List<String> failures = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final List<Contribution> given = new ArrayList<>();

  /** Rule that observes each sign-in and tells each finding, if a case does not say otherwise. */
  private static final class Mistaken implements Rule {
    final Field text = Field.text("text");
    final Field set = Field.set("set");
    final FactKind kind;
    final RuleInfo info;

    BiConsumer<Event, Facts> observing;
    BiConsumer<Case, Verdicts> judging = (day, verdicts) -> {};
    Consumer<Lessons> learning = lessons -> {};
    Supplier<Boolean> remembering = () -> false;
    Supplier<Words> telling = () -> Words.of("Mistaken", "Mistaken.");

    Mistaken(Field... more) {
      this((rule, kind) -> kind.minutes(), more);
    }

    Mistaken(BiConsumer<Mistaken, FactKind.Builder> keeping, Field... more) {
      List<Field> fields = new ArrayList<>(List.of(text, set));
      fields.addAll(List.of(more));
      FactKind.Builder builder = FactKind.named("sign-in", fields.toArray(Field[]::new));
      keeping.accept(this, builder);
      this.kind = builder.declare();
      this.observing = (event, facts) -> draft(facts).adding(set, "" + event.at()).state();
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

    Facts.Draft draft(Facts facts) {
      return facts.about(ADA, kind);
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      observing.accept(event, facts);
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      judging.accept(day, verdicts);
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      learning.accept(lessons);
    }

    @Override
    public boolean keepsLessons(int day, Learned learned, Settings settings) {
      return remembering.get();
    }

    @Override
    public Words tell(Finding finding) {
      return telling.get();
    }
  }

  /**
   * Mistake of a rule.
   *
   * @param failure call that fails, and the beginning of the failure's message
   */
  private record Mistake(String name, Mistaken rule, String failure) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Mistake observing(
      String name, String failure, BiConsumer<Mistaken, Facts> observing) {
    Mistaken rule = new Mistaken();
    rule.observing = (event, facts) -> observing.accept(rule, facts);
    return new Mistake(name, rule, failure);
  }

  private static Mistake judging(String name, String failure, BiConsumer<Case, Verdicts> judging) {
    Mistaken rule = new Mistaken();
    rule.judging = judging;
    return new Mistake(name, rule, failure);
  }

  private static Mistake gates(String name, String failure, Supplier<List<GateChecked>> gates) {
    return judging(
        name, failure, (day, verdicts) -> verdicts.fires("seen", Severity.High, gates, all(day)));
  }

  private static Mistake telling(String name, String failure, Supplier<Words> telling) {
    Mistake mistake = judging(name, failure, RuleMistakesTest::fires);
    mistake.rule().telling = telling;
    return mistake;
  }

  private static Mistake learning(String name, String failure, Consumer<Lessons> learning) {
    Mistaken rule = new Mistaken();
    rule.learning = learning;
    return new Mistake(name, rule, failure);
  }

  private static Mistake relaying(
      String name, String failure, Mistaken rule, Subject about, String... texts) {
    rule.judging =
        (day, verdicts) -> {
          if (day.today().size() < 3) {
            verdicts.relay(relayed(day, about, rule.kind, texts));
          }
        };
    return new Mistake(name, rule, failure);
  }

  private static RelayedFact relayed(Case day, Subject about, FactKind kind, String... texts) {
    List<List<String>> sets = texts.length == 0 ? List.of() : List.of(List.of());
    return new RelayedFact(
        about, kind, day.today().get(0).first(), List.of(texts), sets, false, false);
  }

  private static Fact[] all(Case day) {
    return day.today().toArray(Fact[]::new);
  }

  private static Fired fires(Case day, Verdicts verdicts) {
    return verdicts.fires("seen", Severity.High, List::of, all(day));
  }

  private static Mistake failingToKeep() {
    Mistake mistake =
        learning("a failure to remember", "remember: no", lessons -> lessons.teach("x"));
    mistake.rule().remembering =
        () -> {
          throw new IllegalStateException("no");
        };
    return mistake;
  }

  private static Fact foreign() {
    return (Fact)
        Proxy.newProxyInstance(
            Fact.class.getClassLoader(), new Class<?>[] {Fact.class}, (of, call, with) -> null);
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
        observing(
            "a field of another type",
            "observe: could not set the field text to a NUMBER: the kind of fact sign-in has no such field",
            (rule, facts) -> rule.draft(facts).with(rule.text, 5L).state()),
        observing(
            "a field of another kind of fact",
            "observe: could not set the field foreign to a TEXT: the kind of fact sign-in has no such field",
            (rule, facts) -> rule.draft(facts).with(FOREIGN, "other").state()),
        observing(
            "a field that is set after the fact is stated",
            "observe: could not set the field text: no fact is started",
            (rule, facts) -> {
              Facts.Draft draft = rule.draft(facts);
              draft.state();
              draft.with(rule.text, "late");
            }),
        observing(
            "a subject with a very long id",
            "observe: the fact is about a subject whose id has 70000 characters",
            (rule, facts) ->
                facts
                    .about(new Subject(Subject.Kind.PRINCIPAL, "x".repeat(70_000)), rule.kind)
                    .state()),
        new Mistake(
            "a broken aggregate",
            new Mistaken((rule, kind) -> kind.aggregates(rule.set, Broken::new)),
            "aggregate: no"),
        judging(
            "a verdict without severity",
            "judge: the severity of a verdict is null",
            (day, verdicts) -> verdicts.fires("seen", null, List::of, all(day))),
        judging(
            "a verdict without reason",
            "judge: the reason of a verdict is null",
            (day, verdicts) -> verdicts.fires(null, Severity.High, List::of, all(day))),
        judging(
            "a verdict without facts",
            "judge: a verdict with the reason seen has no facts",
            (day, verdicts) -> verdicts.fires("seen", Severity.High, List::of)),
        judging(
            "a verdict that depends on nothing",
            "judge: a fact on which a verdict depends is null",
            (day, verdicts) -> fires(day, verdicts).dependingOn((Fact) null)),
        judging(
            "a verdict that depends on a foreign fact",
            "judge: a verdict with the reason seen rests on a fact that was not given to judge()",
            (day, verdicts) -> fires(day, verdicts).dependingOn(foreign())),
        judging(
            "a time span that ends before it begins",
            "judge: the first time of a finding, 2, is after its last time, 1",
            (day, verdicts) -> fires(day, verdicts).spanning(2, 1)),
        judging(
            "a suppression by no gate",
            "judge: the gate that suppresses is null",
            (day, verdicts) -> verdicts.suppressed(null, List::of, all(day))),
        judging(
            "a relay of an undeclared kind",
            "judge: rule mistaken has not declared the kind of fact other",
            (day, verdicts) -> verdicts.relay(relayed(day, ADA, OTHERS))),
        relaying(
            "a relay of too few values",
            "judge: the rule relays a fact with 0 texts and 0 sets, but its kind sign-in has 1 texts and 1 sets",
            new Mistaken(),
            ADA),
        relaying(
            "a relay to an undeclared kind of subject",
            "judge: the rule relays a fact about a subject of the kind ADDRESS, which the rule does not declare",
            new Mistaken(),
            new Subject(Subject.Kind.ADDRESS, "192.0.2.1"),
            "one"),
        relaying(
            "a relay of a kind with a flag",
            "judge: the rule relays a fact of the kind sign-in, which has fields other than texts and sets",
            new Mistaken(Field.flag("flag")),
            ADA,
            "one",
            "two"),
        gates("a verdict without gates", "tell: ", () -> null),
        gates(
            "a gate without name",
            "tell: the name of a gate is null",
            () -> List.of(Gates.checked(null, Gates.FIRES))),
        gates(
            "a gate with a value of no known type",
            "tell: the value at of the gate gate is java.lang.Object@",
            () -> List.of(new GateChecked("gate", Gates.PASSED, Map.of("at", new Object())))),
        judging(
            "a very long part of a finding's id",
            "tell: the texts that distinguish a finding have 1048576 characters, which is more than 2048",
            (day, verdicts) -> fires(day, verdicts).in(LONG)),
        telling(
            "a finding without title",
            "tell: the title of a finding is null",
            () -> Words.of(null, "Mistaken.")),
        telling(
            "a finding that no message holds",
            "tell: a finding takes 1",
            () -> Words.of(LONG, "Mistaken.")),
        telling(
            "a principal without id",
            "tell: the id of a finding's principal is null",
            () -> Words.of("Mistaken", "Mistaken.").of(new Principal(null, null, "user"))),
        telling(
            "a principal with an empty id",
            "tell: the id of a finding's principal is empty",
            () -> Words.of("Mistaken", "Mistaken.").of(new Principal("", null, "user"))),
        learning(
            "a lesson without text",
            "learn: the trait of a lesson is null",
            lessons -> lessons.teach(null)),
        learning(
            "lessons that no record holds",
            "learn: the traits of one day have 1048576 characters together",
            lessons -> lessons.teach(LONG)),
        failingToKeep());
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void survives(Mistake mistake) {
    run(mistake.rule());
    assertThat(failures)
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).startsWith("mistaken " + mistake.failure()));
    assertThat(given).isEmpty();
  }

  @Test
  void takes_anUndeclaredReason() {
    Mistaken rule = new Mistaken();
    rule.judging = (day, verdicts) -> verdicts.fires("other", Severity.High, List::of, all(day));
    run(rule);
    assertThat(failures).isEmpty();
  }

  @Test
  void takes_aLessonOfANegativeAmount() {
    Mistaken rule = new Mistaken();
    rule.learning = lessons -> lessons.teach("x", -1);
    run(rule);
    assertThat(failures).isEmpty();
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
                all(day));
    run(rule);
    assertThat(failures).isEmpty();
    assertThat(given)
        .isNotEmpty()
        .allMatch(
            one -> one.getDetection().getGates().get(0).getNumbers().get("minutes").equals(3.0));
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

  private void run(Mistaken rule) {
    List<ActiveRule> rules =
        List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 8, Map.of())));
    EventObserver observer = new EventObserver(rules, this);
    MemoryRecords records = new MemoryRecords();
    Engine engine =
        new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, this, this, 100);
    for (String time :
        List.of("2026-03-02T10:00:00Z", "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z")) {
      Event event =
          new Event(
              signIn("ada", time).build(), Enrichment.none(), Event.Claims.ABSENT, false, false);
      observer.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
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

  @Override
  public void suppressed(String rule, String gate) {
    Objects.requireNonNull(gate);
  }

  @Override
  public void suppressed(Subject subject, String rule, String gate) {
    Objects.requireNonNull(gate);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    failures.add(rule + " " + what + ": " + failure.getMessage());
  }

  @Override
  public void message(Message message) {
    messages.add(message);
  }

  @Override
  public void contribution(Contribution contribution) {
    given.add(contribution);
  }
}
