package dev.lockstep.sentinel.delivery;

import java.time.Duration;

/** Wait for a time. */
@FunctionalInterface
interface Pause {
  void sleep(Duration time) throws InterruptedException;
}
