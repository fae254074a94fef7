package dev.lockstep.app.terminal;

/**
 * Exception that ends a command after the reader of its output, such as {@code head}, has closed
 * the pipe; this is no failure.
 */
public final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe() {
    super("the reader of standard output has closed the pipe", null, false, false);
  }
}
