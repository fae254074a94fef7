package dev.lockstep.app.privacy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import dev.lockstep.schemas.ClusterNames;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * Topic or source that may still name an erased person in records from before the erasure.
 *
 * @param until time at which the last of these records is deleted, or null if unknown or never
 * @param why settings that determine the time
 */
public record RemainingRecords(String where, @Nullable Instant until, String why) {
  /**
   * Longest time that Kafka takes to delete a record once the record may be deleted. Brokers check
   * every 5 minutes by default, and remove files a minute later.
   */
  private static final Duration LOOKED_AFTER = Duration.ofMinutes(6);

  private static final int API_MILLIS = 10_000;

  /**
   * Returns the UTC time at which the last of the remaining records is deleted, or {@code unknown}.
   */
  public String gone() {
    return until == null ? "unknown" : until.toString();
  }

  /**
   * Returns the sources and topics that may still name an erased person, with times of deletion.
   * The times follow from the present settings. Internal topics are left out.
   */
  public static List<RemainingRecords> of(Config config, Instant now) {
    ClusterNames topics = new ClusterNames(config.kafka().topicPrefix());
    List<RemainingRecords> all = new ArrayList<>();
    Map<String, Object> own = config.kafka().clientSettings();
    try (Admin admin = admin(own)) {
      all.add(compacted(topics.detections(), settings(admin, topics.detections()), now));
      for (String topic : List.of(topics.activity(), topics.quarantine(), topics.deadLetters())) {
        all.add(aging(topic, settings(admin, topic), now));
      }
    }
    for (Config.Source source : config.sources()) {
      all.add(of(source, now));
    }
    return all;
  }

  static RemainingRecords of(Config.Source source, Instant now) {
    String where = "source " + source.name();
    return switch (source.type()) {
      case CAPTURE -> new RemainingRecords(where, null, "its files stay until you delete them");
      case EVENT_HUBS_AMQP ->
          new RemainingRecords(where, null, "the event hub's message retention, as Azure shows it");
      case KAFKA, EVENT_HUBS_KAFKA -> {
        KafkaSourceConfig reading;
        try {
          reading = Wiring.sourceConfig(source);
        } catch (OperatorException e) { // the erasure is done, and its outcome has to be shown
          yield new RemainingRecords(where, null, String.valueOf(e.getMessage()));
        }
        yield of(reading, where, now);
      }
    };
  }

  private static RemainingRecords of(KafkaSourceConfig source, String where, Instant now) {
    try (Admin admin = admin(source.consumerProperties())) {
      return aging(where, settings(admin, source.topic()), now);
    } catch (KafkaException e) {
      return new RemainingRecords(
          where, null, "the settings of the source's topic cannot be read: " + Failures.message(e));
    }
  }

  private static Admin admin(Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.keySet().removeIf(key -> key.endsWith("deserializer") || key.equals("group.id"));
    settings.put("default.api.timeout.ms", API_MILLIS);
    settings.put("request.timeout.ms", API_MILLIS - 1_000);
    return Admin.create(settings);
  }

  private static Map<String, String> settings(Admin admin, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, String> settings = new HashMap<>();
    try {
      var configs = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      if (configs != null) {
        for (ConfigEntry entry : configs.entries()) {
          if (entry.value() != null) {
            settings.put(entry.name(), entry.value());
          }
        }
      }
      return settings;
    } catch (ExecutionException e) {
      settings.put("failure", Failures.message(e));
      return settings;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not read the retention of the topics: the program was interrupted; start it again",
          e);
    }
  }

  /**
   * Returns a topic or source with the time at which retention will have deleted all its present
   * records. The result has no time if the topic keeps its records forever, or if the needed
   * settings are unknown. The time includes {@code segment.ms}, because Kafka deletes whole
   * segments by their newest record.
   */
  static RemainingRecords aging(String where, Map<String, String> settings, Instant now) {
    long kept = number(settings, "retention.ms");
    long segment = number(settings, "segment.ms");
    boolean isDeleting = settings.getOrDefault("cleanup.policy", "delete").contains("delete");
    if (isDeleting && !settings.containsKey("retention.ms")) {
      return new RemainingRecords(
          where, null, because(settings, "the cluster does not report retention.ms"));
    }
    if (!isDeleting || kept < 0) {
      return new RemainingRecords(
          where, null, because(settings, "its records are kept forever; set retention.ms"));
    }
    if (segment < 0) {
      return new RemainingRecords(
          where,
          null,
          "retention.ms %s, and an unknown further time, since the cluster does not report segment.ms"
              .formatted(kept));
    }
    return new RemainingRecords(
        where,
        after(now, kept, segment),
        "retention.ms %s and segment.ms %s".formatted(kept, segment));
  }

  /**
   * Returns a topic with the time at which compaction will have deleted all records of the topic
   * that are outdated now. A record is outdated if a later record of the same key supersedes or
   * deletes it. The result has no time if the settings do not tell it. The time includes the wait
   * until a segment is closed, because Kafka compacts only closed segments. A write to the
   * partition closes the segment; if the write comes late, so does the deletion.
   */
  private static RemainingRecords compacted(
      String where, Map<String, String> settings, Instant now) {
    long lag = number(settings, "max.compaction.lag.ms");
    long segment = number(settings, "segment.ms");
    if (lag < 0 || segment < 0 || lag == Long.MAX_VALUE) {
      return new RemainingRecords(
          where,
          null,
          because(
              settings,
              "compacted at an unknown time; " + ShellCommand.call("doctor") + " shows the fix"));
    }
    return new RemainingRecords(
        where,
        after(now, lag, Math.min(segment, lag)),
        "max.compaction.lag.ms %s and segment.ms %s, after the next write to the partition"
            .formatted(lag, segment));
  }

  private static String because(Map<String, String> settings, String otherwise) {
    String failure = settings.get("failure");
    return failure == null ? otherwise : "the settings of the topic cannot be read: " + failure;
  }

  private static Instant after(Instant now, long kept, long segment) {
    return now.plusMillis(kept)
        .plusMillis(segment)
        .plus(LOOKED_AFTER)
        .truncatedTo(ChronoUnit.MINUTES)
        .plus(1, ChronoUnit.MINUTES);
  }

  private static long number(Map<String, String> settings, String key) {
    String value = settings.get(key);
    return value == null ? -1 : Long.parseLong(value);
  }
}
