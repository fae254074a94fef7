package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Detection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Judging by what changed gives whole findings that are those of judging whole. */
final class ByChangeTest {
  private static final long SEED = 20_261_202L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = Integer.getInteger("oracle.histories", 700);

  @Test
  void givesTheFindingsOfJudgingWhole() {
    System.out.printf("%d histories judged by change and whole, seed %d%n", HISTORIES, SEED);
    int findings = 0;
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      History history =
          HistoryMaker.make(List.of(Theme.TRAVEL, Theme.TOKEN, Theme.COMMUTE, Theme.TOKEN), seed);
      Entered entered = EngineTest.entered(history, new SplittableRandom(~seed));
      List<Detection> byChange =
          new Engined(World.ENRICHMENT, history.settings())
              .findings(entered.events(), new SplittableRandom(seed));
      List<Detection> whole =
          new Engined(World.ENRICHMENT, history.settings(), Whole::new)
              .findings(entered.events(), new SplittableRandom(seed));
      assertThat(unnamed(byChange)).as(entered::toString).isEqualTo(unnamed(whole));
      findings += whole.size();
    }
    assertThat(findings).isGreaterThan(HISTORIES / 2);
  }

  /**
   * Returns findings without the name of whose they are: a label, which may be that of another
   * event of the day, and for which nothing is given out again.
   */
  private static List<Detection> unnamed(List<Detection> findings) {
    for (Detection finding : findings) {
      finding.setTitle("");
      finding.setDescription("");
      finding.setEntities(List.of());
      if (finding.getPrincipal() != null) {
        finding.getPrincipal().setName(null);
      }
    }
    return findings;
  }

  /** Rule that judges whole what another judges by change. */
  private record Whole(Rule rule, RuleInfo info) implements Rule {
    Whole(Rule rule) {
      this(rule, whole(rule.info()));
    }

    private static RuleInfo whole(RuleInfo info) {
      RuleInfo.Builder whole =
          RuleInfo.of(info.id(), info.version(), info.title())
              .about(info.subjects().toArray(Subject.Kind[]::new))
              .keeps(info.kinds().toArray(FactKind[]::new))
              .reasons(info.reasons().toArray(String[]::new))
              .tactics(info.tactics().toArray(String[]::new))
              .techniques(info.techniques().toArray(String[]::new))
              .settings(info.settings().toArray(Setting[]::new))
              .reach(info.daysBack(), info.daysAhead())
              .learnsFrom(info.daysLearned(Settings.defaults(info)))
              .grace(info.grace())
              .keptFor(info.daysKept());
      RuleInfo.Collapse collapse = info.collapse();
      return collapse == null ? whole.done() : whole.collapses(collapse).done();
    }

    @Override
    public void observe(Event event, Facts facts) {
      rule.observe(event, facts);
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      rule.judge(day, verdicts);
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      rule.learn(day, lessons);
    }

    @Override
    public Words tell(Finding finding) {
      return rule.tell(finding);
    }

    @Override
    public Map<String, String> mattered(Fired fired, int fact) {
      return rule.mattered(fired, fact);
    }

    @Override
    public List<EventReference> evidence(Fired fired, int fact) {
      return rule.evidence(fired, fact);
    }
  }
}
