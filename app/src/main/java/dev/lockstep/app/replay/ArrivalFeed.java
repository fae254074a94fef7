package dev.lockstep.app.replay;

import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.local.LocalDriver;

/**
 * Receiver of activities in the order of their arrival, which passes each activity to a driver and
 * advances the driver's watermark.
 */
public final class ArrivalFeed implements ArrivalSorter.Sink {
  /**
   * Step in milliseconds by which a replay advances the watermark while nothing arrives. It is
   * longer than the grace of any built-in rule, so one step ends each such grace that has begun.
   * The watermark makes this step in a gap between two arrivals that is longer than the step, and
   * after the last arrival.
   */
  private static final long IDLE_STEP_MILLIS = 61 * 60_000L;

  /**
   * Largest number of steps by which a replay advances the watermark in one gap between two
   * arrivals. Each step is {@link #IDLE_STEP_MILLIS} long. After the last arrival all steps are
   * made. Two steps are enough for the built-in rules and Sigma rules: in the first a call waits
   * for its identity link, and in the second a rule waits for missing events. After the last
   * arrival the second step lasts for the longest grace of the rules if this grace is longer.
   */
  private static final int MOST_IDLE_STEPS = 2;

  /**
   * Smallest step in milliseconds of the simulated wall clock in a live replay. A live replay gives
   * out each revision at the time at which the service would. The clock follows the arrival times,
   * and the delayed revisions that are due go out at each step.
   */
  private static final long LIVE_STEP_MILLIS = 5_000;

  /**
   * Smallest step in milliseconds by which a replay advances the watermark while activities arrive.
   */
  private static final long WATERMARK_STEP_MILLIS = 10 * 60_000L;

  private final LocalDriver driver;
  private final Progress progress;
  private final boolean live;
  private long first;
  private long last;
  private long watermark;
  private long livedAt;
  private long entered;

  /**
   * Creates a feed that passes activities to a driver.
   *
   * @param live whether the replay is live: a simulated wall clock follows the arrival times, so
   *     that delayed revisions go out when they are due
   */
  public ArrivalFeed(LocalDriver driver, Progress progress, boolean live) {
    this.driver = driver;
    this.progress = progress;
    this.live = live;
  }

  @Override
  public void take(long arrivalAt, byte[] item) {
    if (first == 0) {
      first = arrivalAt;
    }
    for (int step = 1; last > 0 && step <= MOST_IDLE_STEPS; step++) {
      if (arrivalAt - last > step * IDLE_STEP_MILLIS) {
        driver.watermark(last + step * IDLE_STEP_MILLIS);
      }
    }
    last = Math.max(last, arrivalAt);
    if (live && last - livedAt >= LIVE_STEP_MILLIS) {
      livedAt = last;
      driver.live(last);
    }
    if (arrivalAt - watermark >= WATERMARK_STEP_MILLIS) {
      watermark = arrivalAt;
      driver.watermark(watermark);
    }
    driver.enter(item);
    if (++entered % 1_000 == 0) {
      progress.at(entered);
    }
  }

  /** Advances the watermark, after the last arrival, so far that no rule waits for events. */
  public void finish() {
    if (last > 0) {
      long linked = last + IDLE_STEP_MILLIS;
      driver.watermarkAtEnd(linked);
      driver.watermarkAtEnd(linked + Math.max(IDLE_STEP_MILLIS, driver.longestGraceMillis()));
    }
  }

  /** Returns the first arrival time in milliseconds since 1970, or 0 if nothing arrived. */
  public long first() {
    return first;
  }

  /** Returns the last arrival time in milliseconds since 1970, or 0 if nothing arrived. */
  public long last() {
    return last;
  }

  long entered() {
    return entered;
  }
}
