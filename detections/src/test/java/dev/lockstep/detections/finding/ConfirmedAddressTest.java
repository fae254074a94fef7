package dev.lockstep.detections.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A finding that an alert at an address has confirmed, while the finding's addresses change. */
final class ConfirmedAddressTest {
  private static final long AT = 1_700_000_000_000L;
  private static final FindingAddress ALERTED = new FindingAddress("198.51.100.7", "hosting");
  private static final FindingAddress OTHER = new FindingAddress("203.0.113.9", "hosting");

  private static final SingleObject<Alert> ALERTS = new SingleObject<>(Alert.getClassSchema());

  private final KeyedStore<FindingState> store = new MemoryStore<>();
  private final Findings findings = FindingsWithoutOutput.over(store);
  private long now;

  private Severity severityAt(FindingAddress... addresses) {
    Contribution contribution = Contributions.of("impossible-travel", "f", Severity.Medium);
    contribution.getDetection().setStartTime(AT);
    contribution.getDetection().setEndTime(AT);
    contribution.setAddresses(List.of(addresses));
    findings.take(contribution, now);
    return severity();
  }

  private Severity severity() {
    now += 60_000;
    findings.tick(now);
    return Objects.requireNonNull(store.get("f")).getSaid().getSeverity();
  }

  private void confirm() {
    Alert alert = new Alert();
    alert.setId("al-1");
    alert.setSeverity(Severity.Medium);
    alert.setOwn(false);
    alert.setAccounts(List.of());
    alert.setNames(List.of());
    alert.setAddresses(List.of());
    CollectedAlert collected =
        new CollectedAlert(ALERTS.decode(ALERTS.encode(alert)), List.of(AT), List.of());
    findings.take(new Confirmation("f", collected, false, ALERTED.getAddress(), true), now);
  }

  @Test
  void isRaisedOnlyWhileAnEventOfItIsAtTheAddress() {
    assertThat(severityAt(ALERTED, OTHER)).isEqualTo(Severity.Medium);
    confirm();
    assertThat(severity()).isEqualTo(Severity.High);
    assertThat(severityAt(OTHER)).isEqualTo(Severity.Medium);
    assertThat(severityAt(ALERTED)).isEqualTo(Severity.High);
  }

  @Test
  void isNotRaised_onceTheAddressIsOneOfOurOwn() {
    assertThat(severityAt(ALERTED)).isEqualTo(Severity.Medium);
    confirm();
    assertThat(severity()).isEqualTo(Severity.High);
    FindingAddress own = new FindingAddress(ALERTED.getAddress(), "corporate");
    assertThat(severityAt(own, OTHER)).isEqualTo(Severity.Medium);
    assertThat(severityAt(own, ALERTED)).as("one event elsewhere").isEqualTo(Severity.High);
  }
}
