package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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
 * Writer of a detection's columns as JSON that is trimmed to the limits of a row and of its
 * columns. {@link DetectionRow} describes what is cut, and in which order.
 *
 * <p>The columns of a row get {@link DetectionRow#MAX_COLUMN_BYTES} each. If even a row without
 * evidence is then too long, each gets half as many bytes, and so on.
 */
final class RowTrimmer {
  private static final int SMALLEST_COLUMN_BYTES = 512;
  private static final int STRINGS_PER_COLUMN = 8;
  private static final int SMALLEST_STRING_BYTES = 64;
  private static final String TRIMMED = "Trimmed";

  private RowTrimmer() {}

  /**
   * Returns the part of a detection's row after the value of the first column, which is the time.
   * The part begins with the quote that closes this value and ends with the row's closing brace.
   * The result is empty if the columns do not fit even when they are cut as far as possible.
   *
   * @param mostEvents largest number of events in the column of evidence
   * @param room largest number of bytes of the result
   */
  static Optional<byte[]> fitting(Detection detection, int mostEvents, int room) {
    Optional<byte[]> fits = Optional.empty();
    for (int columnBytes = DetectionRow.MAX_COLUMN_BYTES;
        fits.isEmpty() && columnBytes >= SMALLEST_COLUMN_BYTES;
        columnBytes /= 2) {
      fits = encode(detection, mostEvents, columnBytes, room);
    }
    return fits;
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
        return new Column(name, false, List.of(ShortenedJson.of(AvroJson.instant(millis))));
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
