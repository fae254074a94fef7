package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.sink.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Row of the Sentinel table for one detection, as a JSON object that is cut to the limits of
 * columns and rows. The columns are in PascalCase and in the schema's order, {@code TimeGenerated}
 * first; empty columns are left out. A new column is a new field of {@code detection.avsc}.
 *
 * <p>No column takes more than {@link #MAX_COLUMN_BYTES} and no row more than {@link #MAX_BYTES} of
 * UTF-8 JSON. Longer strings are cut and marked. Lists lose elements from the end. If a row is too
 * long, evidence loses elements first. The column {@code Trimmed} tells how many elements each
 * column lost. {@link RowTrimmer} does this.
 *
 * <p>If the rows of a data lake have all events, this row has only the first {@value
 * #EVENTS_BESIDE_LAKE} as evidence: the two sides of a finding, with the addresses and networks
 * that Sentinel's analytics rules read.
 */
public final class DetectionRow implements Row {
  /** Largest size of a row, in bytes of UTF-8 JSON. */
  public static final int MAX_BYTES = IngestionClient.MAX_BODY_BYTES - 2; // brackets

  /**
   * Largest size of a column's value, in bytes of UTF-8 JSON. The service would cut longer values,
   * and break dynamic ones.
   */
  public static final int MAX_COLUMN_BYTES = IngestionClient.MAX_COLUMN_BYTES;

  /**
   * Largest number of evidence events in one table row if a second table, in the data lake, holds
   * the evidence. The second table has all events that fit.
   */
  public static final int EVENTS_BESIDE_LAKE = 2;

  static final byte[] BEFORE_TIME = "{\"TimeGenerated\":\"".getBytes(StandardCharsets.US_ASCII);
  static final int TIME_BYTES = "1970-01-01T00:00:00.000Z".length();

  private final Detection detection;
  private final int mostEvents;
  private final byte[] afterTime;

  private DetectionRow(Detection detection, int mostEvents, byte[] afterTime) {
    this.detection = detection;
    this.mostEvents = mostEvents;
    this.afterTime = afterTime;
  }

  /** Returns the row of a detection, with all events of its evidence that fit. */
  public static DetectionRow of(Detection detection) {
    return of(detection, Integer.MAX_VALUE);
  }

  /**
   * Returns the row of a detection with at most the first {@value #EVENTS_BESIDE_LAKE} events of
   * its evidence. A table in the data lake has all events that fit.
   */
  public static DetectionRow besideLake(Detection detection) {
    return of(detection, EVENTS_BESIDE_LAKE);
  }

  private static DetectionRow of(Detection detection, int mostEvents) {
    return of(detection, mostEvents, MAX_BYTES)
        .orElseThrow(
            () ->
                new AssertionError(
                    "could not build the row of a detection: with its columns cut as far as"
                        + " possible, it still exceeds "
                        + MAX_BYTES
                        + " bytes; report this bug"));
  }

  @Override
  public Detection detection() {
    return detection;
  }

  @Override
  public int bytes() {
    return BEFORE_TIME.length + TIME_BYTES + afterTime.length;
  }

  /**
   * Returns this row trimmed to at most half its size, or by at least one byte if it does not fit
   * into half. The result is empty if the row cannot be trimmed any further.
   */
  @Override
  public Optional<Row> smaller() {
    return trimmedTo(bytes() / 2).or(() -> trimmedTo(bytes() - 1)).map(row -> row);
  }

  Optional<DetectionRow> trimmedTo(int maxBytes) {
    return of(detection, mostEvents, maxBytes);
  }

  @Override
  public void writeTo(OutputStream out, Instant sentAt) throws IOException {
    byte[] time = AvroJson.instant(sentAt.toEpochMilli()).getBytes(StandardCharsets.US_ASCII);
    if (time.length != TIME_BYTES) {
      throw new IllegalArgumentException(
          "could not write the time of a row: the clock says "
              + sentAt
              + "; set the machine's clock");
    }
    out.write(BEFORE_TIME);
    out.write(time);
    out.write(afterTime);
  }

  private static Optional<DetectionRow> of(Detection detection, int mostEvents, int maxBytes) {
    int room = maxBytes - BEFORE_TIME.length - TIME_BYTES;
    return RowTrimmer.fitting(detection, mostEvents, room)
        .map(fits -> new DetectionRow(detection, mostEvents, fits));
  }
}
