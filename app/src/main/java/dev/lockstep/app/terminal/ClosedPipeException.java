package dev.lockstep.app.terminal;

/**
 * Exception that ends a command without failure after the reader of its output, such as {@code
 * head}, has closed the pipe.
 */
public final class ClosedPipeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException() {
    super("the reader of standard output has closed the pipe", null, false, false);
  }
}
