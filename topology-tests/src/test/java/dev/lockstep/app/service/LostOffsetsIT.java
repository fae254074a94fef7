package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.cli.PositionsCommand;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.doctor.CheckReport;
import dev.lockstep.app.doctor.Doctor;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import dev.lockstep.schemas.EarlierSchemas;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What retention takes from a reader, and a topic that is created again, are told within 30 s.
 * Readers start, join and leave, so the tests wait most of the time, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class LostOffsetsIT {
  private static final String SOURCE = "signins";
  private static final Set<Service.Role> INGEST = EnumSet.of(Service.Role.INGEST);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final TestBroker broker = TestBroker.shared();
  private final String prefix = TestBroker.newPrefix();
  private final String topic = prefix + "signins";
  private final TopicPartition partition = new TopicPartition(topic, 0);
  private Onlooker onlooker;
  private Admin admin;
  private HttpServer sentinel;
  private final List<JsonNode> beats = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    onlooker = new Onlooker(broker.bootstrapServers());
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    sentinel = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sentinel.createContext(
        "/",
        exchange -> {
          try (exchange;
              GZIPInputStream in = new GZIPInputStream(exchange.getRequestBody())) {
            beats.add(new ObjectMapper().readTree(in.readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
          }
        });
    sentinel.start();
    PlayedTopic.create(broker.bootstrapServers(), topic, 1);
  }

  @AfterEach
  void stop() throws Exception {
    sentinel.stop(0);
    admin.close();
    onlooker.close();
    broker.deleteTopics(prefix);
  }

  @Test
  void tellsWhatRetentionTookFromARunningReader_andReadsTheRest() throws Exception {
    Path config = config();
    Path log = folder.resolve("ingest.log");
    send(1, 800);
    try (ServiceProcess reader = ServiceProcess.start(config, log, "--role", "ingest")) {
      awaitRead(800);
      await("a first beat").atMost(TIMEOUT).until(() -> !beats.isEmpty());
      reader.halt(true);
      // What the broker answers to the fetch that was under way is none of what comes now.
      await().pollDelay(Duration.ofMillis(800)).until(() -> true);
      send(801, 4_200);
      List<ConsumerRecord<byte[], byte[]>> all = onlooker.committed(topic);
      assertThat(all).hasSize(5_000);
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5_000))).all().get();
      reader.halt(false);
      long resumed = System.nanoTime();

      await("the loss to be told: " + log)
          .atMost(TOLD_WITHIN)
          .untilAsserted(
              () -> {
                HttpResponse<String> ready = answer(reader, "/health/ready");
                assertThat(ready.statusCode()).isEqualTo(200);
                JsonNode health = new ObjectMapper().readTree(ready.body());
                assertThat(health.get("status").asText()).isEqualTo("degraded");
                assertThat(health.get("reasons")).hasSize(1);
                assertThat(health.get("reasons").get(0).asText())
                    .contains("ingest: source signins", topic + "-0", "from 800 to 4999");
                assertThat(reader.log())
                    .contains(
                        "signins: "
                            + topic
                            + "-0 no longer has the offsets from 800 to 4999: 4200 were removed"
                            + " before they were read, and reading continues at 5000");
                assertThat(answer(reader, "/metrics").body())
                    .contains("lockstep_ingest_lost_offsets_total{source=\"signins\"} 4200.0");
                assertThat(beats.get(beats.size() - 1)).allMatch(LostOffsetsIT::tellsOfTheLoss);
              });
      System.out.printf("4,200 of 5,000 told after %.1f s%n", (System.nanoTime() - resumed) / 1e9);
      assertThat(reader.log()).doesNotContain(topic + "-0 was deleted and created again");
      send(5_001, 200);
      awaitRead(5_200);
      List<ConsumerRecord<byte[], byte[]>> readable = new ArrayList<>(all.subList(0, 800));
      readable.addAll(onlooker.committed(topic));
      assertThat(readable).hasSize(1_000);
      ReadByHand.of(SOURCE, readable, ReadByHand.BY_TIMESTAMP).assertWrittenOnce(onlooker, prefix);
    }
  }

  private static HttpResponse<String> answer(ServiceProcess process, String path)
      throws IOException, InterruptedException {
    return Objects.requireNonNull(process.ask(path), "no answer");
  }

  private static boolean tellsOfTheLoss(JsonNode row) {
    return row.get("LostOffsets").asLong() == 4_200
        && row.get("Status").asText().equals("degraded")
        && row.get("Reason").asText().contains("from 800 to 4999");
  }

  @Test
  void tellsWhatRetentionTook_whileNobodyRead() throws Exception {
    Config config = Config.read(config(), Map.of());
    send(1, 800);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(800);
    }
    send(801, 4_200);
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4_500))).all().get();
    assertThat(backlog(config)).isEqualTo(new SourceBacklogs.Backlog(500, 3_700, false));
    assertDoctorSays(
        "3700 messages were removed from topic \"%s\" before they were read".formatted(topic));
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(5_000);
      assertThat(lost(service)).isEqualTo(3_700);
      assertThat(service.degraded()).hasSize(1);
      assertThat(service.degraded().get(0)).contains("from 800 to 4499");
      Instant later = Instant.now().plus(Duration.ofMinutes(61));
      assertThat(
              SourceLosses.of(SOURCE, Objects.requireNonNull(service.read().get(SOURCE)), later)
                  .recent())
          .isEmpty();
      assertThat(service.notReady()).isEmpty();
    }
  }

  @Test
  void losesNothing_whereRetentionTakesMarkersOfTransactions() throws Exception {
    Config config = Config.read(config(), Map.of());
    transactions(1, 50);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(100);
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(100))).all().get();
      transactions(51, 5);
      awaitRead(110);
      assertThat(service.losses()).isZero();
    }
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(110))).all().get();
    try (Service service = new Service(config, INGEST)) {
      service.start();
      transactions(56, 5);
      awaitRead(120);
      assertThat(service.losses()).isZero();
      assertThat(service.degraded()).isEmpty();
    }
    assertThat(onlooker.activities(prefix).size()).isPositive();
  }

  @Test
  void readsAllOfATopicThatWasMadeAnew_whileNobodyRead() throws Exception {
    Config config = Config.read(config(), Map.of());
    send(1, 1_000);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(1_000);
    }
    List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(topic);
    makeAnew();
    send(10_001, 2_400);
    assertThat(backlog(config)).isEqualTo(new SourceBacklogs.Backlog(2_400, 0, true));
    assertDoctorSays(
        "topic \"%s\" was deleted and created again, or truncated, since the last read"
            .formatted(topic));
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(2_400);
      assertThat(service.degraded().get(0))
          .contains(topic + "-0 was deleted and created again", "reading continues at offset 0");
      assertThat(service.notReady()).isEmpty();
      assertReadOnce(former);
    }
  }

  @Test
  void readsAllOfATopicThatIsMadeAnewUnderARunningReader() throws Exception {
    Config config = Config.read(config(), Map.of());
    send(1, 1_000);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(1_000);
      List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(topic);
      makeAnew();
      send(10_001, 2_400);
      assertThat(onlooker.ends(topic)).isEqualTo(Map.of(0, 2_400L));
      long grown = System.nanoTime();
      await("it to be told").atMost(TOLD_WITHIN).until(() -> !service.degraded().isEmpty());
      System.out.printf("made anew, told after %.1f s%n", (System.nanoTime() - grown) / 1e9);
      assertThat(service.degraded().get(0)).contains(topic + "-0 was deleted and created again");
      awaitRead(2_400);
      assertReadOnce(former);
    }
  }

  @Test
  void adoptsAPositionThatAnEarlierVersionStored() throws Exception {
    Config config = Config.read(config(), Map.of());
    send(1, 1_000);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      await("the topics").atMost(TIMEOUT).until(() -> service.notReady().isEmpty());
    }
    storeAsBefore(600);
    int before = onlooker.activities(prefix).size();
    send(1_001, 10);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(1_010);
      assertThat(service.losses()).isZero();
    }
    int again =
        ReadByHand.of(
                SOURCE, onlooker.committed(topic).subList(600, 1_010), ReadByHand.BY_TIMESTAMP)
            .activities()
            .size();
    assertThat(onlooker.activities(prefix)).hasSize(before + again);
    makeAnew();
    send(10_001, 2_000);
    try (Service service = new Service(config, INGEST)) {
      service.start();
      awaitRead(2_000);
      assertThat(service.degraded().get(0)).contains("its topic id was");
    }
  }

  private void assertReadOnce(List<ConsumerRecord<byte[], byte[]>> former) {
    List<ConsumerRecord<byte[], byte[]>> all = onlooker.committed(topic);
    assertThat(all).hasSize(2_400);
    ReadByHand.of(
            SOURCE, Stream.concat(former.stream(), all.stream()).toList(), ReadByHand.BY_TIMESTAMP)
        .assertWrittenOnce(onlooker, prefix);
  }

  /** Returns what is left to read, asked again while the cluster does not answer in time. */
  private static SourceBacklogs.Backlog backlog(Config config) {
    return Objects.requireNonNull(
        await("the ends of the partitions")
            .atMost(TIMEOUT)
            .until(() -> PositionsCommand.lines(config).get(0).backlog(), Objects::nonNull));
  }

  /** Asks doctor again while a busy machine lets it give up on a check. */
  private void assertDoctorSays(String what) {
    await("doctor to warn of: " + what)
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(
                        Doctor.check(
                                folder.resolve("lockstep.yaml"), Map.of(), InstantSource.system())
                            .lines())
                    .filteredOn(line -> line.verdict() == CheckReport.Verdict.WARN)
                    .anySatisfy(line -> assertThat(line.what()).contains(what)));
  }

  private static long lost(Service service) {
    return Objects.requireNonNull(service.read().get(SOURCE)).losses().offsets();
  }

  private void makeAnew() throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    await("the topic to be gone")
        .atMost(TIMEOUT)
        .until(
            () -> {
              try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                return false;
              } catch (ExecutionException e) {
                return e.getCause() instanceof UnknownTopicOrPartitionException;
              }
            });
    PlayedTopic.create(broker.bootstrapServers(), topic, 1);
  }

  private void send(int first, int count) throws Exception {
    SourceMessages.send(broker.bootstrapServers(), topic, first, count);
  }

  private void transactions(int first, int count) {
    try (Producer<byte[], byte[]> producer =
        producer(Map.of("transactional.id", prefix + "sender"))) {
      producer.initTransactions();
      for (int number = first; number < first + count; number++) {
        producer.beginTransaction();
        Future<?> unused =
            producer.send(
                new ProducerRecord<>(
                    topic,
                    0,
                    SourceMessages.ARRIVAL.toEpochMilli(),
                    null,
                    SourceMessages.message(number)));
        producer.commitTransaction();
        awaitMarker(number);
      }
    }
  }

  /**
   * Waits for the marker of a transaction, which the broker may write after the commit. It may
   * refuse a transaction that begins before.
   */
  private void awaitMarker(int number) {
    await("a marker of each transaction")
        .atMost(TIMEOUT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(onlooker.ends(topic)).isEqualTo(Map.of(0, 2L * number)));
  }

  private Producer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", broker.bootstrapServers());
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Stores a position in the schema that knows neither topic ids nor last records. */
  private void storeAsBefore(long next) throws Exception {
    GenericRecord position = new GenericData.Record(EarlierSchemas.POSITION_1);
    position.put("source", SOURCE);
    position.put("hub", topic);
    position.put("partition", 0);
    position.put("nextOffset", next);
    position.put("clockAt", 0L);
    position.put("furthestAt", 0L);
    position.put("files", List.of());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0xC3);
    bytes.write(0x01);
    bytes.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(SchemaNormalization.parsingFingerprint64(EarlierSchemas.POSITION_1))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(EarlierSchemas.POSITION_1).write(position, encoder);
    encoder.flush();
    byte[] key = (SOURCE + "/" + topic + "/0").getBytes(StandardCharsets.UTF_8);
    try (Producer<byte[], byte[]> producer = producer(Map.of())) {
      producer.send(new ProducerRecord<>(prefix + "positions", key, bytes.toByteArray())).get();
    }
  }

  /** Waits until the stored position is there; earlier ones may be of the earlier schema. */
  private void awaitRead(long next) {
    SingleObject<Position> codec =
        new SingleObject<>(Position.getClassSchema(), EarlierSchemas.POSITION_1);
    await("offset " + next + " to be reached")
        .atMost(TIMEOUT)
        .until(
            () -> {
              if (!onlooker.topics().contains(prefix + "positions")) {
                return false;
              }
              List<ConsumerRecord<byte[], byte[]>> stored =
                  onlooker.committed(prefix + "positions");
              return !stored.isEmpty()
                  && codec.decode(stored.get(stored.size() - 1).value()).getNextOffset() == next;
            });
  }

  private Path config() throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources: [{name: signins, type: kafka, bootstrapServers: "%1$s", topic: %3$s}]
        kafka: {bootstrapServers: "%1$s", topicPrefix: %4$s}
        sentinel: {endpoint: "http://127.0.0.1:%2$d", ruleId: dcr-1, auth: none}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), sentinel.getAddress().getPort(), topic, prefix));
    return file;
  }
}
