package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Failure that only the operator can fix. It ends the command with exit code 1, unless it is
 * caught.
 *
 * <p>The message is one line: {@code could not <what>: <which thing> <value>; <the fix>}. If there
 * are several faults, details follow on separate lines.
 */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String origin;
  private final String what;
  private final transient List<String> lines;

  /** Creates a failure with a message, which includes the fix. */
  public OperatorException(String message) {
    this(message, (Throwable) null);
  }

  /**
   * Creates a failure with a message, which includes the fix, and a cause. The cause is logged at
   * debug level, and not printed.
   */
  public OperatorException(String message, @Nullable Throwable cause) {
    this(message, cause, null, "", List.of());
  }

  /**
   * Returns a failure that tells the operator about an exception. It has the message of the
   * exception. For a failed file operation it has a message that names the file and the class of
   * the exception instead, and says what to check.
   */
  public static OperatorException of(Exception failure) {
    boolean wrapped = failure instanceof UncheckedIOException;
    Throwable cause = wrapped && failure.getCause() != null ? failure.getCause() : failure;
    String message =
        cause instanceof FileSystemException file
            ? "could not use the file %s (%s); check that the folder of the file exists, and check the permissions and the free disk space"
                .formatted(Quoted.of(file.getFile()), file.getClass().getSimpleName())
            : String.valueOf(cause.getMessage());
    return new OperatorException(message, failure);
  }

  private OperatorException(
      String message,
      @Nullable Throwable cause,
      @Nullable String origin,
      String what,
      List<String> lines) {
    super(message, cause);
    this.origin = origin;
    this.what = what;
    this.lines = List.copyOf(lines);
  }

  /**
   * Returns a copy of this failure with the given details in place of its own. Each detail is a
   * separate line.
   */
  public OperatorException with(List<String> details) {
    return new OperatorException(String.valueOf(getMessage()), getCause(), origin, what, details);
  }

  public List<String> lines() {
    return lines;
  }

  /** Returns a failure about the configuration, with the place of the fault. */
  public static OperatorException inConfig(String origin, String what, String fix) {
    return new OperatorException(
        "could not use the configuration: " + origin + ": " + what + "; " + fix,
        null,
        origin,
        what,
        List.of());
  }

  /**
   * Returns the place of a fault in the configuration, or null for any other failure. The place is
   * a file and line, or an environment variable.
   */
  public @Nullable String origin() {
    return origin;
  }

  /**
   * Returns the description of a fault in the configuration, or an empty text for any other
   * failure. The description begins with the key.
   */
  public String what() {
    return what;
  }
}
