package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sink that writes each detection's JSON, keyed by the detection's id, to a topic of any Kafka
 * cluster. All in-sync replicas acknowledge each record.
 */
public final class KafkaSink implements Sink {
  private static final Limits LIMITS = new Limits(1_000_000, 1_000);
  private static final int MOST_REQUEST_BYTES = 4 * 1_048_576;

  private final String name;
  private final String servers;
  private final String topic;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * Creates a sink that has not connected.
   *
   * @param name name of the sink for messages
   * @param bootstrapServers bootstrap servers of the cluster
   * @param topic topic, which exists or which the cluster creates
   * @param properties client properties, except for those on which the sink's guarantees depend
   */
  public KafkaSink(
      String name, String bootstrapServers, String topic, Map<String, String> properties) {
    this(name, bootstrapServers, topic, () -> producer(name, bootstrapServers, properties));
  }

  KafkaSink(
      String name,
      String bootstrapServers,
      String topic,
      Supplier<Producer<byte[], byte[]>> producers) {
    this.name = name;
    this.servers = bootstrapServers;
    this.topic = topic;
    this.producers = producers;
  }

  private static Producer<byte[], byte[]> producer(
      String name, String bootstrapServers, Map<String, String> properties) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, "lockstep-" + name);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_REQUEST_BYTES);
    settings.putAll(properties);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public String place() {
    return "%s at topic %s of %s".formatted(name, topic, Quoted.excerpt(servers, 300));
  }

  @Override
  public Limits limits() {
    return LIMITS;
  }

  @Override
  public Duration timeout() {
    return Duration.ofMinutes(2);
  }

  @Override
  public synchronized Answer send(List<Row> rows, Instant sentAt) throws InterruptedException {
    try {
      Producer<byte[], byte[]> to = producer;
      if (to == null) {
        to = producers.get();
        producer = to;
      }
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Row row : rows) {
        byte[] key = row.detection().getId().getBytes(StandardCharsets.UTF_8);
        Future<RecordMetadata> one = to.send(new ProducerRecord<>(topic, key, row.sent(sentAt)));
        if (one.isDone()) {
          one.get(); // otherwise each record would wait for a missing topic
        }
        sent.add(one);
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
      return Answer.without(AnswerClass.TAKEN, "");
    } catch (InterruptException e) {
      throw new InterruptedException();
    } catch (ExecutionException e) {
      return failed(Causes.unwrapped(e));
    } catch (KafkaException e) {
      return failed(e);
    }
  }

  private Answer failed(Throwable e) {
    AnswerClass kind = kind(e);
    if (kind == AnswerClass.UNAVAILABLE && !(e instanceof RetriableException)) {
      shut(); // a producer does not recover from a fatal error
    }
    return Answer.without(kind, Causes.outerAndInnermost(e));
  }

  private static AnswerClass kind(Throwable e) {
    if (e instanceof RecordTooLargeException) {
      return AnswerClass.TOO_LARGE;
    }
    if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
      return AnswerClass.UNAUTHORISED;
    }
    if (e instanceof InvalidTopicException
        || e instanceof ConfigException
        || e.getCause() instanceof ConfigException) {
      return AnswerClass.MISCONFIGURED;
    }
    return AnswerClass.UNAVAILABLE;
  }

  @Override
  public String fix(AnswerClass kind) {
    return kind == AnswerClass.UNAUTHORISED
        ? "check the sink's properties, and its right to write to the topic"
        : "check the sink's bootstrapServers, topic and properties";
  }

  @Override
  public String hintIfItLasts() {
    return "check the topic, the cluster and the network to the cluster if this lasts";
  }

  private void shut() {
    Producer<byte[], byte[]> to = producer;
    producer = null;
    if (to != null) {
      to.close(Duration.ofSeconds(2));
    }
  }

  @Override
  public synchronized void close() {
    shut();
  }
}
