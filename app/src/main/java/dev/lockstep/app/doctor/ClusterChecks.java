package dev.lockstep.app.doctor;

import dev.lockstep.app.config.ClientProperties;
import dev.lockstep.app.config.ClientPropertyNames;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.TopicAdmin;
import dev.lockstep.app.kafka.TopicChecks;
import dev.lockstep.app.kafka.TopicState;
import dev.lockstep.app.kafka.TopicSurvey;
import dev.lockstep.app.terminal.CommaList;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Checks of the Kafka cluster with Lockstep's topics and state: servers, topics, positions, rights
 * on topics, groups and transactional ids, and the broker's clock.
 */
public final class ClusterChecks {
  private static final int API_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 4_000;
  static final Duration CLOSE = Duration.ofMillis(200);

  private static final String CREDENTIAL =
      "check kafka.properties: security.protocol, sasl.mechanism, sasl.jaas.config";
  private static final int SAFE_COPIES = 3;
  private static final String REQUEST_BYTES = "max.request.size";

  /**
   * Producer properties that Lockstep always sets itself, each with the values that Lockstep sets.
   * A property has several values here if Kafka takes them as the same, such as -1 and {@code all}
   * for {@code acks}.
   */
  private static final SortedMap<String, Set<String>> WRITING =
      new TreeMap<>(Map.of("acks", Set.of("all", "-1"), "enable.idempotence", Set.of("true")));

  private final Config config;
  private final ClusterNames names;
  private final ClockCheck clocks;
  private final InstantSource clock;

  /**
   * Stored positions of all source partitions, once this check has read them. The future completes
   * with a failure if they cannot be read.
   */
  final CompletableFuture<List<SourceBacklogs.Row>> positions = new CompletableFuture<>();

  public ClusterChecks(Config config, ClockCheck clocks, InstantSource clock) {
    this.config = config;
    this.names = new ClusterNames(config.kafka().topicPrefix());
    this.clocks = clocks;
    this.clock = clock;
  }

  public void addTo(CheckRunner doctor) {
    doctor.add("kafka", this::look);
  }

  private void look(CheckReport into) throws InterruptedException {
    Config.Kafka kafka = config.kafka();
    warnOfOverridden(into, "kafka.properties", kafka.properties());
    warnOfSmallRequests(into, kafka.properties());
    warnOfMisspelt(into, "kafka.properties", kafka.properties());
    try {
      if (!anyReached(into, kafka.bootstrapServers())) {
        return;
      }
      into.begin(
          "an answer from " + kafka.bootstrapServers() + " in Kafka's protocol",
          "check the port and kafka.properties: security.protocol");
      try (CloseAction<Admin> opened = admin(quick(kafka.clientSettings()))) {
        look(into, opened.it());
      }
    } catch (KafkaException | ExecutionException e) {
      fault(into, "kafka", e);
    } finally {
      positions.completeExceptionally(
          new IllegalStateException("the positions could not be read from the cluster"));
    }
  }

  static void warnOfOverridden(CheckReport into, String check, ClientProperties properties) {
    List<String> named = new ArrayList<>();
    WRITING.forEach(
        (name, values) -> {
          String set = properties.values().get(name);
          if (set != null && !values.contains(set.strip().toLowerCase(Locale.ROOT))) {
            named.add(name);
          }
        });
    if (!named.isEmpty()) {
      into.warn(
          check,
          "%s no effect, because Lockstep always writes with acks=all and enable.idempotence=true"
              .formatted(String.join(" and ", named) + (named.size() == 1 ? " has" : " have")),
          "remove " + (named.size() == 1 ? "it" : "them"));
    }
  }

  static void warnOfMisspelt(CheckReport into, String check, ClientProperties properties) {
    ClientPropertyNames.misspelt(properties)
        .forEach(
            (name, nearest) ->
                into.warn(
                    check,
                    name + " has no effect, because no Kafka client knows it",
                    "write " + nearest + ", or remove it"));
  }

  static void warnOfSmallRequests(CheckReport into, ClientProperties properties) {
    for (String name : List.of(REQUEST_BYTES, "producer." + REQUEST_BYTES)) {
      String set = properties.values().get(name);
      try {
        if (set != null && Long.parseLong(set.strip()) < TopicChecks.RECORD_BYTES) {
          into.warn(
              "kafka.properties",
              name
                  + " is %s, but Lockstep writes records of up to %s"
                      .formatted(
                          DisplayFormat.count(Long.parseLong(set.strip()), "byte"),
                          DisplayFormat.count(TopicChecks.RECORD_BYTES, "byte")),
              "remove the property, or set it to " + TopicChecks.RECORD_BYTES + " or more");
        }
      } catch (NumberFormatException e) {
        // the producer that the checks of transactional ids open refuses it
      }
    }
  }

  /** Returns a Kafka client's properties with timeouts short enough for the doctor's report. */
  static Map<String, Object> quick(Map<String, ?> properties) {
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put("default.api.timeout.ms", API_MILLIS);
    settings.put("request.timeout.ms", REQUEST_MILLIS);
    return settings;
  }

