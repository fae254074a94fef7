package dev.lockstep.app.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stream of standard output that distinguishes a closed pipe from other causes of a failed write.
 * If the reader of a pipe has closed it, the next write ends a command with {@link
 * ClosedPipeException}; a service continues without output.
 */
public final class StandardOutput extends PrintStream {
  private static final Path LINK = Path.of("/proc/self/fd/1");
  private static final Set<String> NAMES =
      Set.of("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");
  private static final int BUFFER_BYTES = 8_192;

  private final Guard guard;

  StandardOutput(OutputStream to, boolean isPipe, Charset charset) {
    this(new Guard(to, isPipe), charset);
  }

  private StandardOutput(Guard guard, Charset charset) {
    super(new BufferedOutputStream(guard, BUFFER_BYTES), true, charset);
    this.guard = guard;
  }

  /**
   * Returns whether an option names standard output instead of a file. The names are {@code -} and
   * the paths that Linux and macOS have for standard output.
   */
  public static boolean isNamed(@Nullable Object option) {
    return option != null && NAMES.contains(option.toString());
  }

  /**
   * Installs a stream of this class as standard output. It has to be called before anything is
   * printed.
   */
  public static void install() {
    System.setOut(
        new StandardOutput(new FileOutputStream(FileDescriptor.out), isPipe(), charset()));
  }

  /** Makes this process continue when the reader of its standard output has closed the pipe. */
  public static void outliveReader() {
    if (System.out instanceof StandardOutput out) {
      out.guard.outlives = true;
    }
  }

  /**
   * Checks that everything printed so far could be written.
   *
   * @throws OperatorException if a write failed
   */
  public static void check() {
    check("free disk space, or write elsewhere");
  }

  /**
   * Checks that everything printed so far could be written, and otherwise fails with the given fix
   * in the message.
   */
  public static void check(String fix) {
    if (System.out.checkError()) {
      throw new OperatorException(
          "could not write to standard output: it is closed or its disk is full; " + fix);
    }
  }

  private static Charset charset() {
    String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    return name == null || !Charset.isSupported(name)
        ? Charset.defaultCharset()
        : Charset.forName(name);
  }

  private static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(LINK).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException e) {
      return false; // without that link, the message of a failed write tells a closed pipe
    }
  }

  /**
   * Stream that throws {@link ClosedPipeException} once the pipe's reader has closed the pipe. If
   * the process is to outlive the reader, the stream drops further output instead.
   */
  private static final class Guard extends OutputStream {
    private final OutputStream to;
    private final boolean isPipe;
    private volatile boolean outlives;
    private volatile boolean isClosed;

    Guard(OutputStream to, boolean isPipe) {
      this.to = to;
      this.isPipe = isPipe;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (isClosed) {
        refuse();
        return;
      }
      try {
        to.write(bytes, from, count);
      } catch (IOException e) {
        if (!isPipe && !String.valueOf(e.getMessage()).endsWith("roken pipe")) {
          throw e;
        }
        isClosed = true;
        refuse();
      }
    }

    private void refuse() {
      if (!outlives) {
        throw new ClosedPipeException();
      }
    }

    @Override
    public void flush() throws IOException {
      to.flush();
    }
  }
}
