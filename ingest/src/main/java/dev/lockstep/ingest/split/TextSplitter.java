package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.NextRecordFinder;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splitter of a text into messages: each line, or each JSON document, is one message. It keeps
 * about two messages of the largest size in memory. A document larger than a message is passed on
 * record by record.
 */
public final class TextSplitter {
  private final InputStream in;
  private final String file;
  private final int messageBytes;
  private final JsonFactory json;
  private final NextRecordFinder shape;
  private final Consumer<SourceMessage> sink;
  private final Consumer<Outcome> damage;

  private final byte[] buffer;
  private int at;
  private int end;
  private boolean ended;
  private @Nullable IOException failure;

  private long line = 1;
  private long documentLine = 1;
  private int index;

  /**
   * True if each line of the input is read by itself. A JSON value that is still open then ends
   * with its line.
   */
  private boolean byLines;

  // State of the value that is measured or skipped, at the byte that was reached.
  private int openDepth;
  private boolean openText;
  private boolean openEscape;
  private boolean cutOff;

  public TextSplitter(
      InputStream in,
      String file,
      Limits limits,
      JsonFactory json,
      NextRecordFinder shape,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    this.in = in;
    this.file = file;
    this.messageBytes = limits.messageBytes();
    this.json = json;
    this.shape = shape;
    this.sink = sink;
    this.damage = damage;
    this.buffer = new byte[2 * messageBytes + (1 << 16)];
  }

  /**
   * Splits the whole input, passes each message to the receiver, and returns the failure that ended
   * the input early, or null.
   */
  public @Nullable IOException run() {
    skipMark();
    byLines = isByLines();
    if (byLines) {
      lines();
    } else {
      documents();
    }
    return failure;
  }

  /** Returns the number of the input line that the splitter has reached, from 1. */
  public long line() {
    return line;
  }

  private boolean isByLines() {
    LineFormat format = new LineFormat(buffer, json);
    int first = at;
    int lineEnd = -1;
    do {
      first = JsonScan.skipBlanks(buffer, first, end);
      lineEnd = first < end ? indexOfLineEnd(first) : -1;
    } while (lineEnd < 0 && end < buffer.length && fill());
    if (lineEnd < 0 || format.isWhole(first, lineEnd)) {
      return true;
    }
    while (end < buffer.length && fill()) {
      // as much as there is room for
    }
    return !format.isDocument(first, end, ended) && format.mostLinesAreMessages(at, end);
  }

