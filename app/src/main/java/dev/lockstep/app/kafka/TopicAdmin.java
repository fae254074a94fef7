package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.cluster.MissingRight;
import dev.lockstep.ingest.cluster.OutdatedCertificate;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Requests of an admin client about topics: creation, description and offsets. */
public final class TopicAdmin {
  /** Fix for a topic that cannot have as many replicas as the configuration asks for. */
  public static final String FEWER_REPLICAS =
      "set kafka.replication to at most the number of brokers, or start more brokers";

  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(60);
  private static final Duration SHOWN_POLL = Duration.ofMillis(50);

  private TopicAdmin() {}

  /** Existing topic as the cluster describes it. */
  record Found(TopicDescription description, Config config) {
    boolean isOf(NewTopic topic) {
      return description.name().equals(topic.name());
    }
  }

  /** Creates topics, and returns the topics that another instance has created first. */
  static List<NewTopic> create(Admin admin, List<NewTopic> missing) throws InterruptedException {
    List<NewTopic> overtaken = new ArrayList<>();
    Map<String, KafkaFuture<Void>> created = admin.createTopics(missing).values();
    for (NewTopic topic : missing) {
      KafkaFuture<Void> future = created.get(topic.name());
      if (future == null) {
        continue;
      }
      try {
        future.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw failure("topic " + Quoted.of(topic.name()), e);
        }
        overtaken.add(topic);
      }
    }
    return overtaken;
  }

  /** Returns the given topics, once the cluster shows all of them. */
  static List<Found> find(Admin admin, List<NewTopic> wanted)
      throws ExecutionException, InterruptedException {
    List<String> names = wanted.stream().map(NewTopic::name).toList();
    return whenShown(() -> describe(admin, names));
  }

  static List<Found> describe(Admin admin, List<String> names)
      throws ExecutionException, InterruptedException {
    DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    Map<String, TopicDescription> descriptions =
        admin.describeTopics(names, options).allTopicNames().get();
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    List<Found> found = new ArrayList<>();
    for (var config : admin.describeConfigs(resources).values().entrySet()) {
      String name = config.getKey().name();
      TopicDescription description = descriptions.get(name);
      if (description != null) {
        found.add(new Found(description, settings(name, config.getValue())));
      }
    }
    return found;
  }

  /** Returns the settings of a topic. Kafka's own refusal names neither the topic nor the right. */
  private static Config settings(String topic, KafkaFuture<Config> answer)
      throws ExecutionException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (Causes.unwrapped(e) instanceof TopicAuthorizationException) {
        throw new ExecutionException(
            new TopicAuthorizationException("no right to DescribeConfigs of topic " + topic));
      }
      throw e;
    }
  }

  /**
   * Waits until the leader of every partition of the given topics accepts records. Otherwise the
   * broker may accept a later batch first, and then reject the earlier batches.
   */
  public static void awaitLeaders(Admin admin, List<NewTopic> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        asked.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    whenShown(() -> admin.listOffsets(asked).all().get());
  }

  /**
   * Returns, for each given partition, the offset that {@code spec} asks for, such as the earliest.
   */
  public static Map<TopicPartition, Long> offsets(
      Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (!asked.isEmpty()) {
      admin
          .listOffsets(asked)
          .all()
          .get()
          .forEach((partition, found) -> offsets.put(partition, found.offset()));
    }
    return offsets;
  }

  /**
   * Asks the broker whether a topic can be created, and returns the reason why not, or null if it
   * can. Nothing is created.
   */
  public static @Nullable Throwable mayNotCreate(Admin admin, NewTopic topic)
      throws InterruptedException {
    try {
      admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true)).all().get();
      return null;
    } catch (ExecutionException e) {
      return Causes.unwrapped(e);
    }
  }

  private interface Question<T> {
    T ask() throws ExecutionException, InterruptedException;
  }

  private static <T> T whenShown(Question<T> question)
      throws ExecutionException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      try {
        return question.ask();
      } catch (ExecutionException e) {
        boolean late = System.nanoTime() - start > SHOWN_WITHIN.toNanos();
        if (late || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
      Thread.sleep(SHOWN_POLL.toMillis());
    }
  }

  static OperatorException failure(String which, ExecutionException e) {
    Throwable cause = Causes.unwrapped(e);
    return new OperatorException("could not prepare %s: %s".formatted(which, why(cause)), cause);
  }

  private static String why(Throwable cause) {
    String right = MissingRight.of(cause);
    if (right != null) {
      return right;
    }
    String outdated = OutdatedCertificate.of(cause);
    return outdated == null ? Failures.message(cause) + "; " + fix(cause) : outdated;
  }

  private static String fix(Throwable cause) {
    if (cause instanceof SslAuthenticationException) {
      return "check that the broker's certificate is for the broker's host name, and that this client trusts the certificate (ssl.truststore.location in kafka.properties)";
    }
    if (cause instanceof TimeoutException) {
      return "start the brokers, and check kafka.bootstrapServers, security.protocol in kafka.properties and the network to the brokers";
    }
    return cause instanceof InvalidReplicationFactorException
        ? FEWER_REPLICAS
        : "check kafka.bootstrapServers, kafka.properties and the rights to create topics";
  }
}
