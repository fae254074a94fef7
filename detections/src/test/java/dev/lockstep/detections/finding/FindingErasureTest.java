package dev.lockstep.detections.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Erasure of one of two people whom the same alert names. */
final class FindingErasureTest {
  private static final long AT = 1_700_000_000_000L;
  private static final SingleObject<Detection> DETECTIONS =
      new SingleObject<>(Detection.getClassSchema());

  private final KeyedStore<FindingState> store = new MemoryStore<>();
  private final Findings findings = FindingsWithoutOutput.over(store);
  private final Map<String, @Nullable Detection> changed = new LinkedHashMap<>();

  @BeforeEach
  void confirmAlicesFinding() {
    Contribution contribution = Contributions.of("impossible-travel", "f", Severity.Medium);
    contribution.getDetection().setPrincipal(new Principal("alice", null, "user"));
    contribution.getDetection().setStartTime(AT);
    contribution.getDetection().setEndTime(AT);
    findings.take(contribution, 0);
    Alert alert =
        Alert.newBuilder()
            .setId("al-1")
            .setAccounts(List.of("alice", "bob"))
            .setLink("https://security.example/user?aad=bob")
            .build();
    Cited record = new Cited("AlertEvidence", "al-1/user/bob", AT, AT, new Where());
    findings.take(
        new Confirmation(
            "f", new CollectedAlert(alert, List.of(AT), List.of(record)), true, null, true),
        0);
  }

  private FindingState state() {
    return Objects.requireNonNull(store.get("f"));
  }

  private void erase(String principal) {
    Erasure erasure = new Erasure("r", principal, List.of(), "erased-1", "", null, List.of());
    findings.erase("f", new ErasedPrincipal(erasure), changed::put);
  }

  @Test
  void keepsAnotherPersonsFinding_whoseAlertNamesTheErasedPrincipal() {
    byte[] before = DETECTIONS.encode(state().getSaid());
    assertThat(state().getSaid().getRevision()).isPositive();
    erase("bob");
    assertThat(changed).isEmpty();
    assertThat(DETECTIONS.encode(state().getSaid())).isEqualTo(before);
    assertThat(state().getConfirmations())
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.getAlert().getAlert().getAccounts())
                    .containsExactlyInAnyOrder("alice", "erased-1"));
  }

  @Test
  void leavesNoId_inTheLinkAndTheRecordsOfTheAlert() {
    erase("bob");
    assertThat(state().getConfirmations())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.getAlert().getAlert().getLink()).endsWith("aad=erased-1");
              assertThat(one.getAlert().getCited())
                  .extracting(Cited::getEventId)
                  .containsExactly("al-1/user/erased-1");
            });
  }

  @Test
  void deletesTheErasedPrincipalsOwnFinding() {
    erase("alice");
    assertThat(changed).containsOnlyKeys("f").containsValue(null);
    assertThat(state().getSaid().getPrincipal()).isNull();
  }
}
