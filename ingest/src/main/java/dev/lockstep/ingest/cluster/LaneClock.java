package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.Position;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A lane's time: how far its arrivals have come, whether anything comes, up to when nothing more is
 * to be waited for, and when all that is to be said again. Not safe for use by several threads.
 */
final class LaneClock {
  private static final long IDLE_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long PAUSE_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long QUIET_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long LIVE_DELAY_MILLIS = Duration.ofMinutes(1).toMillis();

  /** A played capture says so often that it has ended: who takes over a task has not heard it. */
  private static final long REST_MILLIS = Duration.ofSeconds(15).toMillis();

  /** Longer than any grace: a capture that was played and has ended keeps nothing waiting. */
  private static final long ENDED_MILLIS = Duration.ofHours(2).toMillis();

  private final boolean live;
  private final InstantSource clock;
  private ArrivalClock arrivals = new ArrivalClock(0);
  private long furthest;
  private long readAt;
  private boolean idle;
  private boolean quiet;
  private long saidAt;
  private long saidClockAt;
  private boolean saidIdle;
  private boolean saidQuiet;

  /**
   * Creates a clock that has seen nothing.
   *
   * @param live whether arrivals come as they happen
   */
  LaneClock(boolean live, InstantSource clock) {
    this.live = live;
    this.clock = clock;
  }

  /** Takes up the clock that stands at a position. */
  void begin(Position position) {
    arrivals = new ArrivalClock(position.getClockAt());
    furthest = position.getFurthestAt();
    read();
  }

  /** Takes note of an arrival. */
  void observe(long arrivalAt) {
    arrivals.observe(arrivalAt);
    furthest = Math.max(furthest, Math.min(arrivalAt, Long.MAX_VALUE - ENDED_MILLIS));
  }

  /** Takes note that something was read. */
  void read() {
    readAt = clock.millis();
    idle = false;
    quiet = false;
  }

  /**
   * Takes note that there was nothing to read.
   *
   * @param ended whether all there is has been read, so that nothing waits for more
   */
  void rest(boolean ended) {
    long nothingFor = clock.millis() - readAt;
    quiet = nothingFor >= QUIET_MILLIS;
    idle = nothingFor >= IDLE_MILLIS || (ended && quiet);
  }

  /** Returns how far the arrivals have come, in milliseconds since 1970, or 0. */
  long at() {
    return arrivals.at();
  }

  /** Returns whether everything there is was read some seconds ago. */
  boolean isQuiet() {
    return quiet;
  }

  /** Returns whether nothing has come for a while, so that forgetting need not wait. */
  boolean isIdle() {
    return idle;
  }

  /**
   * Returns up to which arrival time nothing more is to be waited for here: where everything there
   * is has been read, a live source's arrivals have come almost to now, and a capture that was
   * played has ended. (A capture may end after a gap that the clock does not believe in yet.)
   */
  long graceAt() {
    if (!quiet) {
      return arrivals.at();
    }
    if (!live) {
      return furthest == 0 ? 0 : furthest + ENDED_MILLIS;
    }
    return Math.max(arrivals.at(), clock.millis() - LIVE_DELAY_MILLIS);
  }

  /** Returns whether what was said last is no longer near enough. */
  boolean isDue() {
    if (idle != saidIdle || quiet != saidQuiet) {
      return true;
    }
    if (quiet && clock.millis() - saidAt >= (live ? LIVE_DELAY_MILLIS : REST_MILLIS)) {
      return true;
    }
    long step = Math.abs(arrivals.at() - saidClockAt);
    return step >= STEP_MILLIS || (step > 0 && clock.millis() - saidAt >= PAUSE_MILLIS);
  }

  /** Takes note that all this is being said. */
  void said() {
    saidAt = clock.millis();
    saidClockAt = arrivals.at();
    saidIdle = idle;
    saidQuiet = quiet;
  }

  /** Puts the clock that stands there into a position. */
  void stamp(Position position) {
    position.setClockAt(arrivals.at());
    position.setFurthestAt(furthest);
  }
}
