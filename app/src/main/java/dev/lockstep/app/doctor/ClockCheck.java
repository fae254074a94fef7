package dev.lockstep.app.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Compares this machine's clock with those that answer; safe for use by several threads. */
public final class ClockCheck {
  /** Records from so far ahead are quarantined, and tokens are refused. */
  private static final Duration TOO_FAR = Duration.ofMinutes(5);

  private static final Duration NOTICEABLE = Duration.ofMinutes(1);
  private static final String MEND = "let this machine keep time (chrony, timesyncd)";

  private record Heard(String whose, Duration ahead) {}

  private final InstantSource clock;
  private final List<Heard> heard = new ArrayList<>();

  public ClockCheck(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes what another clock said.
   *
   * @param date null if it did not say
   * @param before this machine's clock when it was asked
   */
  synchronized void heard(String whose, @Nullable Instant date, Instant before) {
    if (date != null) {
      Instant middle = before.plus(Duration.between(before, clock.instant()).dividedBy(2));
      heard.add(new Heard(whose, Duration.between(date, middle)));
    }
  }

  /** Takes the time of something that has happened: it cannot be later than now. */
  synchronized void happened(String whose, Instant date) {
    Duration ahead = Duration.between(date, clock.instant());
    if (ahead.isNegative()) {
      heard.add(new Heard(whose, ahead));
    }
  }

  /** Says how this machine's clock stands to the one that differs most. */
  public synchronized CheckReport.Line line() {
    Heard worst = null;
    for (Heard one : heard) {
      if (worst == null || one.ahead().abs().compareTo(worst.ahead().abs()) > 0) {
        worst = one;
      }
    }
    if (worst == null) {
      return new CheckReport.Line(
          CheckReport.Verdict.SKIP, "clock", "nothing that was asked told the time", "");
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
          what + ": tokens and arrivals are judged wrongly",
          MEND);
    }
    if (worst.ahead().abs().compareTo(NOTICEABLE) >= 0) {
      return new CheckReport.Line(CheckReport.Verdict.WARN, "clock", what, MEND);
    }
    return new CheckReport.Line(CheckReport.Verdict.OK, "clock", what, "");
  }
}
