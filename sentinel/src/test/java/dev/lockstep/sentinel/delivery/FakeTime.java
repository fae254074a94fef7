package dev.lockstep.sentinel.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only where somebody waits. */
public final class FakeTime implements InstantSource, Pause {
  public static final Instant START = Instant.parse("2026-11-02T09:00:00Z");

  private final List<Runnable> duringWaits = new ArrayList<>();
  private Instant now = START;

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public void sleep(Duration time) {
    synchronized (this) {
      now = now.plus(time);
    }
    List.copyOf(duringWaits).forEach(Runnable::run);
  }

  /** Runs something in every slice of every wait. */
  void duringWaits(Runnable task) {
    duringWaits.add(task);
  }

  Duration passed() {
    return Duration.between(START, instant());
  }
}
