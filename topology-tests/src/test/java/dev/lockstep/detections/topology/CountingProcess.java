package dev.lockstep.detections.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A process that counts events by subject in live objects, sends each count on, writes what changed
 * in the store's hook, and halts, as kill -9 does, where it is told to.
 */
final class CountingProcess {
  static final String EVENTS = "events";
  static final String COUNTS = "counts";

  /** The exit code of a process that has halted where it was told to. */
  static final int HALTED = 43;

  /** Beginning of the line that the process prints before it halts. */
  static final String HALTS = "halts at ";

  private static final String STORE = "subjects";
  private static final int RECORDS_A_COMMIT = 100;

  private CountingProcess() {}

  /** Where a process halts. */
  enum Fault {
    NEVER,
    /** Before a record is handed to the producer: an output, or a record of the changelog. */
    AT_SEND,
    /** When all records are flushed. */
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  /**
   * Counts until it halts.
   *
   * @param args address of the cluster, state folder, folder for what is found in stores when they
   *     open, fault, how many sends or commits come before it
   */
  public static void main(String[] args) {
    Path found = Path.of(args[2]);
    Faults faults = new Faults(Fault.valueOf(args[3]), Integer.parseInt(args[4]));
    Topology topology =
        new Topology()
            .addSource("events", EVENTS)
            .addProcessor("counting", supplier(found), "events")
            .addSink("counts", COUNTS, "counting");
    new KafkaStreams(topology, properties(args[0], args[1]), faults).start();
  }

  private static Properties properties(String bootstrapServers, String stateDir) {
    Properties properties = new Properties();
    properties.putAll(StreamsDefaults.ALL);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "counting");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    properties.put(StreamsConfig.mainConsumerPrefix("max.poll.records"), RECORDS_A_COMMIT);
    properties.put("group.instance.id", "only"); // takes its work over from its dead self at once
    properties.put("transaction.timeout.ms", 2_000);
    return properties;
  }

  private static ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(Path found) {
    return new ProcessorSupplier<>() {
      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(SubjectStore.builder(STORE));
      }

      @Override
      public Processor<byte[], byte[], byte[], byte[]> get() {
        return new Counting(found);
      }
    };
  }

  /**
   * The records that are kept of a subject: its last count and the one before, under keys that come
   * again, so that each count deletes one.
   */
  static Map<String, String> kept(int count) {
    Map<String, String> kept = new HashMap<>();
    kept.put("k" + count % 3, Integer.toString(count));
    if (count > 1) {
      kept.put("k" + (count - 1) % 3, Integer.toString(count - 1));
    }
    return kept;
  }

  /** Counts by subject. */
  private static final class Counting implements Processor<byte[], byte[], byte[], byte[]> {
    private static final byte[] FROM = "k".getBytes(UTF_8);
    private static final byte[] TO = "l".getBytes(UTF_8);

    private final Path found;
    private final Map<String, Integer> live = new HashMap<>();
    private final Set<String> dirty = new TreeSet<>();
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable SubjectStore store;
    private int uncommitted;

    Counting(Path found) {
      this.found = found;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
      live.clear();
      dirty.clear();
      SubjectStore opened = context.getStateStore(STORE);
      opened.beforeCommit(() -> write(opened));
      tell(opened, context.taskId().partition());
      this.context = context;
      this.store = opened;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      if (context == null || store == null) {
        throw new IllegalStateException("not initialized");
      }
      String subject = new String(record.key(), UTF_8);
      int count = live.getOrDefault(subject, 0);
      count = (count == 0 ? last(store, record.key()) : count) + 1;
      live.put(subject, count);
      dirty.add(subject);
      if (live.size() > 20) { // cold reads, also of what this transaction has written
        write(store);
        live.clear();
      }
      context.forward(record.withValue(Integer.toString(count).getBytes(UTF_8)));
      if (++uncommitted == RECORDS_A_COMMIT) {
        uncommitted = 0;
        context.commit();
      }
    }

    private static int last(SubjectStore store, byte[] subject) {
      int[] last = new int[1];
      store.read(
          subject,
          FROM,
          TO,
          (key, value) -> last[0] = Math.max(last[0], Integer.parseInt(new String(value, UTF_8))));
      return last[0];
    }

    private void write(SubjectStore store) {
      for (String subject : dirty) {
        Map<String, String> kept = kept(live.getOrDefault(subject, 0));
        for (String key : List.of("k0", "k1", "k2")) {
          String value = kept.get(key);
          store.write(
              subject.getBytes(UTF_8),
              key.getBytes(UTF_8),
              value == null ? null : value.getBytes(UTF_8));
        }
      }
      dirty.clear();
    }

    /** Writes to a file what is in a store that was opened, and restored where that was needed. */
    private void tell(SubjectStore store, int partition) {
      List<String> lines = new ArrayList<>();
      byte[] next = null;
      do {
        next =
            store.walk(
                next,
                7,
                (subject, key, value) ->
                    lines.add(
                        new String(subject, UTF_8)
                            + "/"
                            + new String(key, UTF_8)
                            + "="
                            + new String(value, UTF_8)));
      } while (next != null);
      try {
        Path whole = Files.write(found.resolve(partition + ".part"), lines);
        Files.move(
            whole, found.resolve(Integer.toString(partition)), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Clients of Kafka of which a producer halts the process. */
  private static final class Faults implements KafkaClientSupplier {
    private final Fault fault;
    private final AtomicInteger left;

    Faults(Fault fault, int before) {
      this.fault = fault;
      this.left = new AtomicInteger(before);
    }

    private void at(Fault here) {
      if (here == fault && left.getAndDecrement() == 0) {
        System.err.println(HALTS + here);
        Runtime.getRuntime().halt(HALTED);
      }
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
      return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()) {
        @Override
        public Future<RecordMetadata> send(
            ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
          at(Fault.AT_SEND);
          return super.send(record, callback);
        }

        @Override
        public void commitTransaction() {
          flush();
          at(Fault.BEFORE_COMMIT);
          super.commitTransaction();
          at(Fault.AFTER_COMMIT);
        }
      };
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
      return Admin.create(config);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
      return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
      return getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
      return getConsumer(config);
    }
  }
}
