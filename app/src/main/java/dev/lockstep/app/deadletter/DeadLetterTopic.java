package dev.lockstep.app.deadletter;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.text.Quoted;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Access of commands to the topic of dead letters or of quarantined records, with messages about
 * failures of Kafka.
 */
public final class DeadLetterTopic {
  private DeadLetterTopic() {}

  /**
   * Calls a function with the reader of dead letters, or of quarantined records, in the configured
   * cluster.
   *
   * @param quarantine whether the topic of quarantined records is used instead
   * @throws OperatorException if Kafka fails
   */
  public static void use(Config config, boolean quarantine, Consumer<DeadLetterReader> step) {
    KafkaTarget target =
        new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
    try (SlowAnswer answer = SlowAnswer.of(config.kafka().bootstrapServers())) {
      InstantSource clock = InstantSource.system();
      step.accept(
          quarantine
              ? DeadLetterReader.ofQuarantine(target, clock)
              : new DeadLetterReader(target, clock));
    } catch (KafkaException e) {
      throw failure(config.kafka().bootstrapServers(), e);
    }
  }

  /** Returns the exception for the operator if Kafka failed to read or write dead letters. */
  static OperatorException failure(String bootstrapServers, KafkaException e) {
    return new OperatorException(
        KafkaTarget.isFenced(e)
            ? "could not retry the dead letters: another retry began later and took the place of this one, or a transaction timed out; wait until any other retry has ended, and run this command again for letters that remain"
            : "could not use the dead letters: the cluster at kafka.bootstrapServers %s failed (%s); check that address and kafka.properties, or run %s to find the problem"
                .formatted(
                    Quoted.of(bootstrapServers), Failures.message(e), ShellCommand.call("doctor")),
        e);
  }
}
