package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.replay.Arrivals;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A verdict, of a Sigma rule too, depends neither on the order of arrival nor on partitions and
 * instances. {@code -Dlockstep.seed=N} tries other orders.
 */
@ParameterizedClass
@MethodSource("kinds")
final class PermutationIT {
  private static final int MANY_ORDERS = 20;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);

  /** Numbers of partitions, which the orders have in turn. */
  private static final List<Integer> PARTITIONS = List.of(4, 7, 1);

  /** Longer than PermutationTest's, since each step is a record for each partition. */
  private static final long WATERMARK_STEP_MILLIS = Duration.ofHours(1).toMillis();

  private final TestBroker.Kind kind;

  @TempDir Path folder;

  PermutationIT(TestBroker.Kind kind) {
    this.kind = kind;
  }

  static List<TestBroker.Kind> kinds() {
    return TestBroker.kinds();
  }

  @Test
  void givesOneVerdict_inWhateverOrderEventsArrive_overPartitionsAndInstances() throws Exception {
    givesOneVerdict(1, capture().shorten());
  }

  @Test
  @Tag("long")
  void givesOneVerdict_inTwentyOrders_overPartitionsAndInstances() throws Exception {
    givesOneVerdict(MANY_ORDERS, capture());
  }

  private CaptureFolder capture() throws IOException {
    return CaptureFolder.unpackWithSigma(folder.resolve("capture"));
  }

  private void givesOneVerdict(int orders, CaptureFolder capture) throws Exception {
    SortedSet<Verdict> expected = Verdict.of(capture.replay().detections());
    Set<String> missing = new TreeSet<>();
    BuiltInRules.all().forEach(rule -> missing.add(rule.info().id()));
    expected.forEach(each -> missing.remove(each.rule()));
    assertThat(missing).as("rules without a finding").isEmpty();
    assertThat(expected).extracting(Verdict::correlationId).anyMatch(id -> !id.isEmpty());
    Arrivals arrivals = Arrivals.of(capture);
    System.out.printf("%d orders of %d activities, from seed %d%n", orders, arrivals.size(), SEED);
    try (TestBroker broker = TestBroker.start(kind, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      for (long seed = SEED; seed < SEED + orders; seed++) {
        String prefix = "order-" + seed + ".";
        int partitions = PARTITIONS.get((int) ((seed - SEED) % PARTITIONS.size()));
        try (Service one = detecting(capture, broker, partitions, prefix, "one");
            Service other = detecting(capture, broker, partitions, prefix, "other");
            Entry entry = new Entry(broker, partitions, prefix + "activity")) {
          one.start();
          other.start();
          entry.enter(arrivals.shuffled(new SplittableRandom(seed)));
          await("the verdicts of seed " + seed)
              .atMost(Duration.ofMinutes(4))
              .pollInterval(Duration.ofSeconds(1))
              .untilAsserted(
                  () -> {
                    assertThat(onlooker.lag(prefix + "detect")).as("lag").isZero();
                    assertThat(
                            Verdict.differences(
                                expected, Verdict.active(onlooker.detections(prefix))))
                        .isEmpty();
                  });
        }
        assertThat(Verdict.differences(expected, Verdict.active(onlooker.detections(prefix))))
            .as("seed %d", seed)
            .isEmpty();
      }
    }
  }

  private Service detecting(
      CaptureFolder capture, TestBroker broker, int partitions, String prefix, String name) {
    return new Service(
        capture.config(
            Map.of(
                "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                "LOCKSTEP_KAFKA_TOPIC_PREFIX", prefix,
                "LOCKSTEP_KAFKA_PARTITIONS", Integer.toString(partitions),
                "LOCKSTEP_KAFKA_STATE_DIR", folder.resolve(prefix + name).toString())),
        EnumSet.of(Service.Role.DETECT));
  }

  /**
   * Entry of activities as the ingest sends them: by principal, and its clock to each partition.
   */
  private static final class Entry implements AutoCloseable {
    private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    private final List<Future<?>> sent = new ArrayList<>();
    private final Producer<byte[], byte[]> producer;
    private final int partitions;
    private final String topic;
    private long watermark;

    Entry(TestBroker broker, int partitions, String topic) {
      Map<String, Object> settings =
          Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 20);
      this.producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
      this.partitions = partitions;
      this.topic = topic;
    }

    void enter(List<Arrivals.Arrival> order) throws ExecutionException, InterruptedException {
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - watermark >= WATERMARK_STEP_MILLIS) {
          tell(arrival.at());
        }
        Activity activity = arrival.activity();
        if (activity.getArrivalAt() == 0) { // the ingest gives a link without any time its clock
          activity = Activity.newBuilder(activity).setArrivalAt(watermark).build();
        }
        Principal principal = activity.getPrincipal();
        String key = principal == null ? activity.getEventId() : principal.getId();
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    topic, key.getBytes(StandardCharsets.UTF_8), codec.encode(activity))));
      }
      tell(watermark + Duration.ofHours(26).toMillis());
      for (Future<?> each : sent) {
        each.get();
      }
    }

    private void tell(long at) {
      watermark = at;
      byte[] record =
          codec.encode(
              new WatermarkRecord(new Where("orders", "orders", null, 0, 0L, 0), at, at, false)
                  .toActivity());
      for (int partition = 0; partition < partitions; partition++) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, new byte[] {'c'}, record)));
      }
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
