package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Detection;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Judging by what changed gives whole findings that are those of judging whole. */
final class ByChangeTest {
  private static final long SEED = 20_261_202L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = 200;

  @Test
  void givesTheFindingsOfJudgingWhole() {
    compare(SEED, HISTORIES);
  }

  @Test
  @Tag("long")
  void givesTheFindingsOfJudgingWhole_inTenThousandHistories() {
    compare(SEED + HISTORIES, 10_000);
  }

  private static void compare(long first, int histories) {
    System.out.printf("%d histories judged by change and whole, seed %d%n", histories, first);
    int findings = 0;
    for (long seed = first; seed < first + histories; seed++) {
      History history = HistoryMaker.make(List.of(Theme.values()), seed);
      Entered entered = Entering.inSomeOrder(history, new SplittableRandom(~seed));
      Collection<Detection> byChange =
          new Product(World.ENRICHMENT, history.settings()).findings(entered.delivered()).values();
      Collection<Detection> whole =
          new Product(World.ENRICHMENT, history.settings(), RuleCheck::judgingWhole)
              .findings(entered.delivered())
              .values();
      assertThat(unnamed(byChange)).as(entered::toString).isEqualTo(unnamed(whole));
      findings += whole.size();
    }
    assertThat(findings).isGreaterThan(histories / 2);
  }

  /**
   * Returns findings without the name of whose they are: a label, which may be that of another
   * event of the day, and for which nothing is given out again. How often one was given out is no
   * part of it.
   */
  private static List<Detection> unnamed(Collection<Detection> findings) {
    for (Detection finding : findings) {
      finding.setRevision(0);
      finding.setTitle("");
      finding.setDescription("");
      finding.setEntities(List.of());
      if (finding.getPrincipal() != null) {
        finding.getPrincipal().setName(null);
      }
    }
    return List.copyOf(findings);
  }
}
