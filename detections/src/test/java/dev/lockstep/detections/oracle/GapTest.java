package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A capture may hold nothing for longer than state is kept: its clock then goes on in one step. */
final class GapTest {
  private static final int DAY = 24 * 60;
  private static final String LONDON = "198.19.2.70";
  private static final String TOKYO = "198.19.0.60";

  @Test
  void raisesAFinding_beforeItIsForgotten() {
    check(
        Told.signIn("ann", LONDON, 0),
        Told.signIn("ann", TOKYO, 30),
        Told.alertOfAccount("a", Severity.High, 35, "ann"));
  }

  @Test
  void flagsAnAddress_beforeItIsForgotten() {
    check(Told.signIn("ann", LONDON, 0), Told.alert("a", Severity.High, 5, LONDON));
  }

  @Test
  void saysTheLastCount_beforeItIsForgotten() {
    check(
        Told.signIn("ann", LONDON, 0),
        Told.signIn("ann", TOKYO, 1),
        Told.signIn("ann", "198.19.0.61", 2),
        Told.signIn("ann", "198.19.0.62", 3));
  }

  private static void check(Activity... events) {
    RuleNumbers settings = RuleNumbers.defaults();
    List<Activity> entered = new ArrayList<>(List.of(events));
    entered.add(Orders.watermark(0, Told.NOON + 40L * DAY * 60_000));
    assertThat(new Product(World.ENRICHMENT, settings).verdicts(entered))
        .isEqualTo(new Oracle(World.ENRICHMENT, settings).verdicts(List.of(events)))
        .isNotEmpty();
  }
}
