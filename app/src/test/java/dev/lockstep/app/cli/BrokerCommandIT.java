package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerCommandIT {
  private static final int RECORDS = 500;

  @TempDir Path folder;

  @Test
  void keepsWhatItAcknowledged_overAKill() throws Exception {
    Process first = start();
    try {
      String address = address(first);
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
      }
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", address, "acks", "all"),
              new StringSerializer(),
              new StringSerializer())) {
        List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
          sent.add(producer.send(new ProducerRecord<>("t", Integer.toString(i))));
        }
        for (var future : sent) {
          future.get();
        }
      }
    } finally {
      first.destroyForcibly().waitFor();
    }
    Process second = start();
    try {
      assertThat(read(address(second))).hasSize(RECORDS);
      second.destroy();
      assertThat(second.waitFor(20, TimeUnit.SECONDS)).as("stops when asked").isTrue();
      assertThat(Files.readString(folder.resolve("err"), UTF_8)).doesNotContain("[WARN]");
    } finally {
      second.destroyForcibly().waitFor();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lockstep.app.Main",
            "broker",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0")
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String address(Process process) throws IOException {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = out.readLine();
    assertThat(line).as(Files.readString(folder.resolve("err"), UTF_8)).startsWith("127.0.0.1:");
    return line;
  }

  private static List<String> read(String address) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("t", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (values.size() < RECORDS && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(entry -> values.add(entry.value()));
      }
    }
    return values;
  }
}
