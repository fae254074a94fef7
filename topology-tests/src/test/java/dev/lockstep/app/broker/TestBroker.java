package dev.lockstep.app.broker;

import dev.lockstep.app.kafka.PlayedTopic;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A cluster of one node to test on: in this process, and where Docker answers in a container too.
 *
 * @param bootstrapServers its address
 * @param stop ends it
 */
public record TestBroker(String bootstrapServers, Runnable stop) implements AutoCloseable {
  private static final DockerImageName IMAGE =
      DockerImageName.parse("apache/kafka").withTag(clientVersion());

  private static final List<Kind> KINDS =
      imageIsThere() ? List.of(Kind.LOCAL, Kind.CONTAINER) : List.of(Kind.LOCAL);

  /** Where a cluster runs. */
  public enum Kind {
    LOCAL,
    CONTAINER
  }

  /** Returns the kinds that this machine can run without pulling an image. */
  public static List<Kind> kinds() {
    return KINDS;
  }

  private static boolean imageIsThere() {
    try {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return false;
      }
      DockerClientFactory.lazyClient().inspectImageCmd(IMAGE.asCanonicalNameString()).exec();
      return true;
    } catch (RuntimeException e) { // whatever Docker says of an image that it does not have
      System.out.printf(
          "no test in a container: Docker has no image %s here; docker pull %s gets it%n",
          IMAGE, IMAGE);
      return false;
    }
  }

  private static String clientVersion() {
    Properties version = new Properties();
    try (InputStream in =
        KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
      version.load(in);
      return version.getProperty("version", "latest");
    } catch (IOException e) {
      throw new IllegalStateException("the Kafka client does not say its version", e);
    }
  }

  /**
   * Returns the local one that all tests of this process share; closing it does nothing. Each test
   * takes topics of its own, by {@link #newPrefix}.
   */
  public static TestBroker shared() {
    return Shared.BROKER;
  }

  /** Returns the beginning of names of topics, groups and transactions that no other test has. */
  public static String newPrefix() {
    return "test-" + Shared.PREFIXES.incrementAndGet() + ".";
  }

  private static final class Shared {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final TestBroker BROKER = start();

    private static TestBroker start() {
      try {
        Path data = Files.createTempDirectory("shared-broker");
        LocalBroker broker = LocalBroker.start(data, 0, CalmBroker.OPTIONS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(broker, data)));
        return new TestBroker(broker.bootstrapServers(), () -> {});
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void end(LocalBroker broker, Path data) {
      broker.close();
      try (Stream<Path> files = Files.walk(data)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      } catch (IOException e) {
        System.out.println("data of the shared broker are left: " + e);
      }
    }
  }

  /** Deletes the topics whose names begin so, and does not wait for that. */
  public void deleteTopics(String prefix) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      Set<String> all = admin.listTopics().names().get();
      admin.deleteTopics(all.stream().filter(name -> name.startsWith(prefix)).toList());
    }
  }

  /** Starts one; the data of a local one are in a folder. */
  public static TestBroker start(Kind kind, Path data) {
    return switch (kind) {
      case LOCAL -> {
        LocalBroker broker = LocalBroker.start(data, 0, CalmBroker.OPTIONS);
        yield new TestBroker(broker.bootstrapServers(), broker::close);
      }
      case CONTAINER -> {
        KafkaContainer container =
            new KafkaContainer(IMAGE)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        container.start();
        yield new TestBroker(container.getBootstrapServers(), container::stop);
      }
    };
  }

  /** Creates a topic of four partitions, as {@code play} does. */
  public void createTopic(String name) {
    PlayedTopic.create(bootstrapServers, name, 4);
  }

  @Override
  public void close() {
    stop.run();
  }
}