  static CloseAction<Admin> admin(Map<String, Object> settings) {
    return new CloseAction<>(Admin.create(settings), admin -> admin.close(CLOSE));
  }

  private void fault(CheckReport into, String check, Throwable e) {
    KafkaFault fault =
        KafkaFault.of(
            e,
            config.kafka().clientSettings(),
            CREDENTIAL,
            "grant the rights that docs/operations.md lists");
    into.fail(check, fault.what(), fault.fix());
  }

  /**
   * Tries to reach each server, and returns whether any was reached. Servers that were not reached
   * are warnings, or failures if none was reached.
   */
  static boolean anyReached(CheckReport into, String servers) {
    List<HostReachability> missed = new ArrayList<>();
    int reached = 0;
    for (String server : CommaList.of(servers)) {
      into.begin("reaching " + Quoted.of(server), "check this machine's name server");
      int colon = server.lastIndexOf(':');
      HostReachability reachability =
          HostReachability.of(
              server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)), false);
      if (reachability.reached()) {
        reached++;
      } else {
        missed.add(reachability);
      }
    }
    for (HostReachability reachability : missed) {
      if (reached == 0) {
        into.fail(reachability.what(), reachability.fix());
      } else {
        into.warn(reachability.what(), reachability.fix());
      }
    }
    return reached > 0;
  }

  private void look(CheckReport into, Admin admin) throws ExecutionException, InterruptedException {
    DescribeClusterResult cluster =
        admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
    int brokers = cluster.nodes().get().size();
    into.ok(
        "cluster %s of %s at %s"
            .formatted(
                cluster.clusterId().get(),
                DisplayFormat.count(brokers, "broker"),
                config.kafka().bootstrapServers()));
    into.begin("looking at the topics", "look at the cluster's health");
    topics(into, admin, brokers);
    topicChecks(into, admin);
    groups(into, admin);
    new TransactionChecks(config).look(into);
    internal(into, admin, cluster.authorizedOperations().get());
  }

  private void topics(CheckReport into, Admin admin, int brokers)
      throws ExecutionException, InterruptedException {
    Config.Kafka kafka = config.kafka();
    List<String> fit = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    boolean positionsThere = false;
    boolean positionsAbsent = false;
    for (TopicState state :
        TopicSurvey.of(admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication())) {
      if (state instanceof TopicState.Unfit unfit) {
        into.fail("topic " + unfit.name(), unfit.why());
      } else if (state instanceof TopicState.Absent missing) {
        absent(into, missing, absent);
        // Without the right to see a topic, it seems absent.
        positionsAbsent |= missing.name().equals(names.positions()) && missing.mayNot() == null;
      } else if (state instanceof TopicState.Fit there) {
        positionsThere |= there.name().equals(names.positions());
        TopicState.Difference difference = there.difference();
        if (difference != null) {
          into.warn(
              "topic " + there.name(),
              difference.what() + ", which a new topic would have",
              difference.fix(config.kafka().bootstrapServers()));
        }
        if (rights(into, there) && difference == null) {
          fit.add(there.name());
        }
        copies(into, there, brokers);
      }
    }
    if (!fit.isEmpty()) {
      into.ok(
          "topics",
          String.join(", ", fit)
              + ": partitions, cleanup policy, retention and rights are as they should be");
      brokerClock(admin, fit);
    }
    if (!absent.isEmpty()) {
      into.ok(
          "topics",
          String.join(", ", absent)
              + (absent.size() == 1
                  ? ": does not exist yet; the command \"run\" creates the topic, and this"
                      + " credential may create it"
                  : ": do not exist yet; the command \"run\" creates the topics, and this"
                      + " credential may create them"));
    }
    if (positionsThere) {
      readPositions(into);
    } else if (positionsAbsent) {
      positions.complete(List.of());
    }
  }

  private void topicChecks(CheckReport into, Admin admin)
      throws ExecutionException, InterruptedException {
    Config.Kafka kafka = config.kafka();
    TopicChecks.Result result;
    try {
      result =
          TopicChecks.look(
              admin, kafka.topicPrefix(), kafka.partitions(), kafka.bootstrapServers());
    } catch (ExecutionException e) {
      if (Causes.find(e, GroupAuthorizationException.class) == null) {
        throw e;
      }
      return; // a check of the groups says so
    }
    result.problems().forEach(problem -> into.warn(problem.check(), problem.what(), problem.fix()));
    if (result.internal() > 0 && result.problems().isEmpty()) {
      into.ok(
          "topics",
          DisplayFormat.count(result.internal(), "internal topic")
              + ": cleanup policy, record size and replicas are as they should be");
    }
  }

  private static void copies(CheckReport into, TopicState.Fit there, int brokers) {
    int copies = there.description().partitions().get(0).replicas().size();
    if (brokers >= SAFE_COPIES && copies < SAFE_COPIES) {
      into.warn(
          "topic " + there.name(),
          "has "
              + copies
              + " of "
              + SAFE_COPIES
              + " replicas, so the loss of a broker can lose the topic",
          "add replicas, and set kafka.replication: " + SAFE_COPIES);
    }
  }

  private void readPositions(CheckReport into) {
    Config.Kafka kafka = config.kafka();
    into.begin("reading the positions", "look at the cluster's health");
    try {
      positions.complete(
          SourceBacklogs.read(new KafkaTarget(kafka.clientSettings(), kafka.topicPrefix()), clock));
    } catch (SerializationException e) { // its message has place and fix
      into.fail("positions", e);
    } catch (KafkaException e) {
      fault(into, "positions", e);
    }
  }

  private static void absent(CheckReport into, TopicState.Absent missing, List<String> absent) {
    Throwable mayNot = missing.mayNot();
    if (mayNot == null) {
      absent.add(missing.name());
      return;
    }
    if (mayNot instanceof InvalidReplicationFactorException) {
      into.fail(
          "topic " + missing.name(),
          "does not exist, and cannot be created (" + Failures.message(mayNot) + ")",
          TopicAdmin.FEWER_REPLICAS);
      return;
    }
    into.fail(
        "topic " + missing.name(),
        "does not exist, and this credential may not create it (" + Failures.message(mayNot) + ")",
        "create it as docs/operations.md says, or grant Create and Describe to this credential, on"
            + " topics with the prefix that the key kafka.topicPrefix sets");
  }

  private static boolean rights(CheckReport into, TopicState.Fit there) {
    Set<AclOperation> may = there.description().authorizedOperations();
    if (may == null) {
      return true; // the cluster does not tell
    }
    Set<String> missing = new TreeSet<>();
    for (AclOperation needed :
        List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)) {
      if (!may.contains(needed) && !may.contains(AclOperation.ALL)) {
        missing.add(needed.name());
      }
    }
    if (!missing.isEmpty()) {
      into.fail(
          "topic " + there.name(),
          "this credential lacks the right to " + String.join(", ", missing),
          "grant the missing rights (kafka-acls.sh --add --topic " + there.name() + ")");
    }
    return missing.isEmpty();
  }

  private void groups(CheckReport into, Admin admin) throws InterruptedException {
    for (String group : groups()) {
      if (!mayUse(admin, group)) {
        into.fail(
            "group " + group,
            "this credential may not use the group",
            "grant Read on groups with the prefix " + names.prefix());
      }
    }
  }

  /** Returns whether this client may use a consumer group, or true if that is unknown. */
  static boolean mayUse(Admin admin, String group) throws InterruptedException {
    try {
      var unused = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return true;
    } catch (ExecutionException e) {
      return Causes.find(e, GroupAuthorizationException.class) == null;
    }
  }

  private List<String> groups() {
    String prefix = config.kafka().topicPrefix();
    List<String> groups = new ArrayList<>();
    for (Config.Source source : config.sources()) {
      if (hasGroup(source.type())) {
        groups.add(names.ingest(source.name()));
      }
    }
    groups.add(names.detect());
    List<String> sinks = new ArrayList<>();
    Config.Sentinel sentinel = config.sentinel();
    if (sentinel != null) {
      sinks.add(ForwarderConfig.SENTINEL);
      if (sentinel.lake() != null) {
        sinks.add(ForwarderConfig.LAKE);
      }
    }
    config.sinks().forEach(sink -> sinks.add(sink.name()));
    sinks.forEach(sink -> groups.add(ForwarderConfig.of(sink).withTopicPrefix(prefix).group()));
    return groups;
  }

  /**
   * Returns whether the instances share out a source through a consumer group of this cluster. The
   * group of a Kafka topic is on the topic's cluster, and {@link KafkaSourceChecks} checks it.
   */
  private static boolean hasGroup(Config.SourceType type) {
    return switch (type) {
      case CAPTURE -> true;
      case EVENT_HUBS_KAFKA, EVENT_HUBS_AMQP, KAFKA -> false;
    };
  }

  /** Checks the right to create topics, which Kafka Streams needs at its first start. */
  private void internal(CheckReport into, Admin admin, @Nullable Set<AclOperation> may)
      throws InterruptedException {
    if (may == null || may.contains(AclOperation.CREATE)) {
      return;
    }
    String name = names.detect() + "-doctor-changelog";
    Throwable mayNot =
        TopicAdmin.mayNotCreate(admin, new NewTopic(name, Optional.of(1), Optional.empty()));
    if (mayNot != null) {
      into.fail(
          "topics",
          "this credential may not create topics such as "
              + name
              + " ("
              + Failures.message(mayNot)
              + ")",
          "grant Create on topics with the prefix " + names.detect() + "-");
    }
  }

  /**
   * Reports this machine's clock as behind if the newest append time in the topics is later than
   * the present time of this clock. A broker set the append time earlier, so the two clocks differ.
   */
  private void brokerClock(Admin admin, List<String> topics) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (String topic : topics) {
      asked.put(new TopicPartition(topic, 0), OffsetSpec.maxTimestamp());
    }
    try {
      admin
          .listOffsets(asked)
          .all()
          .get()
          .values()
          .forEach(
              newest -> {
                if (newest.timestamp() > 0) {
                  clocks.happened("the broker", Instant.ofEpochMilli(newest.timestamp()));
                }
              });
    } catch (ExecutionException e) {
      // an older cluster does not support the request
    }
  }
}
