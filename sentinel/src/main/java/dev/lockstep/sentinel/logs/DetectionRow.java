package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.JsonView;
import dev.lockstep.sentinel.sink.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Row of the Sentinel table for one detection, as a JSON object that is cut to the limits of
 * columns and rows. The columns are in PascalCase and in the schema's order, {@code TimeGenerated}
 * first; empty columns are left out. A new column is a new field of {@code detection.avsc}.
 *
 * <p>No column takes more than {@link #MAX_COLUMN_BYTES} and no row more than {@link #MAX_BYTES} of
 * UTF-8 JSON. Longer strings are cut and marked. Lists lose elements from the end. If a row is too
 * long, evidence loses elements first. The column {@code Trimmed} tells how many elements each
 * column lost.
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

  private static final int SMALLEST_COLUMN_BYTES = 512;
  private static final int STRINGS_PER_COLUMN = 8;
  private static final int SMALLEST_STRING_BYTES = 64;
  static final byte[] BEFORE_TIME = "{\"TimeGenerated\":\"".getBytes(StandardCharsets.US_ASCII);
  static final int TIME_BYTES = "1970-01-01T00:00:00.000Z".length();
  private static final String TRIMMED = "Trimmed";

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
    byte[] time = JsonView.instant(sentAt.toEpochMilli()).getBytes(StandardCharsets.US_ASCII);
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
    for (int columnBytes = MAX_COLUMN_BYTES;
        columnBytes >= SMALLEST_COLUMN_BYTES;
        columnBytes /= 2) {
      Optional<byte[]> fits = encode(detection, mostEvents, columnBytes, room);
      if (fits.isPresent()) {
        return Optional.of(new DetectionRow(detection, mostEvents, fits.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> encode(
      Detection detection, int mostEvents, int columnBytes, int room) {
    List<Column> columns = new ArrayList<>();
    Column evidence = null;
    for (Schema.Field field : detection.getSchema().getFields()) {
      Column column = Column.of(field, detection.get(field.pos()), columnBytes);
      if (column != null) {
        columns.add(column);
        if ("evidence".equals(field.name())) {
          evidence = column;
        }
      }
    }
    if (evidence != null) {
      while (evidence.parts.size() > mostEvents && evidence.dropLast()) {}
    }
    int most = columns.stream().mapToInt(Column::mostBytes).sum();
    if (evidence != null) {
      most -= evidence.mostBytes();
      while (most + evidence.mostBytes() > room && evidence.dropLast()) {}
    }
    byte[] row = join(columns);
    return row.length <= room ? Optional.of(row) : Optional.empty();
  }

  private static byte[] join(List<Column> columns) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    out.write('"');
    Map<String, Integer> dropped = new LinkedHashMap<>();
    for (Column column : columns) {
      column.writeTo(out);
      if (column.dropped > 0) {
        dropped.put(column.name, column.dropped);
      }
    }
    if (!dropped.isEmpty()) {
      writeName(TRIMMED, out);
      out.writeBytes(ShortenedJson.of(dropped));
    }
    out.write('}');
    return out.toByteArray();
  }

  private static void writeName(String name, ByteArrayOutputStream out) {
    out.writeBytes((",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII));
  }

  private static String column(Schema.Field field) {
    return switch (field.name()) {
      case "id" -> "DetectionId";
      case "title" -> "AlertTitle";
      default -> field.name().substring(0, 1).toUpperCase(Locale.ROOT) + field.name().substring(1);
    };
  }

  private static boolean isInstant(Schema.Field field) {
    return "instant".equals(field.getProp("unit"));
  }

  /**
   * Value of one column as JSON, shortened to a limit. The elements of a list are kept apart, so
   * that the last ones can be dropped.
   */
  private static final class Column {
    private final String name;
    private final boolean list;
    private final List<byte[]> parts;
    private int bytes = 1;
    private int dropped;

    private Column(String name, boolean list, List<byte[]> parts) {
      this.name = name;
      this.list = list;
      this.parts = parts;
      parts.forEach(part -> bytes += part.length + 1);
    }

    static @Nullable Column of(Schema.Field field, @Nullable Object value, int maxBytes) {
      if (value == null || (value instanceof Collection<?> items && items.isEmpty())) {
        return null;
      }
      String name = column(field);
      if (value instanceof Long millis && isInstant(field)) {
        return new Column(name, false, List.of(ShortenedJson.of(JsonView.instant(millis))));
      }
      if (value instanceof Collection<?> items) {
        Column column = new Column(name, true, parts(items, Integer.MAX_VALUE));
        int stringBytes = maxBytes / STRINGS_PER_COLUMN;
        while (column.bytes > maxBytes && stringBytes >= SMALLEST_STRING_BYTES) {
          column = new Column(name, true, parts(items, stringBytes));
          stringBytes = column.holdsFirst(maxBytes) ? 0 : stringBytes / 2;
        }
        while (column.bytes > maxBytes && column.dropLast()) {}
        return column;
      }
      byte[] json = ShortenedJson.of(value);
      if (json.length > maxBytes) {
        json =
            ShortenedJson.of(
                value, value instanceof String ? maxBytes : maxBytes / STRINGS_PER_COLUMN);
      }
      return new Column(name, false, List.of(json));
    }

    private static List<byte[]> parts(Collection<?> items, int maxStringBytes) {
      List<byte[]> parts = new ArrayList<>();
      for (Object item : items) {
        parts.add(ShortenedJson.of(item, maxStringBytes));
      }
      return parts;
    }

    private boolean holdsFirst(int maxBytes) {
      return parts.get(0).length + 2 <= maxBytes;
    }

    /**
     * Returns an upper bound of the number of bytes that a single column, with its name and value,
     * adds to its row. If list elements were dropped, this includes the column's entry in {@code
     * Trimmed}.
     */
    private int mostBytes() {
      int names = name.length() + 4;
      return dropped == 0 ? names + bytes : 2 * names + bytes + TRIMMED.length() + 20;
    }

    boolean dropLast() {
      if (parts.isEmpty()) {
        return false;
      }
      bytes -= parts.remove(parts.size() - 1).length + 1;
      dropped++;
      return true;
    }

    void writeTo(ByteArrayOutputStream out) {
      if (list && parts.isEmpty()) {
        return;
      }
      writeName(name, out);
      if (list) {
        out.write('[');
      }
      for (int i = 0; i < parts.size(); i++) {
        if (i > 0) {
          out.write(',');
        }
        out.writeBytes(parts.get(i));
      }
      if (list) {
        out.write(']');
      }
    }
  }
}
