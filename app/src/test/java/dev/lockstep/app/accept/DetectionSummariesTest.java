package dev.lockstep.app.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetectionSummariesTest {
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final Map<String, DetectionSummary> byId = new LinkedHashMap<>();

  private void read(byte @Nullable [] key, byte @Nullable [] value) {
    DetectionSummaries.add(
        new ConsumerRecord<>("detections", 0, 0, key, value), codec, byId, any -> false);
  }

  private void write(String id) {
    Detection finding = ReportFindings.finding(id, "impossible-travel", Severity.Medium, 0);
    read(id.getBytes(UTF_8), codec.encode(finding));
  }

  @Test
  void leavesOutAFinding_thatATombstoneErased() {
    write("first");
    write("second");
    read("first".getBytes(UTF_8), null);
    assertThat(byId).containsOnlyKeys("second");
    write("first");
    assertThat(byId).containsOnlyKeys("second", "first");
  }

  @Test
  void passesOver_aRecordWithoutKeyAndValue() {
    write("first");
    read(null, null);
    assertThat(byId).containsOnlyKeys("first");
  }

  @Test
  void passesOverAValueOfAnotherForm_withWhatIsInIt() {
    DetectionSummary summary =
        DetectionSummary.parse(
            """
            {"ip":{"id":"other","rule":"other"},"id":"a","title":["x",{"rule":"other"}],
             "principal":"nobody","evidence":{"rule":"other"},"partner":[{"id":"other"}],
             "rule":"token-replay","endTime":"2026-11-19T11:00:00Z"}
            """,
            any -> false);
    assertThat(summary).isNotNull();
    assertThat(summary.id()).isEqualTo("a");
    assertThat(summary.rule()).isEqualTo("token-replay");
    assertThat(summary.title()).isEmpty();
    assertThat(summary.principal()).isNull();
    assertThat(summary.partner()).isNull();
    assertThat(summary.sides()).isEmpty();
  }

  @Test
  void readsTheEventsThatAreObjects() {
    DetectionSummary summary =
        DetectionSummary.parse(
            """
            {"id":"a","rule":"token-replay","principal":{"id":{"id":"x"},"name":"n"},
             "partner":{"name":null,"id":"fabrikam"},
             "evidence":["x",["y"],{"ip":"192.0.2.10","network":{"asn":64500,"more":{"asn":1}}}],
             "endTime":"2026-11-19T11:00:00Z"}
            """,
            any -> false);
    assertThat(summary).isNotNull();
    assertThat(summary.principal()).isNull();
    assertThat(summary.partner()).isEqualTo("fabrikam");
    assertThat(summary.sides()).hasSize(1);
    assertThat(summary.sides().get(0).ip()).isEqualTo("192.0.2.10");
    assertThat(summary.sides().get(0).asn()).isEqualTo(64_500);
  }
}
