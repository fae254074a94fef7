package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

/**
 * Checks of topics for warnings of the command {@code doctor}: cleanup policy, retention, record
 * size, replicas, and topics that were deleted. Topics with such a problem can be used, but may
 * lose state or refuse records.
 */
public final class TopicChecks {
  private static final String MESSAGE_BYTES = "max.message.bytes";

  /** Default of {@code max.request.size}, and so the largest record that a producer sends. */
  public static final long RECORD_BYTES = 1 << 20;

  /** Default of {@code max.message.bytes}. */
  private static final long BATCH_BYTES = RECORD_BYTES + 12;

  private TopicChecks() {}

  /**
   * Problem of one topic or of several topics.
   *
   * @param check name of the check, with the name of the topic unless topics are missing
   * @param what problem, with the names of the topics if topics are missing
   */
  public record Problem(String check, String what, String fix) {}

  /**
   * Problems of topics, with the number of internal topics.
   *
   * @param internal number of internal topics, with and without a problem
   */
  public record Result(int internal, List<Problem> problems) {}

  /**
   * Returns the problems of existing topics, and of topics that are missing although the role
   * {@code detect} has worked with them. Changes nothing.
   */
  public static Result look(Admin admin, String prefix, int partitions, String bootstrapServers)
      throws ExecutionException, InterruptedException {
    Topics topics = new Topics(prefix);
    List<String> ours =
        admin.listTopics().names().get().stream().filter(topics::isOurs).sorted().toList();
    List<TopicAdmin.Found> found =
        TopicAdmin.describe(admin, ours).stream()
            .sorted(Comparator.comparing(each -> each.description().name()))
            .toList();
    List<Problem> problems = new ArrayList<>();
    int internal = 0;
    for (TopicAdmin.Found each : found) {
      String name = each.description().name();
      if (topics.isInternal(name)) {
        internal++;
        add(problems, removed(name, each.config(), bootstrapServers));
      }
      add(problems, refusing(name, each.config(), bootstrapServers));
    }
    problems.addAll(lessCopies(topics, found.stream().map(TopicAdmin.Found::description).toList()));
    add(problems, missing(Topics.deletedNames(admin, prefix, partitions)));
    return new Result(internal, problems);
  }

  private static void add(List<Problem> problems, @Nullable Problem problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  private static @Nullable Problem removed(String name, Config config, String bootstrapServers) {
    TopicSettings.Harm harm = TopicSettings.harm(name, config);
    return harm == null
        ? null
        : new Problem(
            check(name),
            "%s is %s and not %s, so Kafka %s"
                .formatted(
                    harm.key(),
                    harm.found(),
                    harm.wanted(),
                    name.endsWith("-changelog")
                        ? "removes state that is still needed"
                        : "may remove records before detect reads them"),
            alter(bootstrapServers, name, harm.key() + "=" + harm.wanted()));
  }

  private static @Nullable Problem refusing(String name, Config config, String bootstrapServers) {
    String bytes = TopicSettings.value(config, MESSAGE_BYTES);
    return bytes == null || Long.parseLong(bytes) >= RECORD_BYTES
        ? null
        : new Problem(
            check(name),
            "max.message.bytes is %s, but Lockstep writes records of up to %s, which the broker then refuses"
                .formatted(
                    DisplayFormat.count(Long.parseLong(bytes), "byte"),
                    DisplayFormat.count(RECORD_BYTES, "byte")),
            alter(bootstrapServers, name, "max.message.bytes=" + BATCH_BYTES));
  }

  /** Returns a problem for each internal topic that has fewer replicas than another topic. */
  static List<Problem> lessCopies(Topics topics, List<TopicDescription> found) {
    if (found.isEmpty()) {
      return List.of();
    }
    TopicDescription best = Collections.max(found, Comparator.comparingInt(TopicChecks::copies));
    return found.stream()
        .filter(topic -> topics.isInternal(topic.name()) && copies(topic) < copies(best))
        .map(
            topic ->
                new Problem(
                    check(topic.name()),
                    "has %s, but %s has %d, so the loss of a broker can lose what only this topic holds, such as state"
                        .formatted(
                            DisplayFormat.count(copies(topic), "replica"),
                            best.name(),
                            copies(best)),
                    "add replicas (kafka-reassign-partitions.sh)"))
        .toList();
  }

  private static int copies(TopicDescription topic) {
    return topic.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .min()
        .orElse(0);
  }

  private static @Nullable Problem missing(Set<String> deleted) {
    return deleted.isEmpty()
        ? null
        : new Problem(
            "topics",
            "%s missing, although the role detect has worked with %s, so %s records, such as state, positions or unread events, are lost"
                .formatted(
                    Topics.names(deleted.stream()) + (deleted.size() == 1 ? " is" : " are"),
                    deleted.size() == 1 ? "it" : "them",
                    deleted.size() == 1 ? "its" : "their"),
            "see \"Rebuild\" in docs/operations.md; the service creates the missing topics at its start");
  }

  private static String check(String topic) {
    return "topic " + topic;
  }

  private static String alter(String bootstrapServers, String topic, String setting) {
    return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config %s"
        .formatted(bootstrapServers, topic, setting);
  }
}
