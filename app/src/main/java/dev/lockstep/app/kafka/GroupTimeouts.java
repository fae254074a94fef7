package dev.lockstep.app.kafka;

import java.util.Map;

/** Session and heartbeat, by which a group on a Kafka cluster notices that a member was killed. */
public final class GroupTimeouts {
  /**
   * Properties of a consumer. A broker refuses a session that is shorter ({@code
   * group.min.session.timeout.ms}).
   */
  public static final Map<String, Object> SETTINGS =
      Map.of("session.timeout.ms", 6_000, "heartbeat.interval.ms", 2_000);

  private GroupTimeouts() {}
}
