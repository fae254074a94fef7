package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * Check of the settings of existing topics, which refuses a topic that may lose data. Each setting
 * is compared with the value that Lockstep or Kafka Streams gives it in a new topic.
 */
final class TopicSettings {
  static final String CLEANUP_POLICY = "cleanup.policy";
  static final String COMPACT = "compact";
  static final String DELETE = "delete";
  static final String TIMESTAMP_TYPE = "message.timestamp.type";
  static final String RETENTION = "retention.ms";
  static final String RETENTION_BYTES = "retention.bytes";
  static final String COMPACTION_LAG = "max.compaction.lag.ms";
  static final String SEGMENT = "segment.ms";

  private TopicSettings() {}

  /**
   * Refuses a topic with another cleanup policy than Lockstep sets, or with timestamps that its
   * producers set.
   *
   * @throws OperatorException if the topic cannot be used
   */
  static void check(NewTopic topic, TopicAdmin.Found found) {
    ConfigEntry cleanup = found.config().get(CLEANUP_POLICY);
    boolean keepsLast = topic.configs().containsKey(COMPACTION_LAG);
    if (!keepsLast || cleanup == null || !parts(cleanup.value()).contains(COMPACT)) {
      checkSetting(topic, found.config(), CLEANUP_POLICY);
    }
    checkSetting(topic, found.config(), TIMESTAMP_TYPE);
  }

  /**
   * Refuses a topic from which Kafka removes records by size, or earlier than wanted.
   *
   * @throws OperatorException if records may be removed before they are read
   */
  static void checkKept(NewTopic topic, Config config) {
    checkSetting(topic, config, RETENTION_BYTES); // else a broker's limit of size removes records
    String wanted = topic.configs().get(RETENTION);
    ConfigEntry found = config.get(RETENTION);
    if (topic.configs().containsKey(COMPACTION_LAG)) {
      return; // another retention of findings is a difference and no fault
    }
    if (wanted == null || found == null || found.value() == null) {
      return;
    }
    long kept = Long.parseLong(found.value());
    if (kept >= 0 && kept < Long.parseLong(wanted)) {
      checkSetting(topic, config, RETENTION);
    }
  }

  /**
   * Setting of an internal topic with which Kafka may remove records that are still needed.
   *
   * @param found value that the topic has
   * @param wanted value that the topic gets if Kafka Streams creates it for this version of
   *     Lockstep
   */
  record Harm(String key, String found, String wanted) {}

  /**
   * Returns a setting of an internal topic with which Kafka may remove state or unread records, or
   * null if there is no such setting. Kafka Streams itself removes the records of a topic between
   * two stages once they are read.
   */
  static @Nullable Harm harm(String topic, Config config) {
    boolean isState = topic.endsWith("-changelog");
    String policy = value(config, CLEANUP_POLICY);
    if (policy != null && parts(policy).contains(isState ? DELETE : COMPACT)) {
      return new Harm(CLEANUP_POLICY, policy, isState ? COMPACT : DELETE);
    }
    if (!isState) {
      for (String key : List.of(RETENTION, RETENTION_BYTES)) {
        String kept = value(config, key);
        if (kept != null && Long.parseLong(kept) >= 0) {
          return new Harm(key, kept, "-1");
        }
      }
    }
    return null;
  }

  /** Returns the value of a setting, or null if the cluster does not report it. */
  static @Nullable String value(Config config, String key) {
    ConfigEntry entry = config.get(key);
    return entry == null ? null : entry.value();
  }

  /**
   * Refuses a topic in which the given setting has another value than Lockstep sets. A setting that
   * the cluster does not report is not checked.
   *
   * @throws OperatorException if the value differs
   */
  static void checkSetting(NewTopic topic, Config config, String key) {
    String wanted = topic.configs().get(key);
    ConfigEntry entry = config.get(key);
    String found = entry == null ? null : entry.value();
    if (wanted == null || wanted.equals(found) || found == null) {
      return;
    }
    throw unusable(
        topic,
        "has " + key + " " + Quoted.of(found) + " and not " + Quoted.of(wanted),
        "alter the setting (kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic "
            + topic.name()
            + " --add-config "
            + key
            + "="
            + (wanted.contains(",") ? "[" + wanted + "]" : wanted)
            + "), or choose another kafka.topicPrefix");
  }

  /** Returns the parts of a setting that are separated by commas. */
  static Set<String> parts(String setting) {
    return setting.replace(',', '\n').lines().map(String::strip).collect(Collectors.toSet());
  }

  private static OperatorException unusable(NewTopic topic, String what, String fix) {
    return new OperatorException(
        "could not use the existing topic: " + Quoted.of(topic.name()) + " " + what + "; " + fix);
  }
}