  private int indexOfLineEnd(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void lines() {
    int seen = 0;
    while (true) {
      int lineEnd = indexOfLineEnd(at + seen);
      if (lineEnd < 0 && end - at <= messageBytes) {
        seen = end - at;
        if (!fill()) {
          line(end - at);
          return;
        }
        continue;
      }
      seen = 0;
      if (lineEnd < 0 || lineEnd - at > messageBytes) {
        largeLine();
      } else {
        line(lineEnd - at);
        advance(1);
      }
    }
  }

  private void line(int length) {
    int to = at + length;
    while (to > at && JsonScan.isBlank(buffer[to - 1])) {
      to--;
    }
    int from = JsonScan.skipMarks(buffer, at, to);
    if (from < to) {
      sink.accept(
          new SourceMessage(
              Arrays.copyOfRange(buffer, from, to), Origin.file(file, line, 0), null));
    }
    advance(length);
  }

  private void largeLine() {
    index = 0;
    documentLine = line;
    while (skipToDocument()) {
      document();
    }
    if (at < end) {
      advance(1);
    }
  }

  private void documents() {
    while (skipToDocument()) {
      index = 0;
      documentLine = line;
      document();
    }
  }

  private void document() {
    boolean opens = buffer[at] == '{' || buffer[at] == '[';
    int length = opens ? measure() : garbageLength();
    if (length <= messageBytes) {
      emit(length);
    } else if (opens) {
      overlong(length, 0);
    } else {
      emit(length, length);
      skipLine();
    }
  }

  private int garbageLength() {
    int length = 0;
    while (length <= messageBytes && (at + length < end || fill())) {
      if (buffer[at + length] == '\n') {
        return length;
      }
      length++;
    }
    return length;
  }

  /**
   * Splits an overlong value into its elements, or else passes on only the beginning of the value.
   * The elements are those of a list, or of the list of records in an object. The beginning of any
   * other value ends before the next record. If no next record is found, the beginning is so long
   * that the reader rejects it for its size.
   *
   * @param measured number of examined bytes, all in the buffer
   * @param level 0 for a document, 1 within an array, 2 within {@code records[]}
   */
  private void overlong(int measured, int level) {
    if (buffer[at] == '[' && level == 0) {
      advance(1);
      elements(1);
      return;
    }
    int records = buffer[at] == '{' && level < 2 ? JsonScan.recordsStart(buffer, at, end) : -1;
    if (records >= 0) {
      advance(records - at);
      if (elements(2)) {
        begin(1);
        skipUntilClosed();
      }
      return;
    }
    // Damage may have hidden the end, as a record after it shows.
    int lineEnd = byLines ? indexOfLineEnd(at) : -1;
    int next =
        shape.search(buffer.length).next(buffer, at + 1, lineEnd < 0 ? end : lineEnd, end, false);
    if (next >= 0) {
      emit(next - at);
    } else {
      // The value exceeds the limit: pass on enough of it for the reader to reject it for its size.
      emit(measured, measured);
      skipUntilClosed();
    }
  }

  /**
   * Passes on each element of a list as a message, and returns whether the closing bracket of the
   * list was reached. An element above the size limit is passed on as {@link #overlong} says.
   *
   * @param level 1 for an array, 2 for {@code records[]}
   */
  private boolean elements(int level) {
    while (true) {
      while (skipBlanks() && buffer[at] == ',') {
        advance(1);
      }
      if (at == end || isLineEnd()) {
        damage.accept(
            new Slice(buffer, at, at, Origin.file(file, documentLine, index), null)
                .rejected(Reason.NOT_JSON, "the document ends within its list of records"));
        return false;
      }
      if (buffer[at] == ']') {
        advance(1);
        return true;
      }
      int length = measure();
      if (length > messageBytes) {
        overlong(length, level);
      } else {
        emit(Math.max(1, length));
        if (cutOff) {
          return false;
        }
      }
    }
  }

  private void emit(int length) {
    int to = at + length;
    while (to > at + 1 && (JsonScan.isBlank(buffer[to - 1]) || buffer[to - 1] == ',')) {
      to--;
    }
    emit(length, to - at);
  }

  private void emit(int length, int kept) {
    sink.accept(
        new SourceMessage(
            Arrays.copyOfRange(buffer, at, at + kept),
            Origin.file(file, documentLine, index++),
            null));
    advance(length);
  }

  /**
   * Returns the length in bytes of the JSON value at the current position in the input. A value
   * larger than a message may be is measured only until its length exceeds this limit. A value
   * without an end is measured up to the end of the input, or of its line if each line is read by
   * itself.
   */
  private int measure() {
    begin(0);
    cutOff = false;
    int length = 0;
    while (length <= messageBytes && (at + length < end || fill())) {
      byte b = buffer[at + length];
      if (byLines && b == '\n') {
        cutOff = true;
        return length;
      }
      follow(b);
      if (!openText && openDepth <= 0) {
        if (b == '}' || b == ']') {
          return openDepth < 0 ? length : length + 1;
        } else if (b == ',') {
          return length;
        }
      }
      length++;
    }
    cutOff = length <= messageBytes;
    return length;
  }

  private void begin(int depth) {
    openDepth = depth;
    openText = false;
    openEscape = false;
  }

  private void follow(byte b) {
    if (openEscape) {
      openEscape = false;
    } else if (openText) {
      openEscape = b == '\\';
      openText = b != '"';
    } else if (b == '"') {
      openText = true;
    } else if (b == '{' || b == '[') {
      openDepth++;
    } else if (b == '}' || b == ']') {
      openDepth--;
    }
  }

  /**
   * Skips bytes until the open brackets of a JSON value are closed. In JSON lines it stops at the
   * end of the line.
   */
  private void skipUntilClosed() {
    while (openDepth > 0 && (at < end || fill()) && !isLineEnd()) {
      follow(buffer[at]);
      advance(1);
    }
  }

  private void skipLine() {
    while ((at < end || fill()) && buffer[at] != '\n') {
      advance(1);
    }
  }

  private boolean skipBlanks() {
    while (at < end || fill()) {
      if (!JsonScan.isBlank(buffer[at])) {
        return true;
      } else if (isLineEnd()) {
        return false;
      }
      advance(1);
    }
    return false;
  }

  private boolean skipToDocument() {
    // Files that were joined have byte order marks between their documents.
    boolean follows = skipBlanks();
    while (follows && skipMark()) {
      follows = skipBlanks();
    }
    return follows;
  }

  private boolean skipMark() {
    while (end - at < JsonScan.MARK_BYTES && fill()) {
      // the mark may end in bytes that are not read yet
    }
    boolean isMark = JsonScan.isMark(buffer, at, end);
    if (isMark) {
      advance(JsonScan.MARK_BYTES);
    }
    return isMark;
  }

  private boolean isLineEnd() {
    return byLines && buffer[at] == '\n';
  }

  private void advance(int bytes) {
    for (int i = 0; i < bytes; i++) {
      if (buffer[at] == '\n') {
        line++;
      }
      at++;
    }
  }

  private boolean fill() {
    if (ended) {
      return false;
    }
    if (end == buffer.length) {
      if (at == 0) {
        return false;
      }
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
    }
    try {
      int count = in.read(buffer, end, buffer.length - end);
      ended = count < 0;
      end += Math.max(0, count);
    } catch (IOException e) {
      failure = e;
      ended = true;
    }
    return !ended;
  }
}
