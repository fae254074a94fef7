package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ProcessEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads of the role that fail on a record, by an exception or by an error, and are replaced. */
final class ReplacedThreadIT {
  private static final String TOPIC = "words";
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @TempDir Path folder;

  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final List<Throwable> ended = new CopyOnWriteArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final List<Thread> failed = new CopyOnWriteArrayList<>();
  private final AtomicReference<Throwable> next = new AtomicReference<>();

  @AfterEach
  void restore() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void isNotReportedOnceMore_whenItEnds() throws Exception {
    ProcessEnd end = new ProcessEnd(halted::add);
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        StateFolder state = StateFolder.take(folder.resolve("state"))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      Path config =
          Files.writeString(
              folder.resolve("lockstep.yaml"),
              "kafka: {bootstrapServers: \"%s\", properties: {num.stream.threads: 1}}"
                  .formatted(broker.bootstrapServers()));
      Config.Kafka kafka = Config.read(config, Map.of()).kafka();
      // In the place of the handler that the command run sets, which reports a failure once more.
      Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> ended.add(failure));
      DetectRole role =
          DetectRole.start(kafka, state, "mark", topology(), () -> null, why -> {}, end);
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers()),
              new StringSerializer(),
              new StringSerializer())) {
        int number = 0;
        for (Throwable failure :
            List.of(
                new IllegalStateException("of a thread that is there from the start"),
                new IllegalStateException("of one that replaced it"),
                new AssertionError("of one that replaced that one"))) {
          next.set(failure);
          String word = "word-" + number++;
          producer.send(new ProducerRecord<>(TOPIC, "k", word)).get();
          awaiting(word).until(() -> taken.contains(word));
          awaiting("its end").until(() -> failed.stream().noneMatch(Thread::isAlive));
        }
      } finally {
        role.streams().close(Duration.ofSeconds(30));
      }
    }
    assertThat(failed).hasSize(3);
    assertThat(ended).isEmpty();
    assertThat(halted).isEmpty();
  }

  /** Returns a wait that leaves the default handler of uncaught failures as it is. */
  private static ConditionFactory awaiting(String what) {
    return await(what).dontCatchUncaughtExceptions().atMost(TIMEOUT);
  }

  private Topology topology() {
    return new Topology()
        .addSource("source", new StringDeserializer(), new StringDeserializer(), TOPIC)
        .addProcessor(
            "failing",
            () -> (Processor<String, String, Void, Void>) record -> take(record.value()),
            "source");
  }

  private void take(String word) {
    Throwable failure = next.getAndSet(null);
    if (failure == null) {
      taken.add(word);
      return;
    }
    failed.add(Thread.currentThread());
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
