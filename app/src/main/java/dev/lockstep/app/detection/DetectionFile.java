package dev.lockstep.app.detection;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TimeText;
import dev.lockstep.schemas.text.Quoted;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a file of detections, as lines of JSON or as rows of a CSV table, plain or compressed
 * by gzip. It reads line by line, so the file may have any size.
 *
 * @param name path, or {@code -} for standard input
 * @param readOnce whether the file is read only once, and so may be a pipe; otherwise a pipe is
 *     refused, because a second reading would find nothing
 * @param fix end of each error message, which says what file to name instead
 */
public record DetectionFile(String name, boolean readOnce, String fix) {
  private static final int LONGEST_LINE_BYTES = 16 << 20;
  private static final int LONGEST_FIRST_LINE_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP = 0x8b1f;
  private static final String MARK = "\ufeff";

  /** Row appended to a CSV table to detect a quote that is not closed. */
  private static final String LAST_ROW = "\n\"end\"\n";

  private static final String FIX =
      "name a complete file that the command replay --output or the command demo wrote";

  /** Creates a reader of the named file, which may be read several times. */
  public DetectionFile(String name) {
    this(name, false);
  }

  /**
   * Creates a reader of the named file, which may be a pipe if the file is read only once. Messages
   * about failures advise to name a file that {@code replay --output} or {@code demo} wrote.
   */
  public DetectionFile(String name, boolean readOnce) {
    this(name, readOnce, FIX);
  }

  /** Receiver of lines that are not blank. */
  @FunctionalInterface
  public interface Lines {
    /**
     * Receives one line of the file.
     *
     * @param number number of the line, from 1
     * @throws IOException if the line is not a detection; its message says why
     */
    void take(String line, long number) throws IOException;
  }

  /**
   * Receiver of the rows of a CSV table that are not blank. The first of these rows is the heading.
   */
  @FunctionalInterface
  public interface Rows {
    /**
     * Receives one row of the table.
     *
     * @throws IOException if the row cannot be used; its message says why
     */
    void take(List<String> cells) throws IOException;
  }

  /** Returns whether the file is standard input, which can be read only once. */
  public boolean isStandardInput() {
    return name.equals("-");
  }

