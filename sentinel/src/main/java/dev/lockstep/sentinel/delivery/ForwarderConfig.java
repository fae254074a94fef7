package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Quoted;
import dev.lockstep.schemas.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of the detections goes to one sink, and how patiently.
 *
 * @param sink its name among the sinks: letters, digits, dashes
 * @param topicPrefix before the names of topics and of the group
 * @param waits between attempts
 * @param maxRowsPerHour how many rows of a rule go in an hour, at least 1; a rule that is not there
 *     has no cap
 * @param maxHighRowsPerHour how many rows of severity High of each rule go in an hour, at least 1,
 *     over all instances; {@link #NO_CEILING} for no bound
 * @param dailyBudget the most that goes in a day; null for no bound
 * @param forwardFrom what ended before does not go
 */
public record ForwarderConfig(
    String sink,
    String topicPrefix,
    Waits waits,
    Map<String, Integer> maxRowsPerHour,
    int maxHighRowsPerHour,
    @Nullable DailyBudget dailyBudget,
    Instant forwardFrom) {
  /** No bound on rows of severity High. */
  public static final int NO_CEILING = Integer.MAX_VALUE;

  /** The name of the sink that Sentinel is. */
  public static final String SENTINEL = "sentinel";

  /**
   * How long to wait between attempts.
   *
   * @param firstBackoff before the first repetition; doubles with each
   * @param longestBackoff where that ends
   * @param recheckEvery where it ends while the sink refuses who we are or what we name
   */
  public record Waits(Duration firstBackoff, Duration longestBackoff, Duration recheckEvery) {
    /**
     * Validates.
     *
     * @throws IllegalArgumentException with the fix
     */
    public Waits {
      checkPositive("firstBackoff", firstBackoff);
      checkPositive("longestBackoff", longestBackoff);
      checkPositive("recheckEvery", recheckEvery);
      if (longestBackoff.compareTo(firstBackoff) < 0) {
        throw new IllegalArgumentException(
            "could not configure forwarding: longestBackoff %s is shorter than firstBackoff %s; raise it"
                .formatted(longestBackoff, firstBackoff));
      }
    }

    private static void checkPositive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(
            "could not configure forwarding: %s %s; take more than zero".formatted(name, value));
      }
    }
  }

  /**
   * Validates.
   *
   * @throws IllegalArgumentException with the fix
   */
  public ForwarderConfig {
    maxRowsPerHour = Map.copyOf(maxRowsPerHour);
    maxRowsPerHour.forEach(
        (rule, most) -> {
          if (most < 1) {
            throw new IllegalArgumentException(
                "could not configure forwarding: maxRowsPerHour.%s %d; take at least 1, or leave it out"
                    .formatted(Quoted.excerpt(rule, 100), most));
          }
        });
    if (maxHighRowsPerHour < 1) {
      throw new IllegalArgumentException(
          "could not configure forwarding: maxHighRowsPerHour %d; take at least 1"
              .formatted(maxHighRowsPerHour));
    }
  }

  /** Returns a configuration with the defaults: everything goes. */
  public static ForwarderConfig of(String sink) {
    Waits waits = new Waits(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(30));
    return new ForwarderConfig(sink, "lockstep.", waits, Map.of(), NO_CEILING, null, Instant.MIN);
  }

  /** Returns the same with another prefix of topics and group. */
  public ForwarderConfig withTopicPrefix(String prefix) {
    return new ForwarderConfig(
        sink, prefix, waits, maxRowsPerHour, maxHighRowsPerHour, dailyBudget, forwardFrom);
  }

  /** Returns the same with other waiting times. */
  public ForwarderConfig withBackoff(Duration first, Duration longest, Duration recheck) {
    Waits other = new Waits(first, longest, recheck);
    return new ForwarderConfig(
        sink, topicPrefix, other, maxRowsPerHour, maxHighRowsPerHour, dailyBudget, forwardFrom);
  }

  /** Returns the same with other caps, by rule. */
  public ForwarderConfig withMaxRowsPerHour(Map<String, Integer> most) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, most, maxHighRowsPerHour, dailyBudget, forwardFrom);
  }

  /** Returns the same with another ceiling for rows of severity High of each rule. */
  public ForwarderConfig withMaxHighRowsPerHour(int most) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, most, dailyBudget, forwardFrom);
  }

  /** Returns the same with another budget. */
  public ForwarderConfig withDailyBudget(@Nullable DailyBudget budget) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, maxHighRowsPerHour, budget, forwardFrom);
  }

  /** Returns the same with another time before which nothing goes. */
  public ForwarderConfig withForwardFrom(Instant from) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, maxHighRowsPerHour, dailyBudget, from);
  }

  String detectionsTopic() {
    return new TopicNames(topicPrefix).detections();
  }

  String deadLettersTopic() {
    return new TopicNames(topicPrefix).deadLetters();
  }

  /** Each sink has a group, and so a watermark, of its own. */
  String group() {
    return new TopicNames(topicPrefix).forwarder() + (sink.equals(SENTINEL) ? "" : "-" + sink);
  }
}
