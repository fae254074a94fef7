package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.replay.Arrivals;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.SplittableRandom;
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
 * A verdict depends neither on the order of arrival nor on partitions and instances. {@code
 * -Dlockstep.seed=N} tries other orders.
 */
@ParameterizedClass
@MethodSource("kinds")
final class PermutationIT {
  private static final int MANY_ORDERS = 20;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);

  /** Numbers of partitions, which the orders have in turn. */
  private static final List<Integer> PARTITIONS = List.of(4, 7, 1);

  private static final long CLOCK_STEP_MILLIS = Duration.ofMinutes(10).toMillis();

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
    givesOneVerdict(1);
  }

  @Test
  @Tag("long")
  void givesOneVerdict_inTwentyOrders_overPartitionsAndInstances() throws Exception {
    givesOneVerdict(MANY_ORDERS);
  }

  private void givesOneVerdict(int orders) throws Exception {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    SortedSet<Verdict> expected = Verdict.of(capture.replay().detections());
    Arrivals arrivals = Arrivals.of(capture);
    System.out.printf("%d orders of %d activities, from seed %d%n", orders, arrivals.size(), SEED);
    try (TestBroker broker = TestBroker.start(kind, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      for (long seed = SEED; seed < SEED + orders; seed++) {
        String prefix = "order-" + seed + ".";
        int partitions = PARTITIONS.get((int) ((seed - SEED) % PARTITIONS.size()));
        try (Service one = detecting(capture, broker, partitions, prefix, "one");
            Service other = detecting(capture, broker, partitions, prefix, "other")) {
          one.start();
          other.start();
          enter(arrivals.shuffled(new SplittableRandom(seed)), broker, partitions, prefix);
          await("the verdicts of seed " + seed)
              .atMost(Duration.ofMinutes(2))
              .untilAsserted(
                  () -> {
                    assertThat(
                            Verdict.differences(
                                expected, Verdict.standing(onlooker.detections(prefix))))
                        .isEmpty();
                    assertThat(onlooker.lag(prefix + "detect")).as("lag").isZero();
                  });
        }
        assertThat(Verdict.differences(expected, Verdict.standing(onlooker.detections(prefix))))
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

  /** Sends activities as the ingest does: by principal, and its clock to every partition. */
  private static void enter(
      List<Arrivals.Arrival> order, TestBroker broker, int partitions, String prefix)
      throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    String topic = prefix + "activity";
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 20);
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      long clock = 0;
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - clock >= CLOCK_STEP_MILLIS) {
          clock = arrival.at();
          tell(producer, sent, topic, partitions, codec.encode(clock(clock)));
        }
        Activity activity = arrival.activity();
        if (activity.getArrivalAt() == 0) { // the ingest gives a link without any time its clock
          activity = Activity.newBuilder(activity).setArrivalAt(clock).build();
        }
        Principal principal = activity.getPrincipal();
        String key = principal == null ? activity.getEventId() : principal.getId();
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    topic, key.getBytes(StandardCharsets.UTF_8), codec.encode(activity))));
      }
      byte[] last = codec.encode(clock(clock + Duration.ofHours(26).toMillis()));
      tell(producer, sent, topic, partitions, last);
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  private static void tell(
      Producer<byte[], byte[]> producer,
      List<Future<?>> sent,
      String topic,
      int partitions,
      byte[] clock) {
    for (int partition = 0; partition < partitions; partition++) {
      sent.add(producer.send(new ProducerRecord<>(topic, partition, new byte[] {'c'}, clock)));
    }
  }

  private static Activity clock(long at) {
    return new WatermarkRecord(new Where("orders", "orders", null, 0, 0L, 0), at, at, false)
        .toActivity();
  }
}
