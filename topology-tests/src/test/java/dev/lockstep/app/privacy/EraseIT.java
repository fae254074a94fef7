package dev.lockstep.app.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.app.service.ClassArchive;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.service.ServiceProcess;
import dev.lockstep.app.terminal.CapturedOutput;
import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code lockstep erase} on a real broker, while two instances run and events of the person still
 * arrive: what was kept is gone from the state at once and from the topic once it is compacted,
 * what others have stays as it was, and what arrives later counts anew.
 */
final class EraseIT {
  private static final String TOPIC = "demo";
  private static final String PREFIX = "lockstep.";
  private static final String DETECTIONS = PREFIX + "detections";
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void erasesAPerson_whileEventsOfItStillArrive() throws Exception {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    List<Detection> replayed = CaptureFolder.bundledDetections();
    SortedSet<Verdict> expected = Verdict.active(replayed);
    String person = mostFindings(replayed, false);
    String beside = mostFindings(replayed, true);
    Instant end = Instant.ofEpochMilli(latest(replayed)).plus(Duration.ofDays(2));
    try (LocalBroker broker = broker();
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0);
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 4);
      Path log = folder.resolve("child.log");
      Path childConfig = config(capture, broker, sentinel, "child");
      Config config = Config.read(config(capture, broker, sentinel, "survivor"), Map.of());
      try (Service survivor = new Service(config, EnumSet.allOf(Service.Role.class));
          ServiceProcess child = ServiceProcess.start(childConfig, log);
          Feed feed = new Feed(broker.bootstrapServers(), end)) {
        survivor.start();
        await("both instances to have tasks: " + log)
            .atMost(TIMEOUT)
            .until(() -> child.isReady() && survivor.notReady().isEmpty() && shared(onlooker));
        compactSoon(broker.bootstrapServers());
        play(capture, broker.bootstrapServers());
        await("all findings of the capture; " + log)
            .atMost(TIMEOUT)
            .untilAsserted(
                () ->
                    assertThat(
                            Verdict.differences(
                                expected, Verdict.active(onlooker.detections(PREFIX))))
                        .isEmpty());
        await("everything to be read, so that nothing more changes")
            .atMost(TIMEOUT)
            .until(
                () ->
                    onlooker.isAtEnd(PREFIX, TOPIC, TOPIC) && onlooker.lag(PREFIX + "detect") == 0);
        Map<String, byte[]> before = latest(onlooker);
        Set<String> own = own(onlooker.detections(PREFIX), person);
        Set<String> events = events(onlooker.detections(PREFIX), person);
        assertThat(own).as("findings of the person").hasSizeGreaterThan(2);
        assertThat(naming(before.values(), person)).hasSize(own.size());
        assertThat(holding(onlooker, person)).as("stores with the person").isNotEmpty();
        assertThat(holdingAny(onlooker, events)).as("stores with its events").isNotEmpty();

        feed.of(person);
        int fed = feed.awaitMore(5);
        JsonNode done = eraseInAProcess(childConfig, person);
        assertThat(feed.sent()).as("events went on arriving").isGreaterThan(fed);

        assertThat(done.path("pending")).isEmpty();
        assertThat(done.path("deleted").asInt()).isEqualTo(own.size());
        assertThat(done.path("revised").asInt()).isZero();
        assertThat(holdingAny(onlooker, events)).as("stores with events of before").isEmpty();
        Map<String, byte[]> after = latest(onlooker);
        Map<String, byte[]> others = new TreeMap<>(before);
        others.keySet().removeAll(own);
        assertThat(after.keySet()).isEqualTo(others.keySet());
        others.forEach(
            (id, value) ->
                assertThat(after.get(id))
                    .as(
                        () ->
                            Onlooker.detection(value)
                                + " and not "
                                + Onlooker.detection(after.getOrDefault(id, value)))
                    .isEqualTo(value));

        JsonNode again = erase(childConfig, person);
        assertThat(again.path("pending")).isEmpty();
        assertThat(again.path("deleted").asInt() + again.path("revised").asInt()).isZero();

        feed.travel(person);
        await("a finding of what came later")
            .atMost(TIMEOUT)
            .until(() -> !own(onlooker.detections(PREFIX), person).isEmpty());
        feed.stop();

        Set<String> partners = own(onlooker.detections(PREFIX), null);
        JsonNode renamed = erase(childConfig, beside);
        int named = naming(others.values(), beside).size();
        assertThat(renamed.path("pending")).isEmpty();
        assertThat(renamed.path("deleted").asInt()).isZero();
        assertThat(renamed.path("revised").asInt()).isEqualTo(named).isPositive();
        Collection<Detection> now = onlooker.detections(PREFIX);
        assertThat(naming(latest(onlooker).values(), beside)).isEmpty();
        assertThat(naming(latest(onlooker).values(), renamed.path("pseudonym").asText()))
            .hasSize(named);
        assertThat(now.stream().map(Detection::getId).toList()).containsAll(partners);

        await("the topic to be compacted")
            .atMost(TIMEOUT)
            .pollInterval(Duration.ofSeconds(1))
            .until(
                () -> {
                  feed.travel("0ddba110-0000-4000-8000-%012d".formatted(feed.sent()));
                  return onlooker.committed(DETECTIONS).stream()
                      .noneMatch(
                          record -> holds(record, beside) || isOld(record, own, person, end));
                });
        await("the forwarder to be past the tombstones")
            .atMost(TIMEOUT)
            .until(() -> onlooker.lag(PREFIX + "forward") == 0);
        assertThat(survivor.notReady()).isEmpty();
        assertThat(child.isAlive()).isTrue();
      }
    }
  }

  /** A revision of the person that tells of before is old; one of what came later is not. */
  private static boolean isOld(
      ConsumerRecord<byte[], byte[]> record, Set<String> own, String person, Instant end) {
    if (record.value() == null || !holds(record, person)) {
      return false;
    }
    Detection detection = Onlooker.detection(record.value());
    return own.contains(detection.getId()) && detection.getStartTime() < end.toEpochMilli();
  }

  private LocalBroker broker() {
    return LocalBroker.start(
        folder.resolve("broker"), 0, CalmBroker.with(Map.of("log.cleaner.backoff.ms", "200")));
  }

  /** Shortens what takes a day. */
  private static void compactSoon(String servers) throws Exception {
    Map<String, String> settings =
        Map.of(
            "segment.ms", "500",
            "max.compaction.lag.ms", "500",
            "min.cleanable.dirty.ratio", "0.01",
            "delete.retention.ms", "500");
    List<AlterConfigOp> changes = new ArrayList<>();
    settings.forEach(
        (key, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, DETECTIONS), changes))
          .all()
          .get();
    }
  }

  /** Runs the command as a user does, in a process of its own. */
  private static JsonNode eraseInAProcess(Path config, String principal) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
    command.addAll(ClassArchive.options());
    command.add(Main.class.getName());
    command.addAll(arguments(config, principal));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    System.out.print(said);
    return JSON.readTree(said);
  }

  /** Runs it in this process, which takes a tenth of the time. */
  private static JsonNode erase(Path config, String principal) throws IOException {
    try (CapturedOutput out = CapturedOutput.open()) {
      String[] arguments = arguments(config, principal).toArray(String[]::new);
      assertThat(Main.run(Main.commandLine(), arguments)).isEqualTo(ExitCode.DONE);
      return JSON.readTree(out.text());
    }
  }

  private static List<String> arguments(Path config, String principal) {
    return List.of(
        "erase",
        "--config",
        config.toString(),
        "--principal",
        principal,
        "--wait",
        "120s",
        "--json");
  }

  /** Returns who has most findings of its own, or is named most often in a partner's. */
  private static String mostFindings(Collection<Detection> detections, boolean ofPartners) {
    Map<String, Integer> counts = new HashMap<>();
    for (Detection one : detections) {
      if (one.getPrincipal() != null
          && (one.getPartner() != null) == ofPartners
          && one.getPrincipal().getType().equals(ofPartners ? "workload" : "user")) {
        counts.merge(one.getPrincipal().getId(), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
        .orElseThrow()
        .getKey();
  }

  private static long latest(Collection<Detection> detections) {
    return detections.stream().mapToLong(Detection::getEndTime).max().orElseThrow();
  }

  /** Returns the ids of the findings of a principal, or of partners where none is named. */
  private static Set<String> own(Collection<Detection> detections, @Nullable String principal) {
    Set<String> ids = new HashSet<>();
    for (Detection one : detections) {
      boolean ofPartner = one.getPartner() != null;
      boolean own =
          one.getPrincipal() != null && one.getPrincipal().getId().equals(principal) && !ofPartner;
      if (principal == null ? ofPartner : own) {
        ids.add(one.getId());
      }
    }
    return ids;
  }

  /** Returns the ids of the events that a person's findings cite. */
  private static Set<String> events(Collection<Detection> detections, String person) {
    Set<String> ids = own(detections, person);
    Set<String> events = new HashSet<>();
    detections.stream()
        .filter(one -> ids.contains(one.getId()))
        .filter(one -> one.getRule().equals("impossible-travel"))
        .forEach(one -> one.getEvidence().forEach(event -> events.add(event.getEventId())));
    assertThat(events).isNotEmpty();
    return events;
  }

  /** Returns the last value of each finding in the topic. */
  private static Map<String, byte[]> latest(Onlooker onlooker) {
    Map<String, byte[]> latest = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : onlooker.committed(DETECTIONS)) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      latest.remove(key);
      if (record.value() != null) {
        latest.put(key, record.value());
      }
    }
    return latest;
  }

  private static List<byte[]> naming(Collection<byte[]> values, String text) {
    return values.stream().filter(value -> holds(value, text)).toList();
  }

  private static List<String> holding(Onlooker onlooker, String text) {
    return holdingAny(onlooker, Set.of(text));
  }

  /** Returns the changelogs that hold one of some texts still, once they are compacted. */
  private static List<String> holdingAny(Onlooker onlooker, Set<String> texts) {
    List<String> holding = new ArrayList<>();
    for (String topic : onlooker.topics()) {
      if (!topic.endsWith("-changelog")) {
        continue;
      }
      Map<String, byte[]> last = new HashMap<>();
      for (ConsumerRecord<byte[], byte[]> record : onlooker.committed(topic)) {
        String key = record.partition() + new String(record.key(), StandardCharsets.ISO_8859_1);
        if (record.value() == null) {
          last.remove(key);
        } else {
          last.put(key, record.value());
        }
      }
      last.forEach(
          (key, value) -> {
            for (String text : texts) {
              if (key.contains(text) || holds(value, text)) {
                holding.add(topic + ": " + text);
              }
            }
          });
    }
    return holding;
  }

  private static boolean holds(ConsumerRecord<byte[], byte[]> record, String text) {
    return record.value() != null && holds(record.value(), text);
  }

  private static boolean holds(byte[] value, String text) {
    return new String(value, StandardCharsets.ISO_8859_1).contains(text);
  }

  /** Returns whether both have tasks of the topology. */
  private static boolean shared(Onlooker onlooker) {
    var threads = onlooker.members(PREFIX + "detect");
    return threads.size() == 4 && threads.values().stream().noneMatch(Set::isEmpty);
  }

  private static void play(CaptureFolder capture, String servers) throws IOException {
    try (Producer<byte[], byte[]> producer = producer(servers)) {
      var unused =
          new CapturePlayer(producer, TOPIC, 0)
              .play(capture.paths(), CaptureFolder.nothing(), CaptureFolder.silent());
    }
  }

  private static Producer<byte[], byte[]> producer(String servers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", servers, "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Sign-ins that go on arriving. */
  private static final class Feed implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final Instant end;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private Thread thread = new Thread();

    Feed(String servers, Instant end) {
      this.producer = producer(servers);
      this.end = end;
    }

    /** Sends one of a person several times a second, from one place. */
    void of(String person) {
      thread =
          new Thread(
              () -> {
                while (!over.get()) {
                  send(person, "Hamburg", "198.18.0.9", 53.55, 10, Duration.ZERO);
                  LockSupport.parkNanos(100_000_000);
                }
              },
              "feed");
      thread.start();
    }

    /** Sends one of another place within the hour. */
    void travel(String person) {
      send(person, "Hamburg", "198.18.0.9", 53.55, 10, Duration.ZERO);
      send(person, "Singapore", "198.18.120.9", 1.29, 103.85, Duration.ofMinutes(50));
      producer.flush();
    }

    int sent() {
      return sent.get();
    }

    int awaitMore(int more) {
      int from = sent();
      await("the feed").atMost(TIMEOUT).until(() -> sent() >= from + more);
      return sent();
    }

    private void send(
        String person, String city, String ip, double latitude, double longitude, Duration later) {
      int number = sent.incrementAndGet();
      Instant at = end.plus(later).plusMillis(number * 10L);
      String body =
          """
          {"records":[{"time":"%1$s","category":"SignInLogs","properties":{"id":"later-%2$d",\
          "createdDateTime":"%1$s","userId":"%3$s","userPrincipalName":"%3$s@example.com",\
          "ipAddress":"%4$s","location":{"city":"%5$s","countryOrRegion":"%6$s",\
          "geoCoordinates":{"latitude":%7$s,"longitude":%8$s}},"status":{"errorCode":0}}}]}\
          """
              .formatted(
                  at,
                  number,
                  person,
                  ip,
                  city,
                  city.equals("Hamburg") ? "DE" : "SG",
                  latitude,
                  longitude);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(TOPIC, body.getBytes(StandardCharsets.UTF_8));
      record
          .headers()
          .add(
              "lockstep-arrival",
              Long.toString(at.toEpochMilli()).getBytes(StandardCharsets.US_ASCII));
      var unused = producer.send(record);
    }

    void stop() {
      over.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      stop();
      producer.close();
    }
  }

  private Path config(
      CaptureFolder capture, LocalBroker broker, FakeLogsIngestionApi sentinel, String name)
      throws IOException {
    Path file = capture.folder().resolve(name + ".yaml");
    Files.writeString(
        file,
        capture.configuration()
            + """
            rules: {repeatSeconds: 0}
            sources:
              - {name: demo, type: kafka, bootstrapServers: "%1$s", topic: demo, arrival: header}
            kafka:
              bootstrapServers: "%1$s"
              stateDir: "%2$s"
            sentinel: {endpoint: "%3$s", ruleId: %4$s, stream: %5$s, auth: none}
            heartbeat: false
            metrics: {port: 0}
            """
                .formatted(
                    broker.bootstrapServers(),
                    folder.resolve("state-" + name),
                    sentinel.endpoint(),
                    FakeLogsIngestionApi.RULE_ID,
                    FakeLogsIngestionApi.STREAM));
    return file;
  }
}
