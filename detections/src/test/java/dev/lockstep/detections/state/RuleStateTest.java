package dev.lockstep.detections.state;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Map;
import org.example.rules.NewCountry;
import org.junit.jupiter.api.Test;

/** What a rule's state keeps and works out once. */
final class RuleStateTest {
  private static final Rule RULE = new NewCountry();

  private final RuleState state =
      new RuleState(new ActiveRule(0, RULE, Settings.defaults(RULE.info())));
  private int worked;

  private int digest(int day) {
    return state
        .learned(day)
        .digest(
            Integer.class,
            learned -> {
              worked++;
              return learned.days().size();
            });
  }

  @Test
  void digestsLessonsOnce_untilADayThatIsReadTeachesSomethingElse() {
    state.teach(10, Map.of("DE", 0));
    assertThat(digest(12)).isEqualTo(1);
    assertThat(digest(12)).isEqualTo(1);
    assertThat(worked).isEqualTo(1);
    state.teach(11, Map.of("FR", 0));
    assertThat(digest(12)).as("not closed for that day").isEqualTo(1);
    assertThat(worked).isEqualTo(1);
    state.teach(9, Map.of("FR", 0));
    assertThat(digest(12)).isEqualTo(2);
    assertThat(digest(13)).isEqualTo(3);
    assertThat(worked).isEqualTo(3);
  }

  @Test
  void keepsTheLessons_thatADayReadsWhoseFactsAreKept() {
    int kept = RULE.info().daysKept() + 30;
    state.teach(100 - kept, Map.of("DE", 0));
    state.teach(99 - kept, Map.of("DE", 0));
    state.prune(100);
    assertThat(state.lessons()).containsOnlyKeys(100 - kept);
  }

  @Test
  void dropsVerdictsThatHaveGone_fromAFactThatStaysAsItIs() {
    FactKind kind = FactKind.named("any").minutes().declare();
    RuleInfo info = RuleInfo.of("any", 1, "Any").keeps(kind).reasons("any").done();
    KeptFact stays = fact(kind, 10);
    KeptFact moves = fact(kind, 11);
    DayFinding finding =
        new DayFinding(
            new RuleDay(0, new ActiveRule(0, RULE, Settings.defaults(info), info)), List.of(), 1);
    for (int i = 0; i < 10_000; i++) {
      Fired fired = new Fired("any", Severity.Low, List::of, moves).dependingOn(stays);
      assertThat(fired.involves(stays)).isTrue();
      finding.add(fired, info);
      List.copyOf(moves.fired()).forEach(entry -> finding.remove(entry, info));
      moves.fired().clear();
    }
    assertThat(stays.fired().size()).isLessThan(100);
  }

  private static KeptFact fact(FactKind kind, int hour) {
    var reference =
        new Event(
                signIn("ann", "2026-11-19T%d:00:00Z".formatted(hour)).build(),
                Enrichment.none(),
                Event.Claims.ABSENT,
                false,
                false)
            .reference();
    return new KeptFact(0, kind, 0, new Object[0], 0, null, null, reference, reference);
  }
}
