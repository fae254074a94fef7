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
    DetectionSummaries.note(new ConsumerRecord<>("detections", 0, 0, key, value), codec, byId);
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
}
