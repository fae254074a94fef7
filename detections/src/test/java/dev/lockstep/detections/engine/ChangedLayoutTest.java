package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** State that a rule wrote before the fields of its facts changed, under the same version. */
final class ChangedLayoutTest implements SilentEngine {
  private static final Subject ANA = new Subject(Subject.Kind.PRINCIPAL, "ana");
  private static final Enrichment KNOWN = Enrichment.none();

  private final MemoryRecords records = new MemoryRecords();
  private final List<Contribution> given = new ArrayList<>();

  /** Rule that fires for two facts of a day, and says what their fields hold. */
  private static final class Fields implements Rule {
    private final List<Field> fields;
    private final FactKind kind;
    private final RuleInfo info;

    Fields(String kind, Function<FactKind.Builder, FactKind.Builder> extras, Field... fields) {
      this.fields = Arrays.asList(fields);
      this.kind = extras.apply(FactKind.named(kind, fields)).declare();
      this.info =
          RuleInfo.of("two-facts", 1, "Two facts")
              .about(Subject.Kind.PRINCIPAL)
              .keeps(this.kind)
              .reads("SignInLogs")
              .reasons("two-facts")
              .severities(Severity.Low)
              .done();
    }

    Fields(Field... fields) {
      this("sign-in", builder -> builder, fields);
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      Facts.Draft draft = facts.about(ANA, kind);
      for (Field field : fields) {
        switch (field.type()) {
          case FLAG -> draft.with(field, true);
          case NUMBER -> draft.with(field, event.at());
          case TEXT -> draft.with(field, event.activity().getEventId() + field);
          case SET -> draft.adding(field, event.activity().getEventId() + field);
        }
      }
      draft.state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      List<Fact> all = day.today();
      if (all.size() > 1) {
        verdicts.fires("two-facts", Severity.Low, List::of, all.toArray(Fact[]::new));
      }
    }

    @Override
    public Words tell(Finding finding) {
      Fact fact = finding.first().fact(0);
      List<String> values = new ArrayList<>();
      for (Field field : fields) {
        values.add(
            switch (field.type()) {
              case FLAG -> Boolean.toString(fact.is(field));
              case NUMBER -> Long.toString(fact.number(field));
              case TEXT -> String.valueOf(fact.text(field));
              case SET -> fact.members(field).toString();
            });
      }
      return Words.of("Two facts", String.join(", ", values));
    }
  }

  private Engine engine(Rule rule) {
    return new Engine(active(rule), KNOWN, records, AlertSettings.NONE, this, this, 100);
  }

  private static List<ActiveRule> active(Rule rule) {
    return List.of(new ActiveRule(0, rule, Settings.defaults(rule.info())));
  }

  private Engine seen(Rule rule, String id, String time) {
    Engine engine = engine(rule);
    Event event =
        new Event(signIn("ana", time).id(id).build(), KNOWN, Event.Claims.ABSENT, false, false);
    new EventObserver(active(rule), this)
        .observe(event, visit -> engine.take(new Message.OfVisit(visit)));
    engine.close();
    return engine;
  }

  private List<RuleInfo> anewAfter(Rule former, Rule present) {
    Engine first = seen(former, "a", "2026-11-19T10:00:00Z");
    assertThat(first.startedAnew()).isEmpty();
    Engine second = seen(present, "b", "2026-11-19T11:00:00Z");
    assertThat(given).as("the fact of another layout is not read").isEmpty();
    return second.startedAnew();
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    throw new AssertionError(what, failure);
  }

  @Override
  public void contribution(Contribution contribution) {
    given.add(contribution);
  }

  @Test
  void startsAnew_ifAFieldIsNew() {
    Fields present = new Fields(Field.text("who"), Field.number("when"), Field.text("new"));
    assertThat(anewAfter(new Fields(Field.text("who")), present)).containsExactly(present.info());
  }

  @Test
  void startsAnew_ifAFieldIsGone() {
    Fields present = new Fields(Field.text("who"));
    assertThat(anewAfter(new Fields(Field.text("who"), Field.set("of")), present)).hasSize(1);
  }

  @Test
  void startsAnew_ifTwoFieldsChangePlaces() {
    assertThat(
            anewAfter(
                new Fields(Field.text("who"), Field.text("where")),
                new Fields(Field.text("where"), Field.text("who"))))
        .hasSize(1);
  }

  @Test
  void startsAnew_ifAFieldHasAnotherType() {
    assertThat(anewAfter(new Fields(Field.text("who")), new Fields(Field.set("who")))).hasSize(1);
  }

  @Test
  void startsAnew_ifFactsKeepMore() {
    assertThat(
            anewAfter(
                new Fields("sign-in", builder -> builder, Field.text("who")),
                new Fields("sign-in", FactKind.Builder::minutes, Field.text("who"))))
        .hasSize(1);
  }

  @Test
  void startsAnew_ifAKindHasAnotherName() {
    assertThat(anewAfter(new Fields(), new Fields("call", builder -> builder.byNetwork())))
        .hasSize(1);
  }

  @Test
  void keepsItsState_whileNothingChanges() {
    seen(new Fields(Field.text("who")), "a", "2026-11-19T10:00:00Z");
    Engine second = seen(new Fields(Field.text("who")), "b", "2026-11-19T11:00:00Z");
    assertThat(second.startedAnew()).isEmpty();
    assertThat(given).hasSize(1);
  }

  @Test
  void findsItsFormerState_ifTheFormerLayoutIsBack() {
    anewAfter(new Fields(Field.text("who")), new Fields(Field.number("who")));
    Engine third = seen(new Fields(Field.text("who")), "c", "2026-11-19T12:00:00Z");
    assertThat(third.startedAnew()).isEmpty();
    assertThat(given).hasSize(1);
    assertThat(seen(new Fields(Field.number("who")), "d", "2026-11-19T13:00:00Z").startedAnew())
        .as("told when the layout was new, and not again")
        .isEmpty();
    assertThat(given).hasSize(2);
  }
}
