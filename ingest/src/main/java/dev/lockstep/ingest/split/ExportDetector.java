package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the rows of table exports, which are recognised by their beginning: CSV files, and
 * answers of the Log Analytics query API.
 */
public final class ExportDetector {
  /**
   * Number of bytes at the beginning of a file that are examined to recognise an export, more than
   * any header has.
   */
  public static final int HEAD_BYTES = 1 << 16;

  private static final String[] COMPRESSED = {".gz", ".zst"};

  private final Limits limits;
  private final Key.Table keys;
  private final JsonFactory json;

  public ExportDetector(Limits limits, Key.Table keys, JsonFactory json) {
    this.limits = limits;
    this.keys = keys;
    this.json = json;
  }

  /**
   * Reads an export, passes each readable row to {@code sink} as a message, and returns where
   * reading ended, or null if the content is no export. The returned buffer of rows has the number
   * of the last line, and the failure if the input ended early.
   *
   * @param content input at its beginning; nothing of it is consumed if it is no export
   * @param walked whether a file of unknown columns is left out and not rejected
   */
  public @Nullable RowWindow read(
      PeekedInput content,
      String file,
      boolean walked,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    byte[] head = content.head();
    int first = JsonScan.skipBlanks(head, JsonScan.markEnd(head), head.length);
    if (first == head.length || head[first] == '[') {
      return null;
    } else if (head[first] != '{') {
      return readCsv(content, head, file, walked, sink, damage);
    } else if (!TablesSplitter.isAnswer(head, json)) {
      return null;
    }
    RowWindow window = window(content, limits.messageBytes(), false);
    new TablesSplitter(window, file, limits, json, sink, damage).run();
    return window;
  }

  private @Nullable RowWindow readCsv(
      PeekedInput content,
      byte[] head,
      String file,
      boolean walked,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    boolean returnsEndLines = returnsEndLines(head);
    RowWindow start = window(new ByteArrayInputStream(head), HEAD_BYTES, returnsEndLines);
    CsvTable table = CsvTable.of(start, file, limits, keys, json);
    String localTime = table == null ? null : table.localTime();
    if (table != null && localTime == null) {
      RowWindow window = window(content, limits.messageBytes(), returnsEndLines);
      new CsvSplitter(window, table, file, limits, sink, damage).run();
      return window;
    } else if (table == null && !isCsv(file)) {
      return null;
    } else if (table != null || !walked) {
      int end = headerEnd(head);
      damage.accept(
          new Slice(head, JsonScan.markEnd(head), end, Origin.file(file, 1, 0), null)
              .rejected(
                  Reason.UNKNOWN_TABLE,
                  localTime == null
                      ? "no row of the file is read: the columns belong to no known table; "
                          + CsvTable.KNOWN
                      : "no row of the file is read: the times of the column %s are not in UTC; set the portal's time zone to UTC, and"
                              .formatted(Quoted.of(localTime))
                          + " export again"));
    }
    return start;
  }

  private static RowWindow window(InputStream content, int rowBytes, boolean returnsEndLines) {
    RowWindow window = new RowWindow(content, rowBytes, returnsEndLines);
    window.skipMark();
    return window;
  }

  /** Returns whether the first line ends with a carriage return and no line feed right after it. */
  private static boolean returnsEndLines(byte[] head) {
    int end = headerEnd(head);
    return end + 1 < head.length && head[end] == '\r' && head[end + 1] != '\n';
  }

  private static int headerEnd(byte[] head) {
    int end = JsonScan.markEnd(head);
    while (end < head.length && head[end] != '\n' && head[end] != '\r') {
      end++;
    }
    return end;
  }

  /** Returns whether a file has the name of a CSV file, compressed or not. */
  public static boolean isCsv(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    for (String ending : COMPRESSED) {
      name = name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }
    return name.endsWith(".csv");
  }
}
