package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.sink.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Row of the optional evidence table in Sentinel's data lake, with the evidence of one detection.
 * It has the id and revision of the detection's row in the analytics table.
 *
 * <p>Tables of the plan Auxiliary have no dynamic columns, so the evidence is a text of JSON. It
 * takes no more than {@link DetectionRow#MAX_COLUMN_BYTES}. Events are left out from the end; the
 * column {@code Trimmed} has their number. Texts are cut and marked only if otherwise no event
 * would fit.
 */
public final class EvidenceRow implements Row {
  private static final int[] STRING_BYTES = {Integer.MAX_VALUE, 8_192, 1_024, 64};
  private static final int NAME_BYTES = 512;

  private final Detection detection;
  private final int events;
  private final byte[] afterTime;

  private EvidenceRow(Detection detection, int events, byte[] afterTime) {
    this.detection = detection;
    this.events = events;
    this.afterTime = afterTime;
  }

  /**
   * Returns the row of a detection for the evidence table in Sentinel's data lake, which is
   * separate from the table of detections.
   */
  public static EvidenceRow of(Detection detection) {
    return of(detection, Integer.MAX_VALUE);
  }

  @Override
  public Detection detection() {
    return detection;
  }

  @Override
  public int bytes() {
    return DetectionRow.BEFORE_TIME.length + DetectionRow.TIME_BYTES + afterTime.length;
  }

  /** Returns a row with at most half of this row's events, or nothing if this row has no events. */
  @Override
  public Optional<Row> smaller() {
    return events == 0 ? Optional.empty() : Optional.of(of(detection, events / 2));
  }

  @Override
  public void writeTo(OutputStream out, Instant sentAt) throws IOException {
    out.write(DetectionRow.BEFORE_TIME);
    out.write(AvroJson.instant(sentAt.toEpochMilli()).getBytes(StandardCharsets.US_ASCII));
    out.write(afterTime);
  }

  private static EvidenceRow of(Detection detection, int mostEvents) {
    List<Evidence> all = detection.getEvidence();
    int most = Math.min(all.size(), mostEvents);
    byte[] column = {};
    int held = 0;
    for (int i = 0; i < STRING_BYTES.length && (i == 0 || (held == 0 && most > 0)); i++) {
      List<String> events = new ArrayList<>();
      for (Evidence event : all.subList(0, most)) {
        events.add(new String(ShortenedJson.of(event, STRING_BYTES[i]), StandardCharsets.UTF_8));
      }
      column = text(events);
      while (column.length > DetectionRow.MAX_COLUMN_BYTES && !events.isEmpty()) {
        events.remove(events.size() - 1);
        column = text(events);
      }
      held = events.size();
    }
    return new EvidenceRow(detection, held, afterTime(detection, column, all.size() - held));
  }

  private static byte[] text(List<String> events) {
    return ShortenedJson.of("[" + String.join(",", events) + "]");
  }

  private static byte[] afterTime(Detection detection, byte[] evidence, int trimmed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(evidence.length + 512);
    out.write('"');
    cell(out, "DetectionId", ShortenedJson.of(detection.getId(), NAME_BYTES));
    cell(out, "Revision", ShortenedJson.of(detection.getRevision()));
    cell(out, "Rule", ShortenedJson.of(detection.getRule(), NAME_BYTES));
    cell(out, "Severity", ShortenedJson.of(detection.getSeverity().name()));
    cell(out, "StartTime", ShortenedJson.of(AvroJson.instant(detection.getStartTime())));
    cell(out, "EndTime", ShortenedJson.of(AvroJson.instant(detection.getEndTime())));
    cell(out, "Evidence", evidence);
    if (trimmed > 0) {
      cell(out, "Trimmed", ShortenedJson.of(trimmed));
    }
    out.write('}');
    return out.toByteArray();
  }

  private static void cell(ByteArrayOutputStream out, String column, byte[] json) {
    out.writeBytes((",\"" + column + "\":").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(json);
  }
}
