package dev.lockstep.detections.finding;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings about an address are raised by alerts on that address, whatever their facts keep. */
final class ConfirmedSubjectTest {
  private static final Instant NOON = Instant.parse("2026-11-17T12:00:00Z");
  private static final String RULE = "password-spray";

  private static LocalRun sprayed(String address) {
    LocalRun run = new LocalRun();
    for (int i = 0; i < 10; i++) {
      ActivityBuilder failed = signIn("u" + i, NOON.plusSeconds(60L * i).toString());
      run.see(failed.from(address).status(50_126));
    }
    return run;
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-16T13:00:00Z", "2026-11-17T14:00:00Z", "2026-11-18T12:00:00Z"})
  void areRaised_byAnAlertWithinADay(String time) {
    LocalRun run = sprayed("10.2.0.1");
    run.see(alert("a", time).namesAddresses("10.2.0.1").severity(Severity.High));
    assertThat(run.watermark("2026-11-18T14:00:00Z").active(RULE))
        .extracting(Detection::getSeverity, each -> each.getDefenderAlerts().size())
        .containsExactly(tuple(Severity.High, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-16T11:59:00Z", "2026-11-18T12:10:00Z"})
  void areNotRaised_byAnAlertFurtherAway(String time) {
    LocalRun run = sprayed("10.2.0.1");
    run.see(alert("a", time).namesAddresses("10.2.0.1").severity(Severity.High));
    assertThat(run.watermark("2026-11-18T14:00:00Z").active(RULE))
        .extracting(Detection::getSeverity)
        .containsExactly(Severity.Medium);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.2.0.2", "10.3.0.1"})
  void areNotRaised_byAnAlertOnAnotherAddress(String other) {
    LocalRun run = sprayed("10.2.0.1");
    run.see(alert("a", "2026-11-17T13:00:00Z").namesAddresses(other).severity(Severity.High));
    assertThat(run.watermark("2026-11-18T14:00:00Z").active(RULE))
        .extracting(Detection::getSeverity)
        .containsExactly(Severity.Medium);
  }
}
