package dev.lockstep.app.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Check of this machine's clock against the clocks of servers and the times of events. It reports
 * the largest difference. Several threads may use it.
 */
public final class ClockCheck {
  /**
   * Smallest difference between this machine's clock and another clock at which the check fails. At
   * such a difference, records may be quarantined and tokens refused.
   */
  private static final Duration TOO_FAR = Duration.ofMinutes(5);

  private static final Duration NOTICEABLE = Duration.ofMinutes(1);
  private static final String FIX = "synchronise the clock of this machine (chrony, timesyncd)";

  /** Time by which this machine's clock is ahead of another clock; negative if it is behind. */
  private record Heard(String whose, Duration ahead) {}

  private final InstantSource clock;
  private final List<Heard> heard = new ArrayList<>();

  public ClockCheck(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Records how far this machine's clock is ahead of another clock, such as a server's.
   *
   * @param date time of the other clock, or null if unknown
   * @param before time of this machine's clock when the other clock was asked
   */
  synchronized void heard(String whose, @Nullable Instant date, Instant before) {
    if (date != null) {
      Instant middle = before.plus(Duration.between(before, clock.instant()).dividedBy(2));
      heard.add(new Heard(whose, Duration.between(date, middle)));
    }
  }

  /**
   * Records how far this machine's clock is behind the time of a past event. A clock that is not
   * behind is not recorded.
   */
  synchronized void happened(String whose, Instant date) {
    Duration ahead = Duration.between(date, clock.instant());
    if (ahead.isNegative()) {
      heard.add(new Heard(whose, ahead));
    }
  }

  /**
   * Returns the result about the clock that differs most from this machine's. The verdict is {@code
   * SKIP} if no other clock is known.
   */
  public synchronized CheckReport.Line line() {
    Heard worst = null;
    for (Heard one : heard) {
      if (worst == null || one.ahead().abs().compareTo(worst.ahead().abs()) > 0) {
        worst = one;
      }
    }
    if (worst == null) {
      return new CheckReport.Line(
          CheckReport.Verdict.SKIP, "clock", "no service that was asked told its time", "");
    }
    long seconds = worst.ahead().abs().toSeconds();
    String what =
        String.format(
            Locale.ROOT,
            "%d s %s %s",
            seconds,
            worst.ahead().isNegative() ? "behind" : "ahead of",
            worst.whose());
    if (worst.ahead().abs().compareTo(TOO_FAR) >= 0) {
      return new CheckReport.Line(
          CheckReport.Verdict.FAIL,
          "clock",
          what + ": Lockstep misjudges tokens and arrival times",
          FIX);
    }
    if (worst.ahead().abs().compareTo(NOTICEABLE) >= 0) {
      return new CheckReport.Line(CheckReport.Verdict.WARN, "clock", what, FIX);
    }
    return new CheckReport.Line(CheckReport.Verdict.OK, "clock", what, "");
  }
}
