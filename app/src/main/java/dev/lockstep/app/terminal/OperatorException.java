package dev.lockstep.app.terminal;

import dev.lockstep.schemas.Quoted;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/**
 * Something that only the operator can fix; ends the command with exit code 1.
 *
 * <p>The message is one line: {@code could not <what>: <which thing> <value>; <the fix>}.
 */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String origin;
  private final String what;

  /** Creates one that says what could not be done and how to fix it. */
  public OperatorException(String message) {
    this(message, (Throwable) null);
  }

  /** Creates one with the failure underneath, which is logged and not printed. */
  public OperatorException(String message, @Nullable Throwable cause) {
    this(message, cause, null, "");
  }

  /**
   * Returns the one that says what a failure says, whose words are an operator's already; of a file
   * that the system refuses, which and what for.
   */
  public static OperatorException saying(Exception failure) {
    boolean wrapped = failure instanceof UncheckedIOException;
    Throwable said = wrapped && failure.getCause() != null ? failure.getCause() : failure;
    String message =
        said instanceof FileSystemException file
            ? "could not use the file %s (%s); check that its folder is there, its rights and its disk's room"
                .formatted(Quoted.of(file.getFile()), file.getClass().getSimpleName())
            : String.valueOf(said.getMessage());
    return new OperatorException(message, failure);
  }

  private OperatorException(
      String message, @Nullable Throwable cause, @Nullable String origin, String what) {
    super(message, cause);
    this.origin = origin;
    this.what = what;
  }

  /** Returns the one that says what in the configuration cannot be used, and where it stands. */
  public static OperatorException inConfig(String origin, String what, String fix) {
    return new OperatorException(
        "could not use the configuration: " + origin + ": " + what + "; " + fix,
        null,
        origin,
        what);
  }

  /** Returns file and line, or the variable, of what is wrong there; null if it is elsewhere. */
  public @Nullable String origin() {
    return origin;
  }

  /** Returns what is wrong in the configuration, which begins with the key; else nothing. */
  public String what() {
    return what;
  }
}
