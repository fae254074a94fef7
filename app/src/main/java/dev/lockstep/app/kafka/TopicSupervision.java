package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Checks of Lockstep's topics while the service runs: deleted topics, altered settings, and
 * partitions without a leader. Deleted topics are created again, except internal ones.
 */
final class TopicSupervision {
  private static final String POSITIONS_LOST =
      "; the positions of the sources are lost too: an instance that starts, or takes over a partition, may read a source again from the point that the source's key \"from\" gives; if \"from\" is earliest, no record is lost and no finding is sent twice; if \"from\" is latest, first set \"from\" to a time before the deletion";

  private TopicSupervision() {}

  /**
   * Problem of the topics of a running service.
   *
   * @param isLoss whether topics were deleted, so that their unread records are lost
   */
  record Problem(String what, boolean isLoss) {}

  /**
   * Checks the topics of a running service, and returns a problem, or null if there is none. A
   * deleted topic is created again unless it is internal. The records of a deleted topic are lost.
   *
   * @param known ids of the topics by name, to which new ones are added
   * @throws OperatorException if a topic cannot be created
   * @throws InternalTopicLostException if an internal topic was deleted
   */
  static @Nullable Problem look(
      Admin admin, String prefix, int partitions, short replication, Map<String, Uuid> known)
      throws ExecutionException, InterruptedException {
    Topics topics = new Topics(prefix);
    Set<String> existing = admin.listTopics().names().get();
    List<NewTopic> missing =
        topics.wanted(partitions, replication).stream()
            .filter(topic -> !existing.contains(topic.name()))
            .toList();
    if (!missing.isEmpty()) {
      List<NewTopic> unused = TopicAdmin.create(admin, missing);
      TopicAdmin.awaitLeaders(admin, missing);
      missing.forEach(topic -> known.remove(topic.name()));
      return deleted(
          topics,
          missing.stream().map(NewTopic::name).toList(),
          missing.size() == 1
              ? "topic %s was deleted while the service ran; it was created again, but its unread records are lost"
              : "topics %s were deleted while the service ran; they were created again, but their unread records are lost");
    }
    Map<String, TopicDescription> found =
        admin
            .describeTopics(existing.stream().filter(topics::isOurs).toList())
            .allTopicNames()
            .get();
    Set<String> again = new TreeSet<>();
    found.forEach(
        (name, topic) -> {
          Uuid before = known.putIfAbsent(name, topic.topicId());
          if (before != null && !before.equals(topic.topicId()) && !topics.isInternal(name)) {
            known.put(name, topic.topicId());
            again.add(name);
          }
        });
    List<String> gone =
        known.keySet().stream()
            .filter(topics::isInternal)
            .filter(name -> !found.containsKey(name) || !isOf(found, name, known))
            .toList();
    if (!gone.isEmpty()) {
      throw new InternalTopicLostException(
          (gone.size() == 1
                  ? "could not continue detect: internal topic %s was deleted while the service ran, and its records are lost; start the service again, which creates the topic"
                  : "could not continue detect: internal topics %s were deleted while the service ran, and their records are lost; start the service again, which creates the topics")
              .formatted(Topics.names(gone.stream())));
    }
    if (!again.isEmpty()) {
      return deleted(
          topics,
          again,
          again.size() == 1
              ? "topic %s was deleted and created again while the service ran; its unread records are lost"
              : "topics %s were deleted and created again while the service ran; their unread records are lost");
    }
    Map<String, Integer> counts = new TreeMap<>();
    found.forEach((name, topic) -> counts.put(name, topic.partitions().size()));
    PartitionCheck.Problem problem = new PartitionCheck(topics, partitions).problem(counts);
    String what =
        problem == null ? withoutLeader(found) : String.valueOf(problem.exception().getMessage());
    return what == null ? null : new Problem(what, false);
  }

  private static Problem deleted(Topics topics, Collection<String> names, String template) {
    String what = template.formatted(Topics.names(names.stream()));
    boolean positionsLost = names.contains(topics.names().positions());
    return new Problem(positionsLost ? what + POSITIONS_LOST : what, true);
  }

  private static boolean isOf(
      Map<String, TopicDescription> found, String name, Map<String, Uuid> known) {
    return Objects.requireNonNull(found.get(name)).topicId().equals(known.get(name));
  }

  private static @Nullable String withoutLeader(Map<String, TopicDescription> topics) {
    List<String> orphans = new ArrayList<>();
    topics.forEach(
        (name, topic) ->
            topic.partitions().stream()
                .filter(partition -> partition.leader() == null || partition.leader().isEmpty())
                .forEach(partition -> orphans.add(name + "-" + partition.partition())));
    boolean isOne = orphans.size() == 1;
    return orphans.isEmpty()
        ? null
        : "%s %s %s no leader; a broker is down, or its disk is full; check the logs of the brokers; the service continues by itself when %s a leader"
            .formatted(
                isOne ? "partition" : "partitions",
                Topics.names(orphans.stream().sorted()),
                isOne ? "has" : "have",
                isOne ? "the partition has" : "the partitions have");
  }

  /**
   * Returns a message about a topic whose settings were altered in a harmful way, or null if there
   * is none. With such settings the next start would refuse the topic, or Kafka may remove records
   * that are still needed. The message says what was altered, and gives the fix.
   */
  static @Nullable String altered(Admin admin, String prefix, int partitions, short replication)
      throws ExecutionException, InterruptedException {
    List<NewTopic> wanted = new Topics(prefix).wanted(partitions, replication);
    List<TopicAdmin.Found> found =
        TopicAdmin.describe(admin, wanted.stream().map(NewTopic::name).toList());
    try {
      for (NewTopic topic : wanted) {
        found.stream()
            .filter(each -> each.isOf(topic))
            .forEach(each -> TopicSettings.check(topic, each));
      }
    } catch (OperatorException e) {
      return "the next start of an instance will fail: " + e.getMessage();
    }
    try {
      for (NewTopic topic : wanted) {
        found.stream()
            .filter(each -> each.isOf(topic))
            .forEach(each -> TopicSettings.checkKept(topic, each.config()));
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
        return "the next start of an instance whose rules.topic is true will fail: "
            + e.getMessage();
      }
    }
    return internalAltered(topics, admin, existing);
  }

  private static @Nullable String internalAltered(Topics topics, Admin admin, Set<String> existing)
      throws ExecutionException, InterruptedException {
    List<String> internal = existing.stream().filter(topics::isInternal).sorted().toList();
    for (TopicAdmin.Found found : TopicAdmin.describe(admin, internal)) {
      String name = found.description().name();
      TopicSettings.Harm harm = TopicSettings.harm(name, found.config());
      if (harm != null) {
        return "%s %s has %s %s and not \"%s\"; alter the setting (kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic %s --add-config %s=%s)"
            .formatted(
                name.endsWith("-changelog")
                    ? "state may be lost: the changelog"
                    : "records may be removed before they are read: the internal topic",
                Quoted.of(name),
                harm.key(),
                Quoted.of(harm.found()),
                harm.wanted(),
                name,
                harm.key(),
                harm.wanted());
      }
    }
    return null;
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
}
