package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.source.SourceHealth;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Check whether a source from which nothing comes still answers, and whether its topic exists. */
final class SilenceCheck {
  // All lines about a source have the logger of its reader.
  private static final Logger LOG = LoggerFactory.getLogger(KafkaIngest.class);

  private static final long LOOK_MILLIS = 5_000;
  private static final long SILENT_MILLIS = 10_000;

  /** Name under which {@link SourceHealth} records that the source no longer answers. */
  static final String SILENCE = "silence";

  static final Duration LOOK_TIMEOUT = Duration.ofSeconds(3);

  private static final String NO_ANSWER =
      "the source does not answer; check that its brokers are up, and check the network to"
          + " them and the property security.protocol of the source";

  private static final String HANGS_UP =
      "the source accepts the credential and then drops each connection without an answer: its"
          + " Kafka endpoint may not know this client's version of the protocol; for an event hub,"
          + " set type to event-hubs-amqp";

  private final String name;
  private final String topic;
  private final SourceHealth health;
  private final KafkaIngest.Problems problems;
  private final InstantSource clock;
  private HangUpDetector hangUps = new HangUpDetector();
  private long readAt;
  private long lookAt;

  SilenceCheck(
      KafkaSourceConfig source,
      SourceHealth health,
      KafkaIngest.Problems problems,
      InstantSource clock) {
    this.name = source.name();
    this.topic = source.topic();
    this.health = health;
    this.problems = problems;
    this.clock = clock;
    this.readAt = clock.millis();
  }

  /** Restarts the count of logins, because a new client counts from zero. */
  void restartLoginCount() {
    hangUps = new HangUpDetector();
  }

  /** Records that the source has just delivered something. */
  void recordDelivery() {
    readAt = clock.millis();
  }

  /**
   * Checks now and then whether the topic exists, as long as this instance has no partition. Other
   * instances may have all partitions.
   */
  void lookForTopic(Consumer<byte[], byte[]> source, boolean hasPartitions) {
    if (hasPartitions || clock.millis() < lookAt) {
      return;
    }
    lookAt = clock.millis() + LOOK_MILLIS;
    try {
      boolean exists = source.listTopics(LOOK_TIMEOUT).containsKey(topic);
      health.clear(SILENCE);
      if (exists) {
        health.clear(TopicIdentity.TOPIC);
      } else {
        problems.report(
            TopicIdentity.TOPIC,
            "the topic " + topic + " does not exist, or this client may not see it",
            new UnknownTopicOrPartitionException(
                "create the topic, correct the topic of the source, or give this client the right to"
                    + " read the topic"));
      }
    } catch (TopicAuthorizationException e) { // an answer as well
      health.clear(SILENCE);
      health.clear(TopicIdentity.TOPIC);
      LOG.debug("{}: the source answers, but this client may not list its topics", name, e);
    } catch (TimeoutException e) {
      problems.report(
          TopicIdentity.TOPIC, hangUps.hangsUp(source.metrics()) ? HANGS_UP : NO_ANSWER, e);
    }
  }

  /**
   * Checks whether a silent source still answers, because an unreachable source looks like an idle
   * source. It reports and clears the problem of silence, and no other problem of the source.
   */
  void lookForAnswer(Consumer<byte[], byte[]> source, boolean hasPartitions) {
    if (clock.millis() - readAt <= SILENT_MILLIS) {
      health.clear(SILENCE);
    } else if (hasPartitions && clock.millis() >= lookAt) {
      lookAt = clock.millis() + LOOK_MILLIS;
      try {
        source.listTopics(LOOK_TIMEOUT);
        health.clear(SILENCE);
      } catch (TopicAuthorizationException e) { // an answer as well
        health.clear(SILENCE);
      } catch (TimeoutException e) {
        health.report(SILENCE, NO_ANSWER, e);
      }
    }
  }
}
