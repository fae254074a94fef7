package dev.lockstep.detections.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Confirmations that come together with the first contribution to a finding. */
final class EndedConfirmationTest {
  private static final long AT = 1_700_000_000_000L;

  private final KeyedStore<FindingState> store = new MemoryStore<>();
  private final Findings findings = FindingsWithoutOutput.over(store);

  private static Confirmation confirmation(boolean stands) {
    Alert alert =
        Alert.newBuilder()
            .setId("al-1")
            .setSeverity(Severity.High)
            .setAccounts(List.of("alice"))
            .build();
    return new Confirmation(
        "f", new CollectedAlert(alert, List.of(AT), List.of()), true, null, stands);
  }

  private FindingState after(Confirmation... confirmations) {
    Contribution contribution = Contributions.of("impossible-travel", "f", Severity.Medium);
    contribution.getDetection().setPrincipal(new Principal("alice", null, "user"));
    contribution.getDetection().setStartTime(AT);
    contribution.getDetection().setEndTime(AT);
    findings.take(contribution, List.of(confirmations), 0);
    return Objects.requireNonNull(store.get("f"));
  }

  @Test
  void raise_whileTheyStand() {
    FindingState state = after(confirmation(false), confirmation(true));
    assertThat(state.getConfirmations()).hasSize(1);
    assertThat(state.getSaid().getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void raiseNothing_onceTheyHaveEnded() {
    FindingState state = after(confirmation(true), confirmation(false));
    assertThat(state.getConfirmations()).isEmpty();
    assertThat(state.getSaid().getSeverity()).isEqualTo(Severity.Medium);
  }
}
