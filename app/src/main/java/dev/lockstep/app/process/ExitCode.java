package dev.lockstep.app.process;

/** Exit codes of the process. */
public final class ExitCode {
  /** Exit code of success, even with detections. */
  public static final int DONE = 0;

  /** Exit code of a failure. One line explains the failure and the fix. */
  public static final int FAILED = 1;

  /** Exit code of wrong usage. */
  public static final int WRONG_USAGE = 2;

  /** Exit code of success with some rejected input. */
  public static final int DONE_WITH_REJECTIONS = 3;

  /** Exit code of a comparison with {@code --exit-code} that found a difference. */
  public static final int DIFFERS = 4;

  /**
   * Exit code of a replay with {@code --fail-on} that found a finding of the given severity or a
   * higher one.
   */
  public static final int FOUND = 5;

  /** Exit code of {@code run} after its heap was full. Java itself exits with this code too. */
  public static final int OUT_OF_MEMORY = 3;

  private ExitCode() {}
}