  /**
   * Returns whether the first line of the file is a detection. The result is false if the file
   * cannot be read.
   */
  public boolean beginsWithDetection() {
    if (isStandardInput() || !Files.isRegularFile(Path.of(name))) {
      return false;
    }
    try (InputStream in = open()) {
      String head = new String(in.readNBytes(LONGEST_FIRST_LINE_BYTES), StandardCharsets.UTF_8);
      String first = head.lines().findFirst().orElse("");
      ComparedDetection unused = ComparedDetection.parse(withoutMark(first), false);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Passes every detection to a consumer, in the order of lines.
   *
   * @param withEvents whether the detections have the events that they cite
   * @throws OperatorException if the file cannot be read, or a line is not a detection
   */
  public void forEach(boolean withEvents, Consumer<ComparedDetection> each) {
    forEachLine((line, number) -> each.accept(ComparedDetection.parse(line, withEvents)));
  }

  /**
   * Passes every line that is not blank to a receiver.
   *
   * @throws OperatorException if the file cannot be read, or the receiver refuses a line
   */
  public void forEachLine(Lines lines) {
    read((in, number) -> lines(in, number, lines));
  }

  /**
   * Passes every line of a JSON file, or every row of a CSV table, to a receiver. The file is JSON
   * if it begins with an object or is empty, otherwise CSV. Blank lines and rows are left out. A
   * cell in quotes may have line breaks.
   *
   * @throws OperatorException if the file cannot be read, or a receiver refuses a line or row
   */
  public void forEachLineOrRow(Lines lines, Rows rows) {
    read(
        (stream, number) -> {
          InputStream in = new BufferedInputStream(stream, BUFFER_BYTES);
          if (beginsWithObject(in)) {
            lines(in, number, lines);
          } else {
            rows(in, number, rows);
          }
        });
  }

  /**
   * Reader of the text of a file. For messages about errors, it stores in {@code number} which line
   * it has read last.
   */
  @FunctionalInterface
  private interface TextReader {
    void read(InputStream in, long[] number) throws IOException;
  }

  private void read(TextReader reader) {
    long[] number = {0};
    try (InputStream in = open()) {
      reader.read(in, number);
    } catch (EOFException | ZipException e) {
      throw problem(
          number[0] + 1,
          "the gzip stream is cut off at this line, or damaged at this line or before it",
          e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static boolean beginsWithObject(InputStream in) throws IOException {
    in.mark(BUFFER_BYTES);
    String head = new String(in.readNBytes(BUFFER_BYTES / 2), StandardCharsets.UTF_8);
    in.reset();
    String text = withoutMark(head).stripLeading();
    return text.isEmpty() || text.startsWith("{");
  }

  private static String withoutMark(String text) {
    return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
  }

  private void rows(InputStream in, long[] number, Rows rows) throws IOException {
    InputStream closing = new ByteArrayInputStream(LAST_ROW.getBytes(StandardCharsets.UTF_8));
    CsvReader<CsvRecord> records =
        CsvReader.builder()
            .allowMissingFields(true)
            .allowExtraFields(true)
            .detectBomHeader(true)
            .maxBufferSize(LONGEST_LINE_BYTES)
            .ofCsvRecord(new SequenceInputStream(in, closing));
    CsvRecord before = null;
    try {
      for (CsvRecord each : records) {
        if (before != null) {
          number[0] = before.getStartingLineNumber();
          take(before, rows);
        }
        before = each;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (CsvParseException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      long line = before == null ? 1 : before.getStartingLineNumber() + 1;
      throw problem(
          line,
          "this line or a later one is not CSV, for example because a quote is not closed",
          e);
    }
  }

  private void take(CsvRecord row, Rows rows) {
    if (row.getFields().stream().allMatch(String::isBlank)) {
      return;
    }
    try {
      rows.take(row.getFields());
    } catch (IOException e) {
      throw problem(row.getStartingLineNumber(), String.valueOf(e.getMessage()), e);
    }
  }

  private void lines(InputStream in, long[] number, Lines lines) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(8_192);
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      int from = 0;
      for (int i = 0; i < length; i++) {
        if (buffer[i] == '\n') {
          add(line, buffer, from, i, number[0] + 1);
          take(line, ++number[0], lines);
          from = i + 1;
        }
      }
      add(line, buffer, from, length, number[0] + 1);
    }
    if (line.size() > 0) {
      take(line, ++number[0], lines);
    }
  }

  private InputStream open() throws IOException {
    BufferedInputStream in = new BufferedInputStream(bytes(), BUFFER_BYTES);
    in.mark(2);
    int first = in.read();
    int magic = first | (in.read() << 8);
    in.reset();
    return first >= 0 && magic == GZIP ? new GZIPInputStream(in, BUFFER_BYTES) : in;
  }

  private InputStream bytes() throws IOException {
    if (isStandardInput()) {
      return System.in;
    }
    // A stream of Files asks for the position in the file, and fails for a pipe, which has none.
    return readOnce ? new FileInputStream(name) : Files.newInputStream(Path.of(name));
  }

  private void add(ByteArrayOutputStream line, byte[] buffer, int from, int to, long number) {
    if (line.size() + to - from > LONGEST_LINE_BYTES) {
      throw problem(number, "the line is longer than 16 MiB", null);
    }
    line.write(buffer, from, to - from);
  }

  private void take(ByteArrayOutputStream bytes, long number, Lines lines) {
    String line = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    if (number == 1) {
      line = withoutMark(line);
    }
    if (line.isBlank()) {
      return;
    }
    try {
      lines.take(line, number);
    } catch (IOException e) {
      throw problem(number, String.valueOf(e.getMessage()), e);
    }
  }

  private OperatorException problem(long number, String why, @Nullable Throwable cause) {
    return new OperatorException(
        "could not read detections: %s:%d: %s; %s"
            .formatted(Quoted.excerpt(name, 400), number, why, fix),
        cause);
  }

  private OperatorException unreadable(IOException e) {
    boolean missing = !isStandardInput() && !Files.exists(Path.of(name));
    String why =
        missing
            ? TimeText.instant(name) == null
                ? "does not exist"
                : "is a time, and no file has this name"
            : !isStandardInput() && Files.isDirectory(Path.of(name))
                ? "is a folder"
                : "cannot be read";
    return new OperatorException(
        "could not read detections: %s %s; %s".formatted(Quoted.of(name), why, fix), e);
  }
}
