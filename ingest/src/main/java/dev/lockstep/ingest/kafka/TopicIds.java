package dev.lockstep.ingest.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Reader of topic ids, which tell topics of the same name apart. */
interface TopicIds extends AutoCloseable {
  /**
   * Returns the id of a topic, or null if the cluster is too old to give ids to topics.
   *
   * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if the topic does not
   *     exist
   * @throws KafkaException if the cluster does not answer
   */
  @Nullable String of(String topic);

  @Override
  void close();

  static TopicIds of(Map<String, Object> consumerProperties) {
    Map<String, Object> properties = new HashMap<>(consumerProperties);
    properties
        .keySet()
        .removeIf(
            key ->
                ConsumerConfig.configNames().contains(key)
                    && !AdminClientConfig.configNames().contains(key));
    properties.put("default.api.timeout.ms", 5_000);
    properties.put("request.timeout.ms", 4_000);
    properties.put("enable.metrics.push", false);
    Admin admin = Admin.create(properties);
    return new TopicIds() {
      @Override
      public @Nullable String of(String topic) {
        try {
          return text(
              Objects.requireNonNull(
                      admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
                  .topicId());
        } catch (InterruptedException e) {
          throw new InterruptException(e);
        } catch (ExecutionException e) {
          throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e);
        }
      }

      @Override
      public void close() {
        admin.close(Duration.ZERO);
      }
    };
  }

  /**
   * Returns the text of a topic id as positions store it, or null if an older cluster gave no id or
   * a zero id.
   */
  static @Nullable String text(@Nullable Uuid id) {
    return id == null || id.equals(Uuid.ZERO_UUID) ? null : id.toString();
  }
}
