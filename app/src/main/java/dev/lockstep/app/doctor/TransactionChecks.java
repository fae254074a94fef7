package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.process.Causes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Checks of the rights on transactional ids. Kafka has no request that only tells these rights.
 * Each check therefore asks for a transaction with a time limit above the largest that brokers
 * allow. A broker checks the rights first, and then refuses the time limit, so that nothing is
 * kept.
 */
final class TransactionChecks {
  private static final int BLOCK_MILLIS = 5_000;

  private final Config config;

  TransactionChecks(Config config) {
    this.config = config;
  }

  /**
   * Checks the rights on a transactional id of the role {@code detect}, and on a transactional id
   * for each source.
   */
  void look(CheckReport into) {
    ClusterNames names = new ClusterNames(config.kafka().topicPrefix());
    List<String> beginnings = new ArrayList<>();
    beginnings.add(names.detect() + "-");
    config.sources().forEach(source -> beginnings.add(names.ingest(source.name()) + "/"));
    for (String beginning : beginnings) {
      into.beginExtra(
          "asking for the rights on transactional ids " + beginning + "…",
          "look at the health of the cluster's transaction coordinators");
      if (!look(into, beginning)) {
        return;
      }
    }
    into.ok(
        "transactional ids",
        "this credential may use the transactional ids that begin with " + names.prefix());
  }

  /** Returns whether the credential may use a transactional id, and reports why it may not. */
  private boolean look(CheckReport into, String beginning) {
    String check = "transactional id " + beginning + "…";
    try {
      begin(beginning + "doctor");
      return true;
    } catch (KafkaException e) {
      if (Causes.find(e, TransactionalIdAuthorizationException.class) != null) {
        into.fail(
            check,
            "this credential may not write in transactions whose ids begin with "
                + beginning
                + " ("
                + Failures.message(e)
                + ")",
            "grant Describe and Write on transactional ids of the prefix "
                + config.kafka().topicPrefix()
                + " (kafka-acls.sh --add --operation Describe --operation Write"
                + " --resource-pattern-type prefixed --transactional-id "
                + config.kafka().topicPrefix()
                + ")");
        return false;
      }
      if (Causes.find(e, TimeoutException.class) != null) {
        into.warn(
            check,
            "no broker took up the transactions of this id within " + BLOCK_MILLIS / 1_000 + " s",
            "check that the brokers can hold the topic __transaction_state:"
                + " transaction.state.log.replication.factor may be above the number of brokers");
        return false;
      }
      if (Causes.find(e, ConfigException.class) != null) {
        into.fail(
            "kafka.properties",
            "no producer can be made with these properties ("
                + Failures.message(Causes.unwrapped(e))
                + ")",
            "correct or remove the property");
        return false;
      }
      return true; // the refusal that was asked for
    }
  }

  private void begin(String id) {
    Map<String, Object> settings = new HashMap<>(config.kafka().clientSettings());
    settings.put("enable.metrics.push", false);
    settings.put("max.block.ms", BLOCK_MILLIS);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("transactional.id", id);
    settings.put("transaction.timeout.ms", Integer.MAX_VALUE);
    var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    try (CloseAction<KafkaProducer<byte[], byte[]>> opened =
        new CloseAction<>(producer, it -> it.close(ClusterChecks.CLOSE))) {
      opened.it().initTransactions();
    }
  }
}
