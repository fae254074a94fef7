package dev.lockstep.app.broker;

import java.util.HashMap;
import java.util.Map;

/**
 * Options of a broker that does next to nothing while nobody asks it for anything, for tests that
 * leave it running while they wait. By itself a broker writes a record without content twice a
 * second and tells its controller as often that it lives.
 *
 * <p>Not for a broker that is killed and started again: its old session lasts for half a minute.
 */
public final class CalmBroker {
  private static final Map<String, String> CALM =
      Map.of(
          "metadata.max.idle.interval.ms", "0",
          "broker.heartbeat.interval.ms", "2000",
          "broker.session.timeout.ms", "30000");

  /** The options without any others. */
  public static final LocalBroker.Options OPTIONS = LocalBroker.Options.DEFAULT.withSettings(CALM);

  private CalmBroker() {}

  /** Returns the options with further settings of Kafka's broker. */
  public static LocalBroker.Options with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(CALM);
    all.putAll(settings);
    return LocalBroker.Options.DEFAULT.withSettings(all);
  }
}
