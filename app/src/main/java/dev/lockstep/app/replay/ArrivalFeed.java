package dev.lockstep.app.replay;

import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.local.LocalDriver;

/** Feed of a driver: activities in the order of their arrival, and the watermark as it goes on. */
public final class ArrivalFeed implements ArrivalSorter.Sink {
  /** After the last record nothing comes any more: whatever waits for a grace has waited. */
  private static final long GRACE_MILLIS = 2 * 3_600_000L;

  /** Changes that only count a finding up wait for that long at least. */
  private static final long LIVE_STEP_MILLIS = 5_000;

  private static final long CLOCK_STEP_MILLIS = 10 * 60_000L;

  private final LocalDriver driver;
  private final Progress progress;
  private final boolean live;
  private long first;
  private long last;
  private long clock;
  private long livedAt;
  private long entered;

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
    if (last > 0 && arrivalAt - last > GRACE_MILLIS) {
      driver.clock(last + GRACE_MILLIS);
    }
    last = Math.max(last, arrivalAt);
    if (live && last - livedAt >= LIVE_STEP_MILLIS) {
      livedAt = last;
      driver.live(last);
    }
    if (arrivalAt - clock >= CLOCK_STEP_MILLIS) {
      clock = arrivalAt;
      driver.clock(clock);
    }
    driver.enter(item);
    if (++entered % 1_000 == 0) {
      progress.at(entered);
    }
  }

  /** Lets the watermark go on until nothing waits for a grace any more. */
  public void finish() {
    if (last > 0) {
      driver.clock(last + GRACE_MILLIS);
    }
  }

  /** Returns the first arrival in milliseconds since 1970, 0 if nothing came. */
  public long first() {
    return first;
  }

  /** Returns the last arrival in milliseconds since 1970, 0 if nothing came. */
  public long last() {
    return last;
  }

  /** Returns how many activities were entered. */
  long entered() {
    return entered;
  }
}
