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
 * Reader of the rows of exported tables: CSV files, and answers of the Log Analytics query API. An
 * export is recognised by its beginning.
 */
public final class ExportReader {
  /**
   * Number of bytes at the beginning of a file by which an export is recognised. Every header is
   * shorter.
   */
  public static final int HEAD_BYTES = 1 << 16;

  private static final String[] COMPRESSED = {".gz", ".zst"};

  private final Limits limits;
  private final Key.Table keys;
  private final JsonFactory json;

  public ExportReader(Limits limits, Key.Table keys, JsonFactory json) {
    this.limits = limits;
    this.keys = keys;
    this.json = json;
  }

  /**
   * Reads the content of a file if it is an export, and passes each readable row to {@code sink}. A
   * row is passed as a message.
   *
   * @param content input at its beginning; nothing of it is consumed if it is no export
   * @param walked whether the file was found in a folder; a file with unknown columns is then left
   *     out, otherwise rejected
   * @return window at the place where reading ended, or null if the content is no export; the
   *     window tells the number of the last line, and the failure if the input ended early
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
    boolean carriageReturnsEndLines = carriageReturnsEndLines(head);
    RowWindow start = window(new ByteArrayInputStream(head), HEAD_BYTES, carriageReturnsEndLines);
    CsvTable table = CsvTable.of(start, file, limits, keys, json);
    String localTime = table == null ? null : table.localTime();
    if (table != null && localTime == null) {
      RowWindow window = window(content, limits.messageBytes(), carriageReturnsEndLines);
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

  private static RowWindow window(
      InputStream content, int rowBytes, boolean carriageReturnsEndLines) {
    RowWindow window = new RowWindow(content, rowBytes, carriageReturnsEndLines);
    window.skipMark();
    return window;
  }

  private static boolean carriageReturnsEndLines(byte[] head) {
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
