package dev.lockstep.app.kafka;

import java.util.Map;

/**
 * Holder of the consumer properties for the session timeout and the heartbeat interval by which a
 * consumer group notices a killed member.
 */
public final class GroupTimeouts {
  /**
   * Consumer properties that set the session timeout and the heartbeat interval of group members.
   * Brokers reject shorter session timeouts ({@code group.min.session.timeout.ms}). A member hears
   * of a rebalance by its next heartbeat, and until all have heard, Kafka Streams asks without
   * pause whether they have.
   */
  public static final Map<String, Object> SETTINGS =
      Map.of("session.timeout.ms", 6_000, "heartbeat.interval.ms", 500);

  private GroupTimeouts() {}
}
