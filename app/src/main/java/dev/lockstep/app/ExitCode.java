package dev.lockstep.app;

/** Exit codes of the process. */
final class ExitCode {
  /** Done, also when there are detections. */
  static final int DONE = 0;

  /** Something failed; one line says what and how to fix it. */
  static final int FAILED = 1;

  /** The command was not understood. */
  static final int WRONG_USAGE = 2;

  /** Done, but some input was rejected. */
  static final int DONE_WITH_REJECTIONS = 3;

  /** The heap of {@code run} was full; the virtual machine gives the same. */
  static final int OUT_OF_MEMORY = 3;

  private ExitCode() {}
}
