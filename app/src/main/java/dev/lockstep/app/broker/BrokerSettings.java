package dev.lockstep.app.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Kafka's broker for a cluster of one node, which needs little memory and starts and
 * recovers quickly.
 */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String HOST = "127.0.0.1";
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private static final String PLAIN_LISTENER = "PLAINTEXT";
  private static final String SASL_LISTENER = "EVENTHUBS";
  private static final int MIB = 1 << 20;

  private BrokerSettings() {}

  static Map<String, String> of(
      Path logs, int port, int controllerPort, int saslPort, LocalBroker.Options options) {
    Map<String, String> settings = new HashMap<>();
    listeners(settings, port, controllerPort, saslPort, options.saslPassword());
    settings.put("log.dirs", logs.toString());
    settings.put("num.partitions", "4");
    settings.put("auto.create.topics.enable", "false");
    singleNode(settings);
    quickRecovery(settings);
    smallFootprint(settings);
    // A source topic has records as old as the capture that was played into it. Settings that use
    // a record's time must neither reject nor delete them. Topics with retention set it themselves.
    settings.put("log.retention.ms", "-1");
    settings.put("log.message.timestamp.type", "CreateTime");
    settings.put("log.message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE));
    settings.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
    settings.putAll(options.settings());
    return settings;
  }

  private static void listeners(
      Map<String, String> settings,
      int port,
      int controllerPort,
      int saslPort,
      @Nullable String saslPassword) {
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put("inter.broker.listener.name", PLAIN_LISTENER);
    String plain = PLAIN_LISTENER + "://" + HOST + ":" + port;
    String controller = CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort;
    String protocols = PLAIN_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT";
    if (saslPassword == null) {
      settings.put("listeners", plain + "," + controller);
      settings.put("advertised.listeners", plain);
      settings.put("listener.security.protocol.map", protocols);
      return;
    }
    String sasl = SASL_LISTENER + "://" + HOST + ":" + saslPort;
    settings.put("listeners", plain + "," + sasl + "," + controller);
    settings.put("advertised.listeners", plain + "," + sasl);
    settings.put(
        "listener.security.protocol.map", protocols + "," + SASL_LISTENER + ":SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.eventhubs.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required \"user_"
            + LocalBroker.SASL_USER
            + "\"=\""
            + saslPassword.replace("\\", "\\\\").replace("\"", "\\\"")
            + "\";");
  }

  private static void singleNode(Map<String, String> settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
  }

  private static void quickRecovery(Map<String, String> settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A killed broker must be able to return before its old session times out.
    settings.put("broker.session.timeout.ms", "4000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("controller.quorum.election.timeout.ms", "200");
    settings.put("controller.quorum.election.backoff.max.ms", "200");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    settings.put("num.recovery.threads.per.data.dir", "2");
  }

  private static void smallFootprint(Map<String, String> settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("group.coordinator.threads", "1");
    settings.put("share.coordinator.threads", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 * MIB));
    settings.put("log.segment.bytes", Integer.toString(64 * MIB));
    settings.put("log.index.size.max.bytes", Integer.toString(MIB));
    // Each new entry of an index is a page fault, and the logs of a local broker are short.
    settings.put("log.index.interval.bytes", Integer.toString(64 << 10));
    // Each start would register some thousand metrics with JMX, where nobody reads them.
    settings.put("metric.reporters", "");
    settings.put("metrics.jmx.exclude", ".*");
    settings.put("offsets.topic.segment.bytes", Integer.toString(4 * MIB));
    settings.put("transaction.state.log.segment.bytes", Integer.toString(4 * MIB));
  }
}
