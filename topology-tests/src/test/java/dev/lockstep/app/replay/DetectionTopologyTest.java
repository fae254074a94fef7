package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.rules.SigmaRulesReader;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Service's topology beside the driver in one process: the same events give the same findings. */
final class DetectionTopologyTest {
  private static final TopologyLayout LAYOUT = new TopologyLayout("lockstep.", 1);

  private final SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
  private final SingleObject<Detection> detections = new SingleObject<>(Detection.getClassSchema());

  @TempDir static Path captured;
  private static CaptureFolder capture = new CaptureFolder(Path.of(""));
  private static List<Arrivals.Arrival> order = List.of();
  private static SortedSet<Verdict> expected = new TreeSet<>();

  @TempDir Path folder;

  @BeforeAll
  static void enterTheLocalDriver() throws IOException {
    System.out.printf("seed %d%n", ShuffledCapture.SEED);
    capture = CaptureFolder.unpackWithSigma(captured.resolve("capture"));
    order = ShuffledCapture.ofTheSeed().order();
    expected = Verdict.of(ShuffledCapture.ofTheSeed().detections());
    assertThat(expected).isNotEmpty();
  }

  @Test
  @Tag("long")
  void findsWhatTheLocalDriverFinds() throws IOException {
    findsWhatTheLocalDriverFinds(0);
  }

  @Test
  void findsTheSame_whenRulesAreReplacedFiftyTimes() throws IOException {
    findsWhatTheLocalDriverFinds(50);
  }

  private void findsWhatTheLocalDriverFinds(int times) throws IOException {
    Config config = capture.config(Map.of());
    assertThat(Verdict.differences(expected, Verdict.active(topology(config, times)))).isEmpty();
  }

  private Collection<Detection> topology(Config config, int times) throws IOException {
    RunningRules running = new RunningRules(RuleSets.of(config.rules()));
    int every = times == 0 ? Integer.MAX_VALUE : order.size() / (times + 1);
    int entered = 0;
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, LAYOUT.applicationId());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
    Map<String, Detection> latest = new HashMap<>();
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            DetectionTopology.build(
                LAYOUT,
                running,
                JoinableLogs.ALL,
                Wiring.enrichment(config),
                new DetectionCounters()),
            properties,
            Instant.EPOCH)) {
      TestInputTopic<byte[], byte[]> input =
          driver.createInputTopic(
              LAYOUT.activityTopic(), new ByteArraySerializer(), new ByteArraySerializer());
      TestOutputTopic<byte[], byte[]> output =
          driver.createOutputTopic(
              LAYOUT.detectionsTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
      Bundle bundle = new Bundle(Bundle.MOST_BYTES);
      long watermark = 0;
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - watermark >= ShuffledCapture.STEP_MILLIS) {
          watermark = arrival.at();
          bundle.add(activities.encode(watermark(watermark)));
        }
        bundle.add(activities.encode(arrival.activity()));
        if (bundle.size() >= 50) {
          input.pipeInput(new byte[0], bundle.drain());
        }
        if (++entered % every == 0) {
          replace(running, config, entered);
        }
      }
      bundle.add(activities.encode(watermark(watermark + Duration.ofHours(26).toMillis())));
      input.pipeInput(new byte[0], bundle.drain());
      for (int i = 0; i < 20; i++) {
        driver.advanceWallClockTime(Duration.ofHours(1));
      }
      output
          .readKeyValuesToList()
          .forEach(entry -> latest.put(text(entry.key), detections.decode(entry.value)));
      TestOutputTopic<byte[], byte[]> letters =
          driver.createOutputTopic(
              LAYOUT.deadLettersTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
      SingleObject<DeadLetter> letterCodec = new SingleObject<>(DeadLetter.getClassSchema());
      TreeSet<String> said = new TreeSet<>();
      letters.readValuesToList().forEach(each -> said.add(letterCodec.decode(each).getDetail()));
      assertThat(said).isEmpty();
    }
    return latest.values();
  }

  /** Replaces the rules by others with the same meaning and another title. */
  private void replace(RunningRules running, Config config, int number) throws IOException {
    Path file = capture.folder().resolve("sigma/signins.yml");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("title: .*", "title: Sign-in of a client, edition " + number));
    SigmaRulesReader sigma = Objects.requireNonNull(config.rules().sigma());
    RuleSet next = RuleSets.of(sigma.rules(sigma.files()));
    assertThat(next.rules().get(next.rules().size() - 1).rule())
        .isNotSameAs(running.now().rules().get(next.rules().size() - 1).rule());
    running.announce(next);
    running.enforce(next, System.nanoTime());
  }

  private static Activity watermark(long arrivalAt) {
    return new WatermarkRecord(
            new Where("files", null, null, -1, -1L, 0), arrivalAt, arrivalAt, false)
        .toActivity();
  }

  private static String text(byte[] key) {
    return new String(key, java.nio.charset.StandardCharsets.UTF_8);
  }
}
