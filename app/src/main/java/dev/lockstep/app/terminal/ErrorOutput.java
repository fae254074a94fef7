package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Standard error of this process, to which the process writes its own log too. In each line
 * credentials are masked and control characters are escaped.
 */
public final class ErrorOutput extends PrintStream {
  private static final String LOG_FILE = "org.slf4j.simpleLogger.logFile";

  private final PrintStream terminal;
  private final ShownLines lines;

  ErrorOutput(PrintStream terminal) {
    this(terminal, new ShownLines(terminal));
  }

  private ErrorOutput(PrintStream terminal, ShownLines lines) {
    super(lines, true, StandardCharsets.UTF_8);
    this.terminal = terminal;
    this.lines = lines;
  }

  /**
   * Switches standard error to JSON. From now on each entry of the log and each other line is one
   * JSON object.
   */
  public static void asJson() {
    if (System.err instanceof ErrorOutput err) {
      err.json(InstantSource.system());
    }
  }

  void json(InstantSource clock) {
    lines.json(clock);
  }

  /**
   * Flushes this stream and, if the log is written as JSON, prints the log entry whose lines were
   * collected. The logger flushes all lines of an entry together.
   */
  @Override
  public void flush() {
    super.flush();
    lines.endEntry();
  }

  /**
   * Installs a stream of this class as standard error, unless such a stream is installed already.
   * This method has to be called before anything is logged.
   */
  public static void install() {
    if (System.err instanceof ErrorOutput) {
      return;
    }
    System.setErr(new ErrorOutput(System.err));
    String file = System.getProperty(LOG_FILE);
    if (file != null && !file.equalsIgnoreCase("System.err")) {
      System.setProperty(LOG_FILE, "System.err"); // a log file would bypass this filter
      System.err.println(
          "The property "
              + LOG_FILE
              + " is ignored: the log goes to standard error; to get a file, redirect standard"
              + " error.");
    }
  }

  /**
   * Returns the stream to which an {@link ErrorOutput} writes. Nothing is masked or escaped there,
   * so a progress bar can write its control characters to it. Any other stream is returned as it
   * is.
   */
  static PrintStream terminal(PrintStream err) {
    return err instanceof ErrorOutput guarded ? guarded.terminal : err;
  }

  /**
   * Stream that collects a line, and prints the line with credentials masked and control characters
   * escaped. A line longer than 1 MiB is printed in pieces.
   */
  private static final class ShownLines extends OutputStream {
    private static final int MOST_BYTES = 1 << 20;

    private final PrintStream to;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private @Nullable JsonLog json;

    ShownLines(PrintStream to) {
      this.to = to;
    }

    synchronized void json(InstantSource clock) {
      json = new JsonLog(to, clock);
    }

    synchronized void endEntry() {
      if (json != null) {
        json.endEntry();
      }
    }

    @Override
    public synchronized void write(int b) {
      if (b == '\n') {
        end(true);
      } else {
        line.write(b);
        if (line.size() >= MOST_BYTES) {
          end(false);
        }
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      for (int i = 0; i < count; i++) {
        write(bytes[from + i]);
      }
    }

    @Override
    public synchronized void flush() {
      to.flush(); // an incomplete line waits: a secret cannot be recognised by its beginning
    }

    @Override
    public synchronized void close() throws IOException {
      end(false);
      endEntry();
      to.flush();
    }

    private void end(boolean whole) {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      String indent = text.startsWith("\t") ? "\t" : ""; // line of a stack trace
      String rest = text.substring(indent.length());
      if (rest.endsWith("\r")) {
        rest = rest.substring(0, rest.length() - 1);
      }
      String shown = indent + Quoted.visible(SecretMask.of(rest));
      if (json != null) {
        json.line(shown);
      } else if (whole) {
        to.println(shown);
      } else {
        to.print(shown);
      }
    }
  }
}
