package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.schemas.TopicNames;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Lockstep's own topics in one Kafka cluster: names, settings, creation and checks. The topics are
 * created and checked at the start, and checked again while the service runs.
 *
 * @param prefix prefix of every name: letters, digits, dots, dashes and underscores
 */
public record Topics(String prefix) {
  private static final String REPLACED = "deleted while the service ran; ";

  private static final String POSITIONS_LOST =
      "; how far sources were read is lost too: an instance that starts, or takes a partition over, may read from the source's key from again; with from: earliest nothing is lost and no finding comes twice, with latest set a time before the deletion first";
  private static final String TIMESTAMP_TYPE = "message.timestamp.type";
  static final String CLEANUP_POLICY = "cleanup.policy";
  private static final String RETENTION = "retention.ms";
  private static final String RETENTION_BYTES = "retention.bytes";
  private static final String COMPACTION_LAG = "max.compaction.lag.ms";
  private static final String SEGMENT = "segment.ms";
  static final String COMPACT = "compact";
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(60);
  private static final Duration SHOWN_POLL = Duration.ofMillis(50);

  TopicNames names() {
    return new TopicNames(prefix);
  }

  /** Returns the topic of published Sigma files, as Lockstep creates it. */
  NewTopic newRules(short replication) {
    Map<String, String> settings = Map.of(CLEANUP_POLICY, COMPACT, TIMESTAMP_TYPE, "LogAppendTime");
    return topic(names().rules(), 1, replication, settings);
  }

