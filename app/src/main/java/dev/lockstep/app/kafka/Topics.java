package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * Lockstep's own topics in one Kafka cluster: names, settings, creation at the start, and refusal
 * of existing ones that cannot be used.
 *
 * @param prefix prefix of every name: letters, digits, dots, dashes and underscores
 */
public record Topics(String prefix) {
  ClusterNames names() {
    return new ClusterNames(prefix);
  }

  /** Returns the topic of published Sigma files, as Lockstep creates it. */
  NewTopic newRules(short replication) {
    Map<String, String> settings =
        Map.of(
            TopicSettings.CLEANUP_POLICY,
            TopicSettings.COMPACT,
            TopicSettings.TIMESTAMP_TYPE,
            "LogAppendTime");
    return topic(names().rules(), 1, replication, settings);
  }

  /**
   * Refuses an existing topic of published Sigma files if Kafka removes its records by age or size.
   * Kafka would then remove rules that instances read at their start. Nothing is checked without
   * the right to read the settings of the topic.
   *
   * @throws OperatorException if the topic has another cleanup policy than {@code compact}
   */
  void checkRules(Admin admin) throws ExecutionException, InterruptedException {
    try {
      for (TopicAdmin.Found found : TopicAdmin.describe(admin, List.of(names().rules()))) {
        TopicSettings.checkSetting(
            newRules((short) -1), found.config(), TopicSettings.CLEANUP_POLICY);
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
      present.addAll(TopicAdmin.create(admin, missing));
      List<TopicAdmin.Found> found = TopicAdmin.find(admin, wanted);
      for (NewTopic topic : present) {
        found.stream()
            .filter(each -> each.isOf(topic))
            .forEach(each -> TopicSettings.check(topic, each));
      }
      TopicAdmin.awaitLeaders(admin, missing);
      return topics;
    } catch (ExecutionException e) {
      throw TopicAdmin.failure("the topics " + Quoted.of(prefix + "*"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not prepare the topics: the program was interrupted; start it again", e);
    }
  }

  /**
   * Returns a message about topics that are missing although the role {@code detect} has used them,
   * or null if there are none. The message names the topics. This method has to be called before
   * {@link #ensure}. The result is null too if all internal topics are missing, because an upgrade
   * may delete them all on purpose, and if there are internal topics of another version, which
   * {@link #ensure} refuses.
   */
  static @Nullable String deleted(Admin admin, String prefix, int partitions)
      throws ExecutionException, InterruptedException {
    Set<String> gone = deletedNames(admin, prefix, partitions);
    return gone.isEmpty()
        ? null
        : "these topics were missing at the start, although the role detect has worked with them: %s; they are created again, and their records, such as state, positions or unread events, are lost; see \"Rebuild\" in docs/operations.md"
            .formatted(names(gone.stream()));
  }

  /**
   * Returns the sorted names of topics that are missing although the role {@code detect} has used
   * them.
   */
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
  record Foreign(String topic, OperatorException refusal) {}

  /** Returns the first internal topic of another version, or null if there is none. */
  @Nullable Foreign foreign(Set<String> existing) {
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

  Map<String, Integer> partitions(Admin admin, Set<String> existing)
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
    ClusterNames names = names();
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

  /** Returns the names of the existing changelogs. */
  Set<String> changelogs(Admin admin) throws ExecutionException, InterruptedException {
    Set<String> names = new TreeSet<>(admin.listTopics().names().get());
    names.removeIf(name -> !isInternal(name) || !name.endsWith("-changelog"));
    return names;
  }

  static String names(Stream<String> all) {
    return DisplayFormat.first(3, all.map(Quoted::of).toList());
  }

  List<NewTopic> wanted(int partitions, short replication) {
    ClusterNames names = names();
    Map<String, String> aWeek = aging(Duration.ofDays(7));
    Map<String, String> aMonth = aging(Duration.ofDays(30));
    // Erased findings have to disappear, but stay until compaction.
    Map<String, String> findings = new HashMap<>(aging(Duration.ofDays(400)));
    findings.put(TopicSettings.CLEANUP_POLICY, "compact,delete");
    findings.put(TopicSettings.COMPACTION_LAG, Long.toString(Duration.ofDays(1).toMillis()));
    findings.put(TopicSettings.SEGMENT, Long.toString(Duration.ofHours(6).toMillis()));
    // A start reads all positions; small segments let compaction reach most of them.
    Map<String, String> positions =
        Map.of(
            TopicSettings.CLEANUP_POLICY,
            "compact",
            TopicSettings.TIMESTAMP_TYPE,
            "LogAppendTime",
            "segment.bytes",
            "16777216",
            TopicSettings.SEGMENT,
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
        TopicSettings.CLEANUP_POLICY, "delete",
        TopicSettings.TIMESTAMP_TYPE, "LogAppendTime",
        TopicSettings.RETENTION, Long.toString(kept.toMillis()),
        TopicSettings.RETENTION_BYTES, "-1");
  }

  private static NewTopic topic(
      String name, int partitions, short replication, Map<String, String> settings) {
    Optional<Short> copies = replication == -1 ? Optional.empty() : Optional.of(replication);
    return new NewTopic(name, Optional.of(partitions), copies).configs(settings);
  }
}
