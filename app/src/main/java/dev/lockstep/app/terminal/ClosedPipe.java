package dev.lockstep.app.terminal;

/**
 * Exception that ends a command after the reader of its output has closed the pipe. This is no
 * failure: {@code head} does so.
 */
public final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe() {
    super("the reader of standard output has closed the pipe", null, false, false);
  }
}
