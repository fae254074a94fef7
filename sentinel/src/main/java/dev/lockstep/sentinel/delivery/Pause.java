package dev.lockstep.sentinel.delivery;

import java.time.Duration;

/** Function by which a thread waits for a duration. */
@FunctionalInterface
interface Pause {
  void sleep(Duration time) throws InterruptedException;
}
