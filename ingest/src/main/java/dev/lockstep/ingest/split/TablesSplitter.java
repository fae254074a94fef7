package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.table.Table;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splitter of the answers of Log Analytics queries into messages: each row becomes one JSON object.
 * An answer has any size, and the form {@code
 * {"tables":[{"name":…,"columns":[{"name":…}],"rows":[[…]]}]}}. A damaged row ends where the next
 * intact row begins.
 */
final class TablesSplitter {
  private static final int MARGIN = 1 << 15;
  private static final int CANDIDATES = 1000;

  private final RowWindow window;
  private final WindowScan scan;
  private final String file;
  private final int rowBytes;
  private final JsonFactory json;
  private final Consumer<SourceMessage> sink;
  private final Consumer<Outcome> damage;

  private List<String> columns = List.of();
  private @Nullable String name;
  private int index;
  private boolean endRejected;

  /** JSON error in the row that was parsed last, or null if there was none. */
  private @Nullable IOException rowError;

  TablesSplitter(
      RowWindow window,
      String file,
      Limits limits,
      JsonFactory json,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    this.window = window;
    this.file = file;
    this.rowBytes = limits.messageBytes();
    this.scan = new WindowScan(window, rowBytes);
    this.json = json;
    this.sink = sink;
    this.damage = damage;
  }

  static boolean isAnswer(byte[] head, JsonFactory json) {
    int from = JsonScan.markEnd(head);
    try (JsonParser parser = json.createParser(head, from, head.length - from)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean tables = parser.currentName().equalsIgnoreCase("tables");
        if (parser.nextToken() == JsonToken.START_ARRAY && tables) {
          return parser.nextToken() != null && !parser.currentToken().isScalarValue();
        }
        parser.skipChildren();
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  void run() {
    while (skipToAnswer()) {
      index = 0;
      if (window.peek(0) == '{') {
        object(this::answerKey);
      } else {
        rejectLine(
            "text follows an answer of the Log Analytics query API, and is not another answer");
      }
    }
  }

  private boolean skipToAnswer() {
    // Files that were joined have byte order marks between their answers.
    boolean follows = scan.skipBlanks();
    while (follows && window.skipMark()) {
      follows = scan.skipBlanks();
    }
    return follows;
  }

  private void answerKey(String key) {
    if (key.equalsIgnoreCase("tables") && window.peek(0) == '[') {
      list(this::table);
    } else if (key.equalsIgnoreCase("error") && window.peek(0) == '{') {
      error();
    } else {
      scan.skipValue();
    }
  }

  /**
   * Reports the error in an answer as a rejected record, because the answer then lacks rows. The
   * rejection goes to {@link #damage}. The service gives the rows that it had before the error. An
   * error without code and message is skipped.
   */
  private void error() {
    int length = scan.length();
    String error = length < 0 ? "" : errorText(window.copy(0, length));
    if (error.isEmpty()) {
      scan.skipValue();
      return;
    }
    reject(
        length,
        Reason.DAMAGED_FILE,
        "the answer of the Log Analytics query API lacks rows, since the query ended with the error "
            + Quoted.excerpt(error, 160)
            + "; the rows that it has are read; ask for less, such as a shorter time");
  }

  private String errorText(byte[] bytes) {
    StringJoiner text = new StringJoiner(": ");
    try (JsonParser parser = json.createParser(bytes)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        boolean isShown = key.equalsIgnoreCase("code") || key.equalsIgnoreCase("message");
        if (parser.nextToken() == JsonToken.VALUE_STRING && isShown) {
          text.add(parser.getText());
        }
        parser.skipChildren();
      }
    } catch (IOException e) {
      // What was read so far is shown.
    }
    return text.toString();
  }

  private void table() {
    columns = List.of();
    name = null;
    object(this::tableKey);
  }

  private void tableKey(String key) {
    if (key.equalsIgnoreCase("rows") && window.peek(0) == '[') {
      list(this::row);
    } else if (key.equalsIgnoreCase("columns") && window.peek(0) == '[') {
      columns = columns(value());
    } else if (key.equalsIgnoreCase("name") || key.equalsIgnoreCase("tableName")) {
      name = text(value());
    } else {
      scan.skipValue();
    }
  }

  /**
   * Moves through a JSON object, and calls {@code valueReader} with each key, to read or skip the
   * value of that key.
   */
  private void object(Consumer<String> valueReader) {
    if (window.peek(0) != '{') {
      scan.skipValue();
      return;
    }
    window.advance(1);
    while (true) {
      if (!scan.skipBlanks()) {
        rejectEnd();
        return;
      } else if (window.peek(0) == '}') {
        window.advance(1);
        return;
      } else if (window.peek(0) != '"') {
        if (window.peek(0) == ']') {
          return;
        }
        rejectLine(
            "the answer of the Log Analytics query API has a member without a key in double quotes");
        continue;
      }
      String key = text(value());
      if (scan.skipBlanks() && window.peek(0) == ':') {
        window.advance(1);
        if (scan.skipBlanks()) {
          valueReader.accept(key == null ? "" : key);
        }
      }
    }
  }

  private void rejectEnd() {
    // The end is reported once, however many brackets are not closed.
    if (!endRejected) {
      endRejected = true;
      reject(
          0,
          Reason.NOT_JSON,
          "the answer of the Log Analytics query API ends before its last bracket; its complete rows are read");
    }
  }

  /**
   * Moves through a JSON array, and runs {@code element} at each of its elements. Each run must
   * read or skip one element.
   */
  private void list(Runnable element) {
    window.advance(1);
    while (true) {
      if (!scan.skipBlanks()) {
        rejectEnd();
        return;
      }
      int b = window.peek(0);
      if (b == ']' || b == '}') {
        window.advance(b == ']' ? 1 : 0);
        return;
      }
      element.run();
    }
  }

  private void row() {
    int length = scan.length();
    byte[] made = length < 0 ? null : rowJson(0, length);
    if (made != null) {
      sink.accept(
          new SourceMessage(
              made, Origin.file(file, window.line(), index++), null, window.copy(0, length)));
      window.advance(length);
      return;
    }
    IOException cause = length < 0 ? null : rowError;
    int to = nextRow(length);
    if (length < 0 && to > rowBytes && cause == null) {
      reject(
          to,
          Reason.TOO_LARGE,
          "the row of the query answer has more than the %d bytes that limits.messageBytes allows"
              .formatted(rowBytes));
    } else if (cause instanceof JsonProcessingException e) {
      reject(
          to,
          Reason.of(e),
          "the row could not be read: " + Quoted.excerpt(e.getOriginalMessage(), 160));
    } else {
      reject(
          to,
          Reason.DAMAGED_ROW,
          columns.isEmpty()
              ? "the table has no readable columns before its rows"
              : "the row is not a list of %d %s"
                  .formatted(columns.size(), columns.size() == 1 ? "value" : "values"));
    }
  }

  private int nextRow(int length) {
    int last = length >= 0 ? length : window.available(rowBytes + MARGIN);
    int candidates = CANDIDATES;
    long bytesLeft = 4L * rowBytes;
    byte before = 0;
    for (int i = 1; i < last && candidates > 0 && bytesLeft > 0; i++) {
      byte b = (byte) window.peek(i);
      if (b == '[' && (before == ',' || before == '\n')) {
        int end = scan.end(i);
        if (end >= 0 && rowJson(i, end) != null) {
          return i;
        }
        candidates--;
        bytesLeft -= end < 0 ? rowBytes : end - i;
      }
      if (b == '\n' ? before != ',' : !JsonScan.isBlank(b)) {
        before = b;
      }
    }
    return last;
  }

  private byte @Nullable [] rowJson(int from, int to) {
    rowError = null;
    byte[] bytes = window.copy(from, to);
    try (JsonParser parser = json.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      RowJson row = new RowJson(json);
      if (Table.named(name) != null) {
        row.put("TableName", name);
      }
      int column = 0;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (column == columns.size()) {
          return null;
        }
        put(row.generator(), columns.get(column++), parser);
      }
      return column == columns.size() ? row.done() : null;
    } catch (IOException e) {
      rowError = e;
      return null;
    }
  }

