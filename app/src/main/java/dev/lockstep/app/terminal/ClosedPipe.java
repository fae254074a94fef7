package dev.lockstep.app.terminal;

/**
 * Exception that ends a command without failure after the reader of its output, such as {@code
 * head}, has closed the pipe.
 */
public final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe() {
    super("the reader of standard output has closed the pipe", null, false, false);
  }
}
