package dev.lockstep.sentinel.delivery;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
interface Pause {
  void sleep(Duration time) throws InterruptedException;
}
