package dev.lockstep.app.service;

import dev.lockstep.app.kafka.Onlooker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Users who sign in from London and a minute later from Sydney, each of which is a detection: as
 * long as those of now arrive, an installation detects.
 */
final class Travellers implements AutoCloseable {
  private final Producer<byte[], byte[]> producer;
  private final Onlooker onlooker;
  private final String topic;
  private final String topicPrefix;
  private int sent;

  Travellers(String bootstrapServers, String topic, String topicPrefix) {
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "max.block.ms", 30_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.onlooker = new Onlooker(bootstrapServers);
    this.topic = topic;
    this.topicPrefix = topicPrefix;
  }

  /** Sends so many users, whose sign-ins go to every partition, and returns their names. */
  Set<String> send(int users) throws ExecutionException, InterruptedException {
    Instant now = Instant.now();
    Set<String> names = new TreeSet<>();
    List<Future<?>> acknowledged = new ArrayList<>();
    int partitions = producer.partitionsFor(topic).size();
    for (int i = 0; i < users; i++) {
      String name = "traveller-" + sent++;
      names.add(name);
      acknowledged.add(
          send(signIn(name, now.minusSeconds(120), "203.0.113.7", "GB", 51.5, -0.1), partitions));
      acknowledged.add(
          send(signIn(name, now.minusSeconds(60), "198.51.100.7", "AU", -33.9, 151.2), partitions));
    }
    for (Future<?> each : acknowledged) {
      each.get();
    }
    return names;
  }

  private Future<?> send(String body, int partitions) {
    int partition = Math.floorMod(body.hashCode(), partitions);
    return producer.send(
        new ProducerRecord<>(topic, partition, null, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static String signIn(
      String user, Instant at, String address, String country, double latitude, double longitude) {
    return """
    {"records":[{"time":"%1$s","category":"SignInLogs","properties":{"id":"%2$s-%3$s",\
    "createdDateTime":"%1$s","userId":"%2$s","isInteractive":true,"ipAddress":"%4$s",\
    "status":{"errorCode":0},"location":{"countryOrRegion":"%3$s","geoCoordinates":\
    {"latitude":%5$s,"longitude":%6$s}}}}]}"""
        .formatted(at, user, country, address, latitude, longitude);
  }

  /** Returns those of some users of whom there is no detection yet. */
  Set<String> missing(Set<String> users) {
    Set<String> missing = new TreeSet<>(users);
    onlooker
        .detections(topicPrefix)
        .forEach(
            detection -> {
              if (detection.getPrincipal() != null) {
                missing.remove(detection.getPrincipal().getId());
              }
            });
    return missing;
  }

  /** Sends users and waits until all are detected; returns how long that took. */
  Duration detect(int users, Duration most) throws Exception {
    long start = System.nanoTime();
    Set<String> names = send(users);
    org.awaitility.Awaitility.await("detections of " + names)
        .atMost(most)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> missing(names).isEmpty());
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    onlooker.close();
  }
}
