package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.logs.DetectionRow;
import dev.lockstep.sentinel.logs.IngestionClient;
import dev.lockstep.sentinel.sink.FileSink;
import dev.lockstep.sentinel.sink.Findings;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.RowFormat;
import dev.lockstep.sentinel.sink.Sink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final TopicPartition PARTITION = new TopicPartition("lockstep.detections", 0);

  @Test
  void fillsARequestToTheLastByte_andNotOneMore() throws IOException {
    // 20 rows of one size and 19 commas and 2 brackets: 1,000,000 is 20 * 49,998 + 40 - 19.
    for (int extra = 0; extra < 2; extra++) {
      Batch batch = new Batch(new Sink.Limits(IngestionClient.MAX_BODY_BYTES, 5_000));
      int size = (IngestionClient.MAX_BODY_BYTES - 2 - 19) / 20;
      int spare = IngestionClient.MAX_BODY_BYTES - 2 - 19 - 20 * size;
      for (int i = 0; i < 20; i++) {
        int bytes = i == 0 ? size + spare + extra : size;
        batch.add(new Batch.Line(rowOf(bytes, "d" + i), PARTITION, i));
      }
      List<List<Batch.Line>> requests = batch.drain(line -> true);
      assertThat(requests).hasSize(1 + extra);
      if (extra == 0) {
        List<Row> rows = requests.get(0).stream().map(Batch.Line::row).toList();
        byte[] body = IngestionClient.body(rows, Instant.EPOCH);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
            .hasSize(IngestionClient.MAX_BODY_BYTES);
      }
    }
  }

  @Test
  void holdsNoMoreRowsThanTheSinkTakes() {
    Batch batch = new Batch(new Sink.Limits(IngestionClient.MAX_BODY_BYTES, 3));
    for (int i = 0; i < 7; i++) {
      assertThat(batch.isFull()).isEqualTo(i >= 3);
      batch.add(new Batch.Line(DetectionRow.of(Findings.small("d" + i, 1)), PARTITION, i));
    }
    assertThat(batch.drain(line -> true)).extracting(List::size).containsExactly(3, 3, 1);
  }

  @Test
  void sendsARowAlone_thatFillsARequest() {
    DetectionRow large = rowOf(5_000, "large");
    Batch batch = new Batch(new Sink.Limits(large.bytes() + 2, 5_000));
    batch.add(new Batch.Line(rowOf(1_000, "before"), PARTITION, 0));
    batch.add(new Batch.Line(large, PARTITION, 1));
    batch.add(new Batch.Line(rowOf(1_000, "behind"), PARTITION, 2));
    assertThat(batch.drain(line -> true))
        .extracting(lines -> lines.stream().map(Batch.Line::detectionId).toList())
        .containsExactly(List.of("before"), List.of("large"), List.of("behind"));
  }

  @Test
  void createsAFinding_whoseFirstRevisionIsSupersededBeforeItIsSent() {
    FileSink ocsf = new FileSink("file", RowFormat.OCSF, Path.of("unused"), 1, false);
    Batch batch = new Batch(ocsf.limits());
    batch.add(new Batch.Line(ocsf.row(Findings.small("a", 1)), PARTITION, 0));
    batch.add(new Batch.Line(ocsf.row(Findings.small("a", 2)), PARTITION, 1));
    batch.add(new Batch.Line(ocsf.row(Findings.small("a", 3)), PARTITION, 2));
    batch.add(new Batch.Line(ocsf.row(Findings.small("b", 2)), PARTITION, 3));
    batch.add(new Batch.Line(ocsf.row(Findings.small("b", 3)), PARTITION, 4));
    List<Batch.Line> lines = batch.drain(line -> true).get(0);
    assertThat(lines).extracting(Batch.Line::offset).containsExactly(2L, 4L);
    assertThat(lines)
        .extracting(line -> new String(line.row().sent(Instant.EPOCH), StandardCharsets.UTF_8))
        .satisfiesExactly(
            first -> assertThat(first).contains("\"type_uid\":200401", "\"uid\":\"a/3\""),
            second -> assertThat(second).contains("\"type_uid\":200402", "\"uid\":\"b/3\""));
  }

  private static DetectionRow rowOf(int bytes, String id) {
    Detection detection = Findings.small(id, 1);
    detection.setDescription("");
    int rest = bytes - DetectionRow.of(detection).bytes();
    detection.setDescription("x".repeat(rest));
    DetectionRow row = DetectionRow.of(detection);
    assertThat(row.bytes()).isEqualTo(bytes);
    return row;
  }
}
