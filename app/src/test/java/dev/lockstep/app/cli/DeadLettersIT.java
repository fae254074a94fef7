package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.CapturedOutput;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.BundleReader;
import dev.lockstep.schemas.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A topic of records that are rejected alike, since they lie deeper than a limit, and are read once
 * the limit is raised.
 */
final class DeadLettersIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOPIC = "signins";
  private static final int GARBAGE = 20;
  private static final Duration TIMEOUT = Duration.ofMinutes(9);

  @TempDir Path folder;

  @Test
  void oneLetterForManyAlike_andRetryReadsThemAll_once() throws Exception {
    floodAndRetry(3_000);
  }

  @Test
  @Tag("long")
  void aMillionAlike_makeAThousandLettersAndAFew() throws Exception {
    floodAndRetry(1_000_000);
  }

  private void floodAndRetry(int alike) throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 1);
      send(broker, alike);
      Path narrow = config(broker, "narrow", "limits: {depth: 8}\n");
      Path wide = config(broker, "wide", "");
      ingest(narrow, alike + GARBAGE);

      JsonNode groups = JSON.readTree(run(0, "list", wide, "--json"));
      JsonNode tooDeep = groups.get(1);
      assertThat(tooDeep.get("reason").asText()).isEqualTo("too-deep");
      assertThat(tooDeep.get("letters").asInt()).isBetween(1_001, 1_010);
      assertThat(tooDeep.get("records").asInt()).isEqualTo(alike);
      System.out.printf("%d records alike: %s letters%n", alike, tooDeep.get("letters"));
      assertThat(groups.get(0).get("reason").asText()).isEqualTo("not-json");
      assertThat(groups.get(0).get("letters").asInt()).isEqualTo(GARBAGE);
      String shown = run(0, "show", wide, groups.get(0).get("newestId").asText());
      assertThat(shown)
          .contains("not-json")
          .contains("{broken \\u001b[31m")
          .doesNotContain("\u001b");
      JsonNode whole =
          JSON.readTree(run(0, "show", wide, groups.get(0).get("newestId").asText(), "--json"));
      assertThat(whole.get("retried").asBoolean(true)).isFalse();
      assertThat(whole.get("body").asText()).startsWith("{broken ");
      assertThat(run(0, "show", wide, tooDeep.get("newestId").asText()))
          .contains("offsets")
          .contains("to " + alike);
      assertThat(activities(broker, alike).cardinality()).isZero();

      JsonNode ahead = JSON.readTree(run(0, "list", wide, "--json", "--quarantine")).get(0);
      assertThat(ahead.get("reason").asText()).isEqualTo("future");
      assertThat(ahead.get("letters").asInt()).isEqualTo(1);
      assertThat(run(0, "list", wide, "--letters", "--quarantine")).contains("offset 0 index 0");
      assertThat(run(0, "show", wide, ahead.get("newestId").asText(), "--quarantine"))
          .contains("future", "\"id\":\"ahead\"");

      assertThat(Ran.run("dead-letters", "show", "--config", wide.toString(), "7-9").err())
          .contains("no dead letter \"7-9\"; add --quarantine for a quarantined record");
      assertThat(
              Ran.run("dead-letters", "show", "--config", wide.toString(), "7-9", "--quarantine")
                  .err())
          .contains("the quarantine has no record \"7-9\"; leave out --quarantine")
          .contains("list --letters --quarantine");

      String newest = tooDeep.get("newestId").asText();
      assertThat(Ran.run("dead-letters", "retry", "--config", wide.toString(), newest, "7-9"))
          .satisfies(
              ran -> {
                assertThat(ran.code()).isEqualTo(1);
                assertThat(ran.err()).contains("no dead letter \"7-9\"", "list --letters");
              });

      long before = System.nanoTime();
      JsonNode retried = JSON.readTree(run(3, "retry", wide, "--json"));
      System.out.printf("retried in %d s%n", (System.nanoTime() - before) / 1_000_000_000);
      assertThat(retried.get("activities").asInt()).isEqualTo(alike);
      assertThat(retried.get("rejected").asInt()).isZero();
      assertThat(retried.get("remaining").asInt()).isEqualTo(GARBAGE);
      assertThat(activities(broker, alike).cardinality()).isEqualTo(alike);
      assertThat(counted).as("each once").isEqualTo(alike);

      JsonNode again = JSON.readTree(run(3, "retry", wide, "--json"));
      assertThat(again.get("retried").asInt()).isZero();
      assertThat(again.get("activities").asInt()).isZero();
      assertThat(run(0, "list", wide, "--reason", "no-such")).isEqualTo("none\n");
      assertThat(run(0, "retry", wide, "--reason", "no-such")).contains("0 letters retried");
      assertThat(run(0, "list", wide, "--letters", "--reason", "no-such")).isEqualTo("none\n");
      assertThat(run(0, "retry", wide, "--reason", "too-deep")).contains("0 letters retried");
      JsonNode left = JSON.readTree(run(0, "list", wide, "--json", "--letters"));
      assertThat(left).hasSize(GARBAGE);
      activities(broker, alike);
      assertThat(counted).as("a second retry doubles nothing").isEqualTo(alike);
    }
  }

  @Test
  void retryLooksForTheFieldsOfPublishedRules() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 1);
      send(broker, 1);
      Path rules = Files.createDirectory(folder.resolve("rules"));
      Files.writeString(
          rules.resolve("deep.yml"),
          """
          title: Deep sign-in
          id: 10000000-0000-4000-8000-000000000001
          logsource: {product: azure, service: signinlogs}
          detection:
            sel: {properties.status.errorCode: 0}
            condition: sel
          level: low
          """);
      Path narrow = config(broker, "narrow", "rules: {topic: true}\nlimits: {depth: 8}\n");
      Path wide = config(broker, "wide", "rules: {topic: true}\n");
      assertThat(Ran.run("rules", "publish", rules.toString(), "--config", wide.toString()).code())
          .isZero();
      ingest(narrow, 1 + GARBAGE);

      JsonNode retried = JSON.readTree(run(3, "retry", wide, "--json"));
      assertThat(retried.get("activities").asInt()).isEqualTo(1);
      activities(broker, 1);
      assertThat(withRaw).as("sign-ins in which published rules find their fields").isEqualTo(1);
    }
  }

  private static void send(LocalBroker broker, int alike) throws Exception {
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      String future =
          """
          {"category":"SignInLogs","time":"2099-11-03T09:30:00Z","properties":{"id":"ahead","createdDateTime":"2099-11-03T09:30:00Z","userId":"11112222-0000-4000-8000-000000000000","status":{"errorCode":0}}}
          """;
      ProducerRecord<byte[], byte[]> ahead =
          new ProducerRecord<>(TOPIC, future.strip().getBytes(StandardCharsets.UTF_8));
      ahead.headers().add(HeaderNames.ARRIVAL, "1793700000000".getBytes(StandardCharsets.UTF_8));
      var first = producer.send(ahead);
      for (int i = 0; i < alike; i++) {
        String record =
            """
            {"category":"SignInLogs","time":"2026-11-03T09:30:00Z","properties":{"id":"e%d","createdDateTime":"2026-11-03T09:30:00Z","userId":"11112222-0000-4000-8000-000000000000","status":{"errorCode":0},"more":[[[[[[[[[[1]]]]]]]]]]}}
            """
                .formatted(i);
        var unused =
            producer.send(
                new ProducerRecord<>(TOPIC, record.strip().getBytes(StandardCharsets.UTF_8)));
      }
      for (int i = 0; i < GARBAGE; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(TOPIC, "{broken \u001b[31m".getBytes(StandardCharsets.UTF_8)));
      }
      producer.flush();
    }
  }

  private Path config(LocalBroker broker, String name, String more) throws Exception {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        %ssources:
          - {name: local, type: kafka, bootstrapServers: "%s", topic: signins, arrival: header}
        kafka: {bootstrapServers: "%s", stateDir: "%s"}
        metrics: {port: 0}
        """
            .formatted(
                more,
                broker.bootstrapServers(),
                broker.bootstrapServers(),
                folder.resolve("state")));
  }

  private static void ingest(Path config, long records) throws Exception {
    try (Service service =
        new Service(Config.read(config, Map.of()), EnumSet.of(Service.Role.INGEST))) {
      service.start();
      await("every record to be rejected")
          .atMost(TIMEOUT)
          .until(
              () ->
                  service.read().values().stream()
                          .mapToLong(counts -> counts.total().rejected())
                          .sum()
                      == records);
    }
  }

  private static String run(int expected, String command, Path config, String... more) {
    try (CapturedOutput out = CapturedOutput.open()) {
      List<String> args = new ArrayList<>(List.of("dead-letters", command));
      args.addAll(List.of("--config", config.toString()));
      args.addAll(List.of(more));
      int exit = Main.run(Main.commandLine(), args.toArray(String[]::new));
      assertThat(exit).as(out.text()).isEqualTo(expected);
      return out.text();
    }
  }

  private long counted;
  private long withRaw;

  /** Returns which sign-ins are in the topic of activities, and counts them. */
  private BitSet activities(LocalBroker broker, int most) {
    BitSet found = new BitSet(most);
    counted = 0;
    withRaw = 0;
    BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("lockstep.activity").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          assertThat(reader.read(record.value(), activity -> record(activity, found))).isNull();
        }
      }
    }
    return found;
  }

  private void record(Activity activity, BitSet found) {
    if (activity.getKind() == ActivityKind.SIGN_IN) {
      counted++;
      withRaw += activity.getRaw() == null ? 0 : 1;
      found.set(Integer.parseInt(activity.getEventId().substring(1)));
    }
  }
}
