package dev.lockstep.app.kafka;

import java.util.Map;

/**
 * Properties of a Kafka consumer for its membership in a group: its static member id, the session
 * timeout, and the heartbeat interval.
 *
 * <p>Readers of sources have their own properties of this kind, which operators may replace.
 */
public final class GroupMembership {
  private GroupMembership() {}

  /**
   * Returns consumer properties for a static member of a group ({@code group.instance.id}). A
   * member that restarts under its id gets its partitions back without a rebalance.
   *
   * <p>The session timeout is the shortest that brokers accept by default ({@code
   * group.min.session.timeout.ms}). Heartbeats are frequent, because a member hears of a rebalance
   * by its next heartbeat. Until all members have heard of it, Kafka Streams asks without pause
   * whether they have.
   *
   * @param instanceId id of this instance in the group, the same after a restart
   */
  public static Map<String, Object> of(String instanceId) {
    return Map.of(
        "group.instance.id", instanceId,
        "session.timeout.ms", 6_000,
        "heartbeat.interval.ms", 500);
  }
}
