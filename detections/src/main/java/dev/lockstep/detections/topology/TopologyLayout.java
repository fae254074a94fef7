package dev.lockstep.detections.topology;

import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.ClusterNames;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Utils;

/**
 * Layout of the topology: the names of its topics, and the partition of each key.
 *
 * @param topicPrefix prefix of all topics, for example {@code lockstep.}
 * @param partitions number of partitions of the activity topic and of every stage
 */
public record TopologyLayout(String topicPrefix, int partitions) {
  /** Returns the application id of Kafka Streams, which is the prefix of internal topics. */
  public String applicationId() {
    return new ClusterNames(topicPrefix).detect();
  }

  /** Returns the name of the topic that activities are read from. */
  public String activityTopic() {
    return new ClusterNames(topicPrefix).activity();
  }

  /**
   * Returns the name of the topic of messages and records that could not be read, and of rows that
   * a sink refused.
   */
  public String deadLettersTopic() {
    return new ClusterNames(topicPrefix).deadLetters();
  }

  /** Returns the name of the topic that detections are written to. */
  public String detectionsTopic() {
    return new ClusterNames(topicPrefix).detections();
  }

  String internalTopic(StageOutput.Target target) {
    return applicationId() + "-" + name(target) + "-repartition";
  }

  static String name(StageOutput.Target target) {
    return nameOf(target) + StateFormat.SUFFIX;
  }

  private static String nameOf(StageOutput.Target target) {
    return switch (target) {
      case PRINCIPALS -> "principals";
      case SUBJECTS -> "subjects";
      case HALVES -> "halves";
      case REVISIONS -> "revisions";
      case FINDINGS -> "findings";
      case INCIDENTS -> "incidents";
      default -> throw new IllegalArgumentException("there is no internal topic for " + target);
    };
  }

  Set<String> tasks(String stage) {
    TreeSet<String> tasks = new TreeSet<>();
    for (int partition = 0; partition < partitions; partition++) {
      tasks.add(Watermark.stage(stage, partition));
    }
    return tasks;
  }

  /**
   * Returns the partition of a key. Ingest and Kafka's producer use the same hash, so that a
   * principal's state lies where its events arrive.
   */
  int partitionOf(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
  }

  /** Returns the name of the changelog topic of the store that keeps principals. */
  public String principalsChangelog() {
    return changelog(PrincipalStage.STORE);
  }

  /**
   * Returns the name of the changelog topic of the store that keeps all subjects except principals.
   */
  public String subjectsChangelog() {
    return changelog(SubjectStage.STORE);
  }

  String changelog(String store) {
    return applicationId() + "-" + store + "-changelog";
  }

  /** Returns the number of the partition to which the records of a subject go. */
  public int partitionOf(Subject subject) {
    return subject.kind() == Subject.Kind.PRINCIPAL
        ? partitionOf(subject.id())
        : partitionOf(subject.kind() + "\n" + subject.id());
  }
}
