package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of a forwarder: the name of its sink, with limits and waiting times of the
 * delivery.
 *
 * @param sink name of the sink: letters, digits, dashes
 * @param topicPrefix prefix of the names of topics and group
 * @param waits waiting times between attempts
 * @param maxRowsPerHour cap of each rule, at least 1: number of rows in an hour above which its
 *     rows of severity Medium and below are held back; a rule that is absent has no cap
 * @param maxHighRowsPerHour largest number of rows of severity High of each rule in an hour over
 *     all instances, at least 1; {@link #NO_CEILING} for no limit
 * @param dailyBudget number of rows and bytes in a UTC day above which rows of severity Medium and
 *     below are held back; null for no limit
 * @param forwardFrom earliest end of a finding that is sent; findings that ended before are left
 *     out
 */
public record ForwarderConfig(
    String sink,
    String topicPrefix,
    BackoffSettings waits,
    Map<String, Integer> maxRowsPerHour,
    int maxHighRowsPerHour,
    @Nullable DailyBudget dailyBudget,
    Instant forwardFrom) {
  /** Value of {@code maxHighRowsPerHour} that sets no limit to rows of severity High. */
  public static final int NO_CEILING = Integer.MAX_VALUE;

  /** Name of the Sentinel sink. */
  public static final String SENTINEL = "sentinel";

  /** Name of the sink of evidence in Sentinel's data lake. */
  public static final String LAKE = "sentinel-lake";

  /**
   * Creates a configuration.
   *
   * @throws IllegalArgumentException if a cap of rows or the ceiling is below 1; its message has
   *     the fix
   */
  public ForwarderConfig {
    maxRowsPerHour = Map.copyOf(maxRowsPerHour);
    maxRowsPerHour.forEach(
        (rule, most) -> {
          if (most < 1) {
            throw new IllegalArgumentException(
                "could not configure forwarding: maxRowsPerHour.%s is %d; give at least 1, or leave it out"
                    .formatted(Quoted.excerpt(rule, 100), most));
          }
        });
    if (maxHighRowsPerHour < 1) {
      throw new IllegalArgumentException(
          "could not configure forwarding: maxHighRowsPerHour is %d; give at least 1"
              .formatted(maxHighRowsPerHour));
    }
  }

  /** Returns the default configuration, which has no cap, no budget and no ceiling. */
  public static ForwarderConfig of(String sink) {
    return new ForwarderConfig(
        sink, "lockstep.", BackoffSettings.USUAL, Map.of(), NO_CEILING, null, Instant.MIN);
  }

  /** Returns this configuration with another prefix for its topics and its consumer group. */
  public ForwarderConfig withTopicPrefix(String prefix) {
    return new ForwarderConfig(
        sink, prefix, waits, maxRowsPerHour, maxHighRowsPerHour, dailyBudget, forwardFrom);
  }

  /** Returns this configuration with other caps by rule. */
  public ForwarderConfig withMaxRowsPerHour(Map<String, Integer> most) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, most, maxHighRowsPerHour, dailyBudget, forwardFrom);
  }

  /** Returns this configuration with another ceiling for rows of severity High. */
  public ForwarderConfig withMaxHighRowsPerHour(int most) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, most, dailyBudget, forwardFrom);
  }

  /** Returns this configuration with another daily budget, where null means no limit. */
  public ForwarderConfig withDailyBudget(@Nullable DailyBudget budget) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, maxHighRowsPerHour, budget, forwardFrom);
  }

  /**
   * Returns this configuration with another {@code forwardFrom}: findings that ended before that
   * time are not sent.
   */
  public ForwarderConfig withForwardFrom(Instant from) {
    return new ForwarderConfig(
        sink, topicPrefix, waits, maxRowsPerHour, maxHighRowsPerHour, dailyBudget, from);
  }

  String detectionsTopic() {
    return new ClusterNames(topicPrefix).detections();
  }

  String deadLettersTopic() {
    return new ClusterNames(topicPrefix).deadLetters();
  }

  /** Returns the consumer group in which the instances share the work for this sink. */
  public String group() {
    return new ClusterNames(topicPrefix).forwarder() + (sink.equals(SENTINEL) ? "" : "-" + sink);
  }
}