  private static void put(JsonGenerator row, String column, JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return;
    }
    row.writeFieldName(column);
    if (token.isNumeric()) {
      row.writeNumber(parser.getText());
    } else {
      row.copyCurrentStructure(parser);
    }
  }

  private List<String> columns(byte[] bytes) {
    List<String> names = new ArrayList<>();
    try (JsonParser parser = json.createParser(bytes)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        String column = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String key = parser.currentName();
          parser.nextToken();
          if (key.equalsIgnoreCase("name") || key.equalsIgnoreCase("columnName")) {
            column = parser.getText();
          } else {
            parser.skipChildren();
          }
        }
        names.add(column);
      }
    } catch (JsonProcessingException e) {
      // The columns do not fit the rows, and each row is rejected with that reason.
    } catch (IOException e) {
      throw new UncheckedIOException("could not parse JSON in memory; report this bug", e);
    }
    return names;
  }

  private @Nullable String text(byte[] bytes) {
    try (JsonParser parser = json.createParser(bytes)) {
      return parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Moves past the next JSON value, and returns its bytes. The array is empty if the value is
   * larger than a row may be, or is not closed.
   */
  private byte[] value() {
    int length = scan.length();
    if (length < 0) {
      scan.skipValue();
      return new byte[0];
    }
    byte[] bytes = window.copy(0, length);
    window.advance(length);
    return bytes;
  }

  private void rejectLine(String detail) {
    int length = 1;
    while (length < rowBytes
        && window.peek(length) != RowWindow.END
        && window.peek(length) != '\n') {
      length++;
    }
    reject(length, Reason.NOT_JSON, detail);
  }

  private void reject(int length, Reason reason, String detail) {
    int end = length;
    while (end > 1
        && (JsonScan.isBlank((byte) window.peek(end - 1)) || window.peek(end - 1) == ',')) {
      end--;
    }
    damage.accept(
        new Slice(window.copy(0, end), 0, end, Origin.file(file, window.line(), index++), null)
            .rejected(reason, detail));
    window.advance(length);
  }
}
