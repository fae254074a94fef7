package dev.lockstep.app.terminal;

/** End of a command whose reader, such as {@code head}, has closed the pipe; it is no failure. */
public final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe() {
    super("the reader of standard output has closed the pipe", null, false, false);
  }
}
