package dev.lockstep.ingest.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Small messages of every fate: sign-ins, records of other kinds, damage, times out of reach. */
public final class SourceMessages {
  /** When they reach the hub. */
  public static final Instant ARRIVAL = Instant.parse("2026-11-20T12:00:00Z");

  private static final byte[] NOT_TEXT = {(byte) 0xFF, (byte) 0xFE, '{', 0, (byte) 0x80, '}'};

  private SourceMessages() {}

  /** Sends messages numbered from the first on, each with its arrival as the record's time. */
  public static void send(String bootstrapServers, String topic, int first, int count)
      throws ExecutionException, InterruptedException {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5);
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int number = first; number < first + count; number++) {
        byte[] key = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        sent.add(
            producer.send(
                new ProducerRecord<>(topic, null, ARRIVAL.toEpochMilli(), key, message(number))));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  /** Returns the body of one message. */
  public static byte[] message(int number) {
    if (number % 41 == 0) {
      return NOT_TEXT;
    }
    String good = signIn(number, 0, "2026-11-20T11:58:00Z");
    String text;
    if (number % 37 == 0) {
      text = envelope(good, "{\"category\":\"SignInLogs\",\"properties\":{}}", good(number, 2));
    } else if (number % 31 == 0) {
      text = envelope(signIn(number, 0, "2099-01-01T00:00:00Z"), good(number, 1));
    } else if (number % 5 == 0) {
      text =
          envelope(good, "{\"category\":\"ProvisioningLogs\"}", good(number, 2), good(number, 3));
    } else {
      text = envelope(good);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String good(int number, int index) {
    return signIn(number, index, "2026-11-20T11:59:00Z");
  }

  private static String envelope(String... records) {
    return "{\"records\":[" + String.join(",", records) + "]}";
  }

  private static String signIn(int number, int index, String time) {
    return """
    {"time":"%s","category":"SignInLogs","properties":{"id":"event-%d-%d","createdDateTime":"%s",\
    "userId":"user-%d","ipAddress":"203.0.113.7","status":{"errorCode":0}}}"""
        .formatted(time, number, index, time, number % 100);
  }
}
