package dev.lockstep.app.kafka;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.SigmaFiles;
import dev.lockstep.app.rules.SigmaRulesReader;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.SortedMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Reader that commands use to get the Sigma rules that were published last, and the raw fields that
 * rules name.
 */
public final class LatestRules {
  private LatestRules() {}

  /**
   * Returns the Sigma files that were published last, or null if none are published.
   *
   * @throws OperatorException if the topic cannot be read, or the files are damaged
   */
  public static @Nullable SigmaFiles files(Config config) {
    try (SlowAnswer answer = SlowAnswer.of(config.kafka().bootstrapServers());
        PublishedRules topic = new PublishedRules(config.kafka())) {
      SortedMap<String, byte[]> latest = topic.latest();
      return latest == null ? null : SigmaFiles.of(latest);
    } catch (KafkaException e) {
      throw new OperatorException(
          "could not read the published rules from topic %s at kafka.bootstrapServers %s (%s); check kafka.topicPrefix, kafka.bootstrapServers and kafka.properties, or run %s to find the problem"
              .formatted(
                  new ClusterNames(config.kafka().topicPrefix()).rules(),
                  Quoted.of(config.kafka().bootstrapServers()),
                  Failures.message(e),
                  ShellCommand.call("doctor")),
          e);
    }
  }

  /**
   * Returns the raw fields that are named by the rules of an instance with this configuration. With
   * {@code rules.topic} the published rules count, as soon as there are any.
   *
   * @throws OperatorException if the published rules cannot be read, or this version refuses them
   */
  public static RawFieldPlan rawFields(Config config) {
    SigmaRulesReader sigma = config.rules().sigma();
    SigmaFiles files = sigma != null && sigma.isPublished() ? files(config) : null;
    return sigma == null || files == null
        ? config.rules().rawFields()
        : sigma.rules(files).rawFields();
  }
}
