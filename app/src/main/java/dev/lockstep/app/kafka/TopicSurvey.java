package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.OperatorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** Survey of Lockstep's own topics for {@code doctor}, which changes nothing. */
public final class TopicSurvey {
  private TopicSurvey() {}

  /**
   * Returns the state of each topic that {@link Topics#ensure} would create if it were missing, and
   * changes nothing. The broker validates the creation of missing topics. The topic of published
   * rules is among them only if it exists and cannot be used, and an internal topic only if another
   * version of Lockstep made it.
   */
  public static List<TopicState> of(Admin admin, String prefix, int partitions, short replication)
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
        for (TopicAdmin.Found found : TopicAdmin.describe(admin, List.of(topic.name()))) {
          states.add(state(topic, found));
        }
      } else {
        states.add(new TopicState.Absent(topic.name(), TopicAdmin.mayNotCreate(admin, topic)));
      }
    }
    if (problem != null && wanted.stream().noneMatch(each -> each.name().equals(problem.topic()))) {
      states.add(new TopicState.Unfit(problem.topic(), problem.exception())); // an internal topic
    }
    Topics.Foreign foreign = topics.foreign(existing);
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

  private static TopicState state(NewTopic topic, TopicAdmin.Found found) {
    try {
      TopicSettings.check(topic, found);
      TopicSettings.checkKept(topic, found.config());
      return new TopicState.Fit(
          topic.name(), found.description(), difference(topic, found.config()));
    } catch (OperatorException e) {
      return new TopicState.Unfit(topic.name(), e);
    }
  }

  /**
   * Returns how retention and compaction of the detections topic differ from what Lockstep sets, or
   * null if they do not differ. The result is also null for other topics.
   */
  private static TopicState.@Nullable Difference difference(NewTopic topic, Config config) {
    if (!topic.configs().containsKey(TopicSettings.COMPACTION_LAG)) {
      return null;
    }
    List<String> what = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (String key :
        List.of(
            TopicSettings.CLEANUP_POLICY,
            TopicSettings.RETENTION,
            TopicSettings.COMPACTION_LAG,
            TopicSettings.SEGMENT)) {
      String value = topic.configs().getOrDefault(key, "");
      ConfigEntry entry = config.get(key);
      if (entry != null && entry.value() != null && !isAlike(value, entry.value())) {
        what.add("%s is %s and not %s".formatted(key, entry.value(), value));
        wanted.add(key + "=" + (value.contains(",") ? "[" + value + "]" : value));
      }
    }
    return what.isEmpty()
        ? null
        : new TopicState.Difference(
            topic.name(), String.join(", ", what), String.join(",", wanted));
  }

  private static boolean isAlike(String one, String other) {
    return TopicSettings.parts(one).equals(TopicSettings.parts(other));
  }
}