  /**
   * Refuses an existing topic of published Sigma files from which Kafka removes records by age or
   * size. It would remove the rules that instances take at their start. Without the right to read
   * the settings of the topic nothing is checked.
   *
   * @throws OperatorException if the topic has another cleanup policy than {@code compact}
   */
  void checkRules(Admin admin) throws ExecutionException, InterruptedException {
    try {
      for (Found found : describe(admin, List.of(names().rules()))) {
        checkSetting(newRules((short) -1), found.config(), CLEANUP_POLICY);
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
    }
  }

  /**
   * Creates Lockstep's missing topics, and refuses existing ones that cannot be used. Internal
   * topics and the topic of published rules are not created. Afterwards all other topics can be
   * used.
   *
   * @param partitions number of partitions of every topic except the positions, which have one
   * @param replication replicas of every topic; -1 takes the broker's default
   * @throws OperatorException if a topic cannot be created, if internal topics of another version
   *     exist, or if a topic has another number of partitions, another cleanup policy, or
   *     timestamps that its producers set
   */
  public static Topics ensure(Admin admin, String prefix, int partitions, short replication) {
    Topics topics = new Topics(prefix);
    List<NewTopic> wanted = topics.wanted(partitions, replication);
    try {
      Set<String> existing = admin.listTopics().names().get();
      Foreign foreign = topics.foreign(existing);
      if (foreign != null) {
        throw foreign.refusal();
      }
      checkLayout(topics, partitions, topics.partitions(admin, existing));
      List<NewTopic> missing = new ArrayList<>();
      List<NewTopic> present = new ArrayList<>();
      for (NewTopic topic : wanted) {
        (existing.contains(topic.name()) ? present : missing).add(topic);
      }
      present.addAll(create(admin, missing));
      List<Found> found = find(admin, wanted);
      for (NewTopic topic : present) {
        found.stream().filter(each -> each.isOf(topic)).forEach(each -> check(topic, each));
      }
      awaitLeaders(admin, missing);
      return topics;
    } catch (ExecutionException e) {
      throw failure("the topics " + Quoted.of(prefix + "*"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not prepare the topics: the program was interrupted; start it again", e);
    }
  }

  /**
   * Returns a message about topics that were deleted after their use by the role {@code detect}, or
   * null if there are none. The message names the topics. This method has to be called before
   * {@link #ensure}. The result is null too if all internal topics are missing, because an upgrade
   * may delete them all on purpose, and if another version's are there, which {@link #ensure}
   * refuses.
   */
  static @Nullable String deleted(Admin admin, String prefix, int partitions)
      throws ExecutionException, InterruptedException {
    Set<String> gone = deletedNames(admin, prefix, partitions);
    return gone.isEmpty()
        ? null
        : "these topics were missing at the start, although detect has worked with them: %s; they are created again, and their records, such as state, positions or unread events, are lost; see \"Rebuild\" in docs/operations.md"
            .formatted(names(gone.stream()));
  }

  /** Returns the names of the topics that {@link #deleted} is about, in order. */
  static Set<String> deletedNames(Admin admin, String prefix, int partitions)
      throws ExecutionException, InterruptedException {
    Topics topics = new Topics(prefix);
    Set<String> existing = admin.listTopics().names().get();
    Set<String> gone = new TreeSet<>();
    if (existing.stream().anyMatch(topics::isInternal) && topics.foreign(existing) == null) {
      gone.addAll(DetectionTopology.internalTopics(new TopologyLayout(prefix, partitions)));
      topics.wanted(partitions, (short) -1).forEach(topic -> gone.add(topic.name()));
      gone.removeAll(existing);
    }
    return gone.isEmpty()
            || admin
                .listConsumerGroupOffsets(topics.names().detect())
                .partitionsToOffsetAndMetadata()
                .get()
                .isEmpty()
        ? Set.of()
        : gone;
  }

  /**
   * Internal topic of another version of Lockstep.
   *
   * @param refusal error with which the start fails
   */
  private record Foreign(String topic, OperatorException refusal) {}

  /** Returns the first internal topic of another version, or null if there is none. */
  private @Nullable Foreign foreign(Set<String> existing) {
    Set<String> known = DetectionTopology.internalTopics(new TopologyLayout(prefix, 1));
    List<String> foreign =
        existing.stream()
            .filter(name -> isInternal(name) && !known.contains(name))
            .sorted()
            .toList();
    return foreign.isEmpty()
        ? null
        : new Foreign(
            foreign.get(0),
            new OperatorException(
                "could not start: the cluster has %s of another version of Lockstep, such as %s; follow docs/upgrade.md: let that version read everything, stop every instance, delete the topics that begin with %s, and the folder kafka.stateDir; detections and positions stay as they are"
                    .formatted(
                        DisplayFormat.count(foreign.size(), "internal topic"),
                        Quoted.of(foreign.get(0)),
                        Quoted.of(names().detect() + "-"))));
  }

  private static void checkLayout(Topics topics, int wanted, Map<String, Integer> found) {
    PartitionCheck.Problem problem = new PartitionCheck(topics, wanted).problem(found);
    if (problem != null) {
      throw problem.exception();
    }
  }

  private Map<String, Integer> partitions(Admin admin, Set<String> existing)
      throws ExecutionException, InterruptedException {
    List<String> names = existing.stream().filter(this::isOurs).toList();
    Map<String, Integer> partitions = new TreeMap<>();
    admin
        .describeTopics(names)
        .allTopicNames()
        .get()
        .forEach((name, topic) -> partitions.put(name, topic.partitions().size()));
    return partitions;
  }

  boolean isOurs(String name) {
    TopicNames names = names();
    return isInternal(name)
        || List.of(
                names.activity(),
                names.detections(),
                names.deadLetters(),
                names.quarantine(),
                names.positions())
            .contains(name);
  }

  boolean isInternal(String name) {
    return name.startsWith(names().detect() + "-")
        && (name.endsWith("-repartition") || name.endsWith("-changelog"));
  }

  /**
   * Returns whether a message that {@link #look} returned says that topics were deleted and their
   * unread records are lost.
   */
  static boolean isLoss(String problem) {
    return problem.contains(REPLACED);
  }

  /**
   * Checks the topics of a running service, and returns a problem, or null if there is none. A
   * deleted topic is created again unless it is internal. The records of a deleted topic are lost.
   *
   * @param known ids of Kafka Streams' topics by name, to which new ones are added
   * @throws OperatorException if a topic cannot be created
   * @throws InternalTopicLostException if an internal topic was deleted
   */
  static @Nullable String look(
      Admin admin, String prefix, int partitions, short replication, Map<String, Uuid> known)
      throws ExecutionException, InterruptedException {
    Topics topics = new Topics(prefix);
    Set<String> existing = admin.listTopics().names().get();
    List<NewTopic> missing =
        topics.wanted(partitions, replication).stream()
            .filter(topic -> !existing.contains(topic.name()))
            .toList();
    if (!missing.isEmpty()) {
      List<NewTopic> unused = create(admin, missing);
      awaitLeaders(admin, missing);
      return (missing.size() == 1
                  ? "topic %s was %sit was created again, but its unread records are lost"
                  : "topics %s were %sthey were created again, but their unread records are lost")
              .formatted(names(missing.stream().map(NewTopic::name)), REPLACED)
          + (missing.stream().anyMatch(topic -> topic.name().equals(topics.names().positions()))
              ? POSITIONS_LOST
              : "");
    }
    Map<String, TopicDescription> found =
        admin
            .describeTopics(existing.stream().filter(topics::isOurs).toList())
            .allTopicNames()
            .get();
    found.forEach(
        (name, topic) -> {
          if (topics.isInternal(name)) {
            known.putIfAbsent(name, topic.topicId());
          }
        });
    List<String> gone =
        known.keySet().stream()
            .filter(name -> !found.containsKey(name) || !isOf(found, name, known))
            .toList();
    if (!gone.isEmpty()) {
      throw new InternalTopicLostException(
          (gone.size() == 1
                  ? "could not continue detect: internal topic %s was deleted while the service ran, and its records are lost; start the service again, which creates the topic"
                  : "could not continue detect: internal topics %s were deleted while the service ran, and their records are lost; start the service again, which creates the topics")
              .formatted(names(gone.stream())));
    }
    Map<String, Integer> counts = new TreeMap<>();
    found.forEach((name, topic) -> counts.put(name, topic.partitions().size()));
    PartitionCheck.Problem problem = new PartitionCheck(topics, partitions).problem(counts);
    return problem == null
        ? withoutLeader(found)
        : String.valueOf(problem.exception().getMessage());
  }

  /**
   * Returns a message about a topic whose settings were altered in a harmful way, or null if there
   * is none. With such settings the next start would refuse the topic, or Kafka may remove records
   * that are still needed. The message says what was altered, and gives the fix.
   */
  static @Nullable String altered(Admin admin, String prefix, int partitions, short replication)
      throws ExecutionException, InterruptedException {
    List<NewTopic> wanted = new Topics(prefix).wanted(partitions, replication);
    List<Found> found = describe(admin, wanted.stream().map(NewTopic::name).toList());
    try {
      for (NewTopic topic : wanted) {
        found.stream().filter(each -> each.isOf(topic)).forEach(each -> check(topic, each));
      }
    } catch (OperatorException e) {
      return "the next start of an instance will fail: " + e.getMessage();
    }
    try {
      for (NewTopic topic : wanted) {
        found.stream()
            .filter(each -> each.isOf(topic))
            .forEach(each -> checkKept(topic, each.config()));
      }
    } catch (OperatorException e) {
      return "records may be removed before they are read: " + e.getMessage();
    }
    Topics topics = new Topics(prefix);
    Set<String> existing = admin.listTopics().names().get();
    if (existing.contains(topics.names().rules())) {
      try {
        topics.checkRules(admin);
      } catch (OperatorException e) {
        return "the next start of an instance with rules.topic: true will fail: " + e.getMessage();
      }
    }
    return topics.shortRetention(admin, existing);
  }

  private @Nullable String shortRetention(Admin admin, Set<String> existing)
      throws ExecutionException, InterruptedException {
    List<String> changelogs =
        existing.stream()
            .filter(name -> isInternal(name) && name.endsWith("-changelog"))
            .sorted()
            .toList();
    for (Found found : describe(admin, changelogs)) {
      ConfigEntry policy = found.config().get(CLEANUP_POLICY);
      if (policy != null && policy.value() != null && parts(policy.value()).contains("delete")) {
        String name = found.description().name();
        return "state may be lost: the changelog %s has cleanup.policy %s and not \"compact\"; alter it (kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic %s --add-config cleanup.policy=compact)"
            .formatted(Quoted.of(name), Quoted.of(policy.value()), name);
      }
    }
    return null;
  }

  private static boolean isOf(
      Map<String, TopicDescription> found, String name, Map<String, Uuid> known) {
    return Objects.requireNonNull(found.get(name)).topicId().equals(known.get(name));
  }

  /**
   * Failure because an internal topic was deleted while the topology ran. Threads of Kafka Streams
   * then hang forever when they commit to that topic.
   */
  static final class InternalTopicLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InternalTopicLostException(String message) {
      super(message);
    }
  }

  private static @Nullable String withoutLeader(Map<String, TopicDescription> topics) {
    List<String> orphans = new ArrayList<>();
    topics.forEach(
        (name, topic) ->
            topic.partitions().stream()
                .filter(partition -> partition.leader() == null || partition.leader().isEmpty())
                .forEach(partition -> orphans.add(name + "-" + partition.partition())));
    return orphans.isEmpty()
        ? null
        : "%s %s no leader; a broker is down, or its disk is full; check the logs of the brokers; the service continues by itself"
            .formatted(names(orphans.stream().sorted()), orphans.size() == 1 ? "has" : "have");
  }

  static String names(Stream<String> all) {
    return DisplayFormat.first(3, all.map(Quoted::of).toList());
  }

  /**
   * Settings of an existing topic that differ from those with which Lockstep creates the topic.
   *
   * @param what each setting with its present and expected value
   * @param settings settings in the form of {@code kafka-configs.sh}
   */
  public record Difference(String topic, String what, String settings) {
    /**
     * Returns the {@code kafka-configs.sh} command that gives each differing setting of the topic
     * its expected value.
     */
    public String fix(String bootstrapServers) {
      return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config '%s'"
          .formatted(bootstrapServers, topic, settings);
    }
  }

  /** State of one of Lockstep's own topics: usable, unusable or absent. */
  public sealed interface TopicState {
    /**
     * Topic that exists and can be used.
     *
     * @param difference difference from a newly created topic, or null
     */
    record Fit(String name, TopicDescription description, @Nullable Difference difference)
        implements TopicState {}

    record Unfit(String name, OperatorException why) implements TopicState {}

    /**
     * Topic that does not exist or is not visible.
     *
     * @param mayNot reason why the topic may not be created, or null if it may
     */
    record Absent(String name, @Nullable Throwable mayNot) implements TopicState {}
  }

  /**
   * Returns the state of each topic that {@link #ensure} would create if it were missing, and
   * changes nothing. The broker validates the creation of missing topics. The topic of published
   * rules is among them only if it exists and cannot be used, and an internal topic only if another
   * version of Lockstep made it.
   */
  public static List<TopicState> survey(
      Admin admin, String prefix, int partitions, short replication)
      throws ExecutionException, InterruptedException {
    List<NewTopic> wanted = new Topics(prefix).wanted(partitions, replication);
    Set<String> existing = admin.listTopics().names().get();
    Topics topics = new Topics(prefix);
    PartitionCheck.Problem problem =
        new PartitionCheck(topics, partitions).problem(topics.partitions(admin, existing));
    List<TopicState> states = new ArrayList<>();
    for (NewTopic topic : wanted) {
      if (problem != null && problem.topic().equals(topic.name())) {
        states.add(new TopicState.Unfit(topic.name(), problem.exception()));
      } else if (existing.contains(topic.name())) {
        for (Found found : describe(admin, List.of(topic.name()))) {
          states.add(state(topic, found));
        }
      } else {
        states.add(new TopicState.Absent(topic.name(), mayNotCreate(admin, topic)));
      }
    }
    Foreign foreign = topics.foreign(existing);
    if (foreign != null) {
      states.add(new TopicState.Unfit(foreign.topic(), foreign.refusal()));
    }
    if (existing.contains(topics.names().rules())) {
      try {
        topics.checkRules(admin);
      } catch (OperatorException e) {
        states.add(new TopicState.Unfit(topics.names().rules(), e));
      }
    }
    return states;
  }

  private static TopicState state(NewTopic topic, Found found) {
    try {
      check(topic, found);
      checkKept(topic, found.config());
      return new TopicState.Fit(
          topic.name(), found.description(), difference(topic, found.config()));
    } catch (OperatorException e) {
      return new TopicState.Unfit(topic.name(), e);
    }
  }

  /**
   * Returns how the retention and compaction settings of the detections topic differ from those
   * with which Lockstep creates the topic. The result is null for other topics, and if no setting
   * differs.
   */
  private static @Nullable Difference difference(NewTopic topic, Config config) {
    if (!topic.configs().containsKey(COMPACTION_LAG)) {
      return null;
    }
    List<String> what = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (String key : List.of(CLEANUP_POLICY, RETENTION, COMPACTION_LAG, SEGMENT)) {
      String value = topic.configs().getOrDefault(key, "");
      ConfigEntry entry = config.get(key);
      if (entry != null && entry.value() != null && !isAlike(value, entry.value())) {
        what.add("%s is %s and not %s".formatted(key, entry.value(), value));
        wanted.add(key + "=" + (value.contains(",") ? "[" + value + "]" : value));
      }
    }
    return what.isEmpty()
        ? null
        : new Difference(topic.name(), String.join(", ", what), String.join(",", wanted));
  }

  private static boolean isAlike(String one, String other) {
    return parts(one).equals(parts(other));
  }

  static Set<String> parts(String setting) {
    return setting.replace(',', '\n').lines().map(String::strip).collect(Collectors.toSet());
  }

  private static void checkKept(NewTopic topic, Config config) {
    checkSetting(topic, config, RETENTION_BYTES); // else a broker's limit of size removes records
    String wanted = topic.configs().get(RETENTION);
    ConfigEntry found = config.get(RETENTION);
    if (topic.configs().containsKey(COMPACTION_LAG)) {
      return; // another retention of findings is a difference and no fault
    }
    if (wanted == null || found == null || found.value() == null) {
      return;
    }
    long kept = Long.parseLong(found.value());
    if (kept >= 0 && kept < Long.parseLong(wanted)) {
      checkSetting(topic, config, RETENTION);
    }
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

  private List<NewTopic> wanted(int partitions, short replication) {
    TopicNames names = names();
    Map<String, String> aWeek = aging(Duration.ofDays(7));
    Map<String, String> aMonth = aging(Duration.ofDays(30));
    // Erased findings have to disappear, but stay until compaction.
    Map<String, String> findings = new HashMap<>(aging(Duration.ofDays(400)));
    findings.put(CLEANUP_POLICY, "compact,delete");
    findings.put(COMPACTION_LAG, Long.toString(Duration.ofDays(1).toMillis()));
    findings.put(SEGMENT, Long.toString(Duration.ofHours(6).toMillis()));
    // A start reads all positions; small segments let compaction reach most of them.
    Map<String, String> positions =
        Map.of(
            CLEANUP_POLICY,
            "compact",
            TIMESTAMP_TYPE,
            "LogAppendTime",
            "segment.bytes",
            "16777216",
            SEGMENT,
            Long.toString(Duration.ofHours(6).toMillis()),
            "min.cleanable.dirty.ratio",
            "0.1");
    return List.of(
        topic(names.activity(), partitions, replication, aWeek),
        topic(names.detections(), partitions, replication, findings),
        topic(names.deadLetters(), partitions, replication, aMonth),
        topic(names.quarantine(), partitions, replication, aMonth),
        topic(names.positions(), 1, replication, positions));
  }

  private static Map<String, String> aging(Duration kept) {
    return Map.of(
        CLEANUP_POLICY, "delete",
        TIMESTAMP_TYPE, "LogAppendTime",
        RETENTION, Long.toString(kept.toMillis()),
        RETENTION_BYTES, "-1");
  }

  private static NewTopic topic(
      String name, int partitions, short replication, Map<String, String> settings) {
    Optional<Short> copies = replication == -1 ? Optional.empty() : Optional.of(replication);
    return new NewTopic(name, Optional.of(partitions), copies).configs(settings);
  }

  private static List<NewTopic> create(Admin admin, List<NewTopic> missing)
      throws InterruptedException {
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

  record Found(TopicDescription description, Config config) {
    boolean isOf(NewTopic topic) {
      return description.name().equals(topic.name());
    }
  }

  private static List<Found> find(Admin admin, List<NewTopic> wanted)
      throws ExecutionException, InterruptedException {
    List<String> names = wanted.stream().map(NewTopic::name).toList();
    return whenShown(() -> describe(admin, names));
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

  static List<Found> describe(Admin admin, List<String> names)
      throws ExecutionException, InterruptedException {
    DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    Map<String, TopicDescription> descriptions =
        admin.describeTopics(names, options).allTopicNames().get();
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    List<Found> found = new ArrayList<>();
    for (var config : admin.describeConfigs(resources).all().get().entrySet()) {
      TopicDescription description = descriptions.get(config.getKey().name());
      if (description != null) {
        found.add(new Found(description, config.getValue()));
      }
    }
    return found;
  }

  private static void check(NewTopic topic, Found found) {
    ConfigEntry cleanup = found.config().get(CLEANUP_POLICY);
    boolean keepsLast = topic.configs().containsKey(COMPACTION_LAG);
    if (!keepsLast || cleanup == null || !parts(cleanup.value()).contains(COMPACT)) {
      checkSetting(topic, found.config(), CLEANUP_POLICY);
    }
    checkSetting(topic, found.config(), TIMESTAMP_TYPE);
  }

  private static void checkSetting(NewTopic topic, Config config, String key) {
    String wanted = topic.configs().get(key);
    ConfigEntry entry = config.get(key);
    String found = entry == null ? null : entry.value();
    if (wanted == null || wanted.equals(found) || found == null) {
      return;
    }
    throw unusable(
        topic,
        "has " + key + " " + Quoted.of(found) + " and not " + Quoted.of(wanted),
        "alter it (kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic "
            + topic.name()
            + " --add-config "
            + key
            + "="
            + (wanted.contains(",") ? "[" + wanted + "]" : wanted)
            + "), or choose another kafka.topicPrefix");
  }

  private static OperatorException unusable(NewTopic topic, String what, String fix) {
    return new OperatorException(
        "could not use the existing topic: " + Quoted.of(topic.name()) + " " + what + "; " + fix);
  }

  private static OperatorException failure(String which, ExecutionException e) {
    Throwable cause = Causes.unwrapped(e);
    return new OperatorException(
        "could not prepare "
            + which
            + ": "
            + Failures.message(cause)
            + "; check kafka.bootstrapServers, kafka.properties and the rights to create topics",
        cause);
  }
}
