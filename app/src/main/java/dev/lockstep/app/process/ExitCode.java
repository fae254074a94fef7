package dev.lockstep.app.process;

/** Exit codes of the process. */
public final class ExitCode {
  /** Done, also when there are detections. */
  public static final int DONE = 0;

  /** Something failed; one line says what and how to fix it. */
  public static final int FAILED = 1;

  /** The command was not understood. */
  public static final int WRONG_USAGE = 2;

  /** Done, but some input was rejected. */
  public static final int DONE_WITH_REJECTIONS = 3;

  /** The heap of {@code run} was full; the virtual machine gives the same. */
  public static final int OUT_OF_MEMORY = 3;

  private ExitCode() {}
}
