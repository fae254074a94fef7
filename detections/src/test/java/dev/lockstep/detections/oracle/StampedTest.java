package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * A single record with an absurd time that ingest let through changes no other verdict: no state
 * moves by an event's time.
 */
final class StampedTest {
  private static final String SEED = "20261129";
  private static final long IN_2099 = Instant.parse("2099-01-01T00:00:00Z").toEpochMilli();

  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE, tries = 25)
  void changesNoOtherVerdict_whereOneRecordIsOf2099(@ForAll("histories") Entered entered) {
    check(entered, IN_2099, "2099", true);
  }

  /** But for a partner's call, as there is no day before which a partner is not learned. */
  @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE, tries = 25)
  void changesNoOtherVerdict_whereOneRecordIsOf1970(@ForAll("histories") Entered entered) {
    check(entered, 0, "1970", false);
  }

  @Provide
  Arbitrary<Entered> histories() {
    return Entering.of(Theme.values());
  }

  private static void check(Entered entered, long at, String year, boolean ofPartners) {
    Product product = new Product(World.ENRICHMENT, entered.history().settings());
    List<Verdict> without = product.verdicts(entered.delivered());
    SplittableRandom random = new SplittableRandom(entered.history().seed());
    List<Activity> events = new ArrayList<>(entered.events());
    Activity stamped = stamped(events, ofPartners, random);
    stamped.setEventAt(at);
    int position = random.nextInt(events.size() + 1);
    if (position > 0) {
      stamped.setArrivalAt(events.get(position - 1).getArrivalAt());
      stamped.setWhere(events.get(position - 1).getWhere());
    }
    events.add(position, stamped);
    List<Verdict> with = new ArrayList<>(product.verdicts(entered.with(events).delivered()));
    with.removeIf(
        each -> each.subject().contains(year) || each.subject().endsWith(" | stamped-alert"));
    assertThat(with).as(stamped::toString).isEqualTo(without);
  }

  /** One more of what there is, under an id of its own, or an alert about it. */
  private static Activity stamped(
      List<Activity> events, boolean ofPartners, SplittableRandom random) {
    List<Activity> alike = new ArrayList<>(events);
    alike.removeIf(
        event ->
            event.getKind() != ActivityKind.SIGN_IN
                && !(ofPartners && event.getKind() == ActivityKind.API_CALL));
    if (alike.isEmpty() || random.nextInt(4) == 0) {
      Activity alert = Told.alert("stamped-alert", Severity.High, 0, "198.19.2.70");
      alert.getAlert().setAccounts(List.of("user-0"));
      return alert;
    }
    Activity stamped = Copies.of(alike.get(random.nextInt(alike.size())));
    stamped.setEventId("stamped");
    return stamped;
  }
}
