package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A commute is known from three closed days on, for thirty days. */
final class CommuteEdgeTest {
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final String LONDON = "198.19.2.70";
  private static final String TOKYO = "198.19.0.60";

  @Test
  void isQuiet_whileThreeDaysAreInTheLastThirty() {
    for (int day : new int[] {7, 29, 30}) {
      assertThat(said(day)).as("day %d", day).isEmpty();
    }
  }

  @Test
  void fires_whileTheThirdDayIsNotClosed() {
    assertThat(said(6)).hasSize(1);
  }

  @Test
  void fires_whenTheFirstDayIsTooOld() {
    assertThat(said(31)).hasSize(1);
  }

  /** The product's verdicts on a journey, which must be the oracle's, in two orders. */
  private List<Verdict> said(int journeyDay) {
    RuleNumbers settings = RuleNumbers.defaults();
    List<Activity> events = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      events.add(0, signIn(i * DAY + 12 * HOUR, i % 2 == 0 ? LONDON : TOKYO));
    }
    events.add(signIn(journeyDay * DAY + 14 * HOUR, LONDON));
    events.add(signIn(journeyDay * DAY + 14 * HOUR + HOUR / 2, TOKYO));
    Product product = new Product(World.ENRICHMENT, settings);
    List<Verdict> specified = new Oracle(World.ENRICHMENT, settings).verdicts(events);
    List<Activity> backwards = new ArrayList<>(events);
    Collections.reverse(backwards);
    assertThat(product.verdicts(events)).isEqualTo(specified);
    assertThat(product.verdicts(backwards)).isEqualTo(specified);
    return specified;
  }

  private static Activity signIn(long sinceStart, String address) {
    long at = World.FIRST_DAY * DAY + sinceStart;
    Activity signIn = new Activity();
    signIn.setKind(ActivityKind.SIGN_IN);
    signIn.setCategory("SignInLogs");
    signIn.setEventId("at " + sinceStart);
    signIn.setEventAt(at);
    signIn.setArrivalAt(at);
    signIn.setPrincipal(new Principal("user", null, "user"));
    signIn.setAddress(address);
    signIn.setStatus(0);
    Where where = new Where();
    where.setSource("test");
    signIn.setWhere(where);
    return signIn;
  }
}
