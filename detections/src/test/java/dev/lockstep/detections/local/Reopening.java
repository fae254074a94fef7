package dev.lockstep.detections.local;

/** Restart of a driver, for tests of other packages. */
public final class Reopening {
  private Reopening() {}

  /** Has every subject go through its records, as after a restart. */
  public static void of(LocalDriver driver) {
    driver.reopen();
  }
}
