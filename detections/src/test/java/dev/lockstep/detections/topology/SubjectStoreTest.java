package dev.lockstep.detections.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.detections.storage.LayoutNumbers;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.detections.storage.StateRecordsContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SubjectStoreTest implements StateRecordsContract {
  private static final String STORE = "subjects";
  private static final String INPUT = "input";

  /** Room for about half of the subjects of a random history. */
  private static final long RECENT_BYTES = 20_000;

  private static final byte[] LEAST = {};
  private static final byte[] MOST = {(byte) 0xFF};

  @TempDir Path folder;
  private final List<TopologyTestDriver> drivers = new ArrayList<>();

  @AfterEach
  void close() {
    drivers.forEach(TopologyTestDriver::close);
  }

  @Override
  public StateRecords empty() {
    TopologyTestDriver driver = driver();
    input(driver).pipeInput("nobody", ""); // the changelog takes the time of the last record
    SubjectStore store = (SubjectStore) driver.getStateStore(STORE);
    store.beforeCommit(() -> {});
    store.keepRecent(RECENT_BYTES);
    store.write(bytes("nobody"), bytes("count"), null);
    return store;
  }

  @Override
  public int histories() {
    return 4;
  }

  @Override
  public void commit(StateRecords records) {
    ((SubjectStore) records).flushCache();
  }

  @Test
  void findsEachSubject_howeverManyThereAre() {
    SubjectStore store = (SubjectStore) empty();
    int subjects = 200_000;
    for (int i = 0; i < subjects; i++) {
      store.write(bytes("subject-" + i), bytes("k"), bytes("v"));
      if (i % 1_000 == 0) {
        store.flushCache();
      }
    }
    int[] found = new int[1];
    for (int i = 0; i < subjects; i += 97) {
      store.read(bytes("subject-" + i), LEAST, MOST, (key, value) -> found[0]++);
    }
    assertThat(found[0]).isEqualTo((subjects + 96) / 97);
  }

  @Test
  void writesWhatTheHookWrites_toTheChangelog_whenATransactionCommits() {
    TopologyTestDriver driver = driver();
    TestInputTopic<String, String> input = input(driver);
    input.pipeInput("a", "");
    input.pipeInput("a", "");
    input.pipeInput("b", "");

    // The test driver commits after each record.
    assertThat(changelog(driver)).containsExactly("a/count=1", "a/count=2", "b/count=1");
  }

  @Test
  void keepsItsDictionary_apartFromAllSubjects() {
    SubjectStore store = (SubjectStore) empty();
    int first = store.dictionary().number("SignInLogs");
    store.write(bytes("a"), bytes("k"), bytes("v"));

    assertThat(store.dictionary().word(first)).isEqualTo("SignInLogs");
    store.flushCache();
    assertThat(store.dictionary().number("GatewayLogs")).isEqualTo(first + 1);
    List<String> walked = new ArrayList<>();
    store.walk(null, 10, (subject, key, value) -> walked.add(new String(subject, UTF_8)));
    assertThat(walked).containsExactly("a");
  }

  @Test
  void keepsLayouts_apartFromAllRecords() {
    SubjectStore store = (SubjectStore) empty();
    int number = store.dictionary().number("SignInLogs");
    assertThat(store.layouts().numberOf(1, 10)).isEqualTo(new LayoutNumbers.RuleNumber(1, false));
    assertThat(store.layouts().numberOf(1, 10)).isEqualTo(new LayoutNumbers.RuleNumber(1, false));
    store.write(bytes("a"), bytes("k"), bytes("v"));
    store.flushCache();

    LayoutNumbers.RuleNumber other = store.layouts().numberOf(1, 11);
    assertThat(other.isAnew()).isTrue();
    assertThat(other.number()).isNotEqualTo(1);
    store.flushCache();
    assertThat(store.layouts().numberOf(1, 11))
        .isEqualTo(new LayoutNumbers.RuleNumber(other.number(), false));
    assertThat(store.layouts().numberOf(1, 10)).isEqualTo(new LayoutNumbers.RuleNumber(1, false));
    assertThat(store.layouts().numberOf(2, 11)).isEqualTo(new LayoutNumbers.RuleNumber(2, false));
    assertThat(store.dictionary().word(number)).isEqualTo("SignInLogs");
    List<String> walked = new ArrayList<>();
    store.walk(null, 10, (subject, key, value) -> walked.add(new String(subject, UTF_8)));
    assertThat(walked).containsExactly("a");
  }

  @Test
  void hasNoOtherCache() {
    assertThatThrownBy(() -> SubjectStore.builder(STORE).withCachingEnabled())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(SubjectStore.builder(STORE).withLoggingEnabled(Map.of("a", "b")).logConfig())
        .containsEntry("a", "b");
    assertThat(SubjectStore.builder(STORE).withLoggingDisabled().loggingEnabled()).isFalse();
  }

  private TopologyTestDriver driver() {
    Topology topology =
        new Topology()
            .addSource("source", INPUT)
            .addProcessor("counting", new Counting(), "source");
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test-" + drivers.size());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    TopologyTestDriver driver = new TopologyTestDriver(topology, properties);
    drivers.add(driver);
    return driver;
  }

  private static TestInputTopic<String, String> input(TopologyTestDriver driver) {
    return driver.createInputTopic(INPUT, new StringSerializer(), new StringSerializer());
  }

  private static List<String> changelog(TopologyTestDriver driver) {
    String topic = driver.producedTopicNames().iterator().next();
    List<String> found = new ArrayList<>();
    driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList()
        .forEach(
            each ->
                found.add(
                    text(RecordKey.subject(each.key()))
                        + "/"
                        + text(RecordKey.key(each.key()))
                        + "="
                        + text(each.value())));
    return found;
  }

  /** Counts records by key in live objects, and writes the counts that changed in the hook. */
  private static final class Counting implements ProcessorSupplier<String, String, Void, Void> {
    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(SubjectStore.builder(STORE));
    }

    @Override
    public Processor<String, String, Void, Void> get() {
      return new Processor<>() {
        private final Map<String, Integer> counts = new HashMap<>();
        private final Set<String> dirty = new TreeSet<>();
        private @Nullable SubjectStore store;

        @Override
        public void init(ProcessorContext<Void, Void> context) {
          SubjectStore opened = context.getStateStore(STORE);
          opened.beforeCommit(
              () -> {
                for (String each : dirty) {
                  byte[] count = bytes(Integer.toString(counts.getOrDefault(each, 0)));
                  opened.write(bytes(each), bytes("count"), count);
                }
                dirty.clear();
              });
          store = opened;
        }

        @Override
        public void process(Record<String, String> record) {
          counts.merge(record.key(), kept(record.key()) + 1, (count, one) -> count + 1);
          dirty.add(record.key());
        }

        private int kept(String subject) {
          int[] count = new int[1];
          Objects.requireNonNull(store)
              .read(
                  bytes(subject),
                  LEAST,
                  MOST,
                  (key, value) -> count[0] = Integer.parseInt(text(value)));
          return count[0];
        }
      };
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
