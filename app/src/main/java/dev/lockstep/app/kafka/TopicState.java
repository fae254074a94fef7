package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.OperatorException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

/** State of one of Lockstep's own topics: usable, unusable or absent. */
public sealed interface TopicState {
  /**
   * Topic that exists and can be used.
   *
   * @param difference difference from a newly created topic, or null
   */
  record Fit(String name, TopicDescription description, @Nullable Difference difference)
      implements TopicState {}

  /** Topic that exists and cannot be used, or internal topic of another version. */
  record Unfit(String name, OperatorException why) implements TopicState {}

  /**
   * Topic that does not exist or is not visible.
   *
   * @param mayNot reason why the topic may not be created, or null if it may
   */
  record Absent(String name, @Nullable Throwable mayNot) implements TopicState {}

  /**
   * Settings of an existing topic that differ from those with which Lockstep creates the topic.
   *
   * @param what each setting with its present and expected value
   * @param settings settings in the form of {@code kafka-configs.sh}
   */
  record Difference(String topic, String what, String settings) {
    /**
     * Returns the {@code kafka-configs.sh} command that gives each differing setting of the topic
     * its expected value.
     */
    public String fix(String bootstrapServers) {
      return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config '%s'"
          .formatted(bootstrapServers, topic, settings);
    }
  }
}
