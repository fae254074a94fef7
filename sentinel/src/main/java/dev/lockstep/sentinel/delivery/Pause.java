package dev.lockstep.sentinel.delivery;

import java.time.Duration;

/** Function that makes a thread wait for a duration. */
@FunctionalInterface
interface Pause {
  void sleep(Duration time) throws InterruptedException;
}
