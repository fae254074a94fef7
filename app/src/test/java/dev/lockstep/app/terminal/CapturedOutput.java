package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Standard output of a command that a test runs in its own process, from when this is opened until
 * it is closed.
 *
 * <p>It has what the thread that opened it prints, and the threads that this thread starts in the
 * meantime. Tests in other threads print to where they did, or to a capture of their own.
 */
public final class CapturedOutput implements AutoCloseable {
  private static final InheritableThreadLocal<@Nullable PrintStream> TARGET =
      new InheritableThreadLocal<>();

  private static int open;
  private static @Nullable PrintStream uncaptured;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final @Nullable PrintStream outer = TARGET.get();

  private CapturedOutput() {}

  /** Begins to capture; the same thread has to close it. */
  public static CapturedOutput open() {
    CapturedOutput output = new CapturedOutput();
    synchronized (CapturedOutput.class) {
      if (open++ == 0) {
        uncaptured = System.out;
        System.setOut(new PrintStream(new ByThread(uncaptured), true, UTF_8));
      }
    }
    TARGET.set(new PrintStream(output.bytes, true, UTF_8));
    return output;
  }

  /** Returns what was printed so far. */
  public String text() {
    return bytes.toString(UTF_8);
  }

  @Override
  public void close() {
    TARGET.set(outer);
    synchronized (CapturedOutput.class) {
      if (--open == 0) {
        System.setOut(uncaptured);
      }
    }
  }

  /** Stream that leads to the capture of the thread that writes, or to {@code uncaptured}. */
  private static final class ByThread extends OutputStream {
    private final PrintStream uncaptured;

    ByThread(PrintStream uncaptured) {
      this.uncaptured = uncaptured;
    }

    private PrintStream target() {
      return Objects.requireNonNullElse(TARGET.get(), uncaptured);
    }

    @Override
    public void write(int b) {
      target().write(b);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      target().write(from, offset, length);
    }

    @Override
    public void flush() throws IOException {
      target().flush();
    }
  }
}
