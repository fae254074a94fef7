package dev.lockstep.capture.record;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Seeded random source (SplitMix64) that gives the same sequence on every JDK. */
public final class Dice {
  private long state;

  public Dice(long seed) {
    this.state = seed;
  }

  public long next() {
    state += 0x9E3779B97F4A7C15L;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** Returns a random whole number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** Returns a random whole number from {@code first} to {@code last}, both included. */
  public int from(int first, int last) {
    return first + below(last - first + 1);
  }

  public boolean oneIn(int chances) {
    return below(chances) == 0;
  }

  public <T> T pick(List<T> items) {
    return items.get(below(items.size()));
  }

  public Duration seconds(int first, int last) {
    return Duration.ofMillis(from(first * 1000, last * 1000));
  }

  /**
   * Returns an instant moved forward by a random part of a second, at Azure's precision of 100 ns.
   */
  public Instant withTicks(Instant whole) {
    return whole.plusNanos(100L * below(10_000_000));
  }

  /** Returns a random GUID of version 4. */
  public UUID guid() {
    long high = (next() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
    long low = (next() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
