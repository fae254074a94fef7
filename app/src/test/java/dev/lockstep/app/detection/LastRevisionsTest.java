package dev.lockstep.app.detection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import org.junit.jupiter.api.Test;

class LastRevisionsTest {
  private static final long HOUR = 3_600_000L;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final LastRevisions kept =
      new LastRevisions(3, each -> each.getSeverity() == Severity.High);

  private Detection finding(String id, Severity severity, long startAt) {
    return ReportFindings.finding(id, "impossible-travel", severity, startAt);
  }

  private boolean take(Detection finding) {
    return take(finding, 0);
  }

  private boolean take(Detection finding, long at) {
    return kept.take(finding.getId().getBytes(UTF_8), codec.encode(finding), at) != null;
  }

  private boolean take(String id, Severity severity, long startAt) {
    return take(finding(id, severity, startAt));
  }

  private void assertKept(String... ids) {
    assertThat(kept.sorted()).extracting(Detection::getId).containsExactly(ids);
  }

  @Test
  void sortsByEnd_andKeepsTheLastRevisionThatIsWanted() {
    assertThat(take("late", Severity.High, 2 * HOUR)).isTrue();
    assertThat(take("early", Severity.High, HOUR)).isTrue();
    assertThat(take("low", Severity.Low, 0)).isFalse();
    assertKept("early", "late");
    assertThat(take("late", Severity.Medium, 2 * HOUR)).isFalse();
    assertKept("early");
  }

  @Test
  void leavesOutWhatIsWithdrawnOrErased_butReturnsTheWithdrawal() {
    take("withdrawn", Severity.High, 0);
    take("erased", Severity.High, 0);
    take("found", Severity.High, 0);
    Detection withdrawal = finding("withdrawn", Severity.High, 0);
    withdrawal.setReason("withdrawn");
    assertThat(take(withdrawal)).isTrue();
    assertThat(kept.take("erased".getBytes(UTF_8), null, 0)).isNull();
    assertKept("found");
  }

  @Test
  void keepsThoseThatChangedLast() {
    for (String id : new String[] {"a", "b", "c"}) {
      take(id, Severity.High, 0);
    }
    assertThat(kept.isCut()).isFalse();
    take("a", Severity.High, HOUR);
    take("d", Severity.High, 0);
    assertKept("c", "d", "a");
    assertThat(kept.isCut()).isTrue();
  }

  @Test
  void keepsThoseThatChangedLast_inWhicheverOrderPartitionsAreRead() {
    for (int at : new int[] {2, 4, 6, 1, 3, 5}) {
      take(finding("at" + at, Severity.High, 0), at);
    }
    assertKept("at4", "at5", "at6");
    take(finding("at5", Severity.High, 0), 7);
    take(finding("at8", Severity.High, 0), 8);
    assertKept("at5", "at6", "at8");
  }

  @Test
  void keepsOlderOnes_inPlaceOfThoseThatAreWithdrawnLater() {
    for (String id : new String[] {"a", "b", "c", "d"}) {
      take(id, Severity.High, 0);
    }
    assertKept("b", "c", "d");
    Detection withdrawal = finding("d", Severity.High, 0);
    withdrawal.setReason("withdrawn");
    take(withdrawal);
    assertKept("a", "b", "c");
    assertThat(kept.isCut()).isFalse();
  }

  @Test
  void countsWhatIsNoDetection() {
    assertThat(kept.take(null, "text".getBytes(UTF_8), 0)).isNull();
    assertThat(kept.take(null, null, 0)).isNull();
    assertThat(kept.foreign()).isEqualTo(1);
  }
}
