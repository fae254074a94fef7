package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.wiring.AmqpSourceConfigs;
import dev.lockstep.ingest.amqp.AmqpIngest;
import dev.lockstep.ingest.amqp.AmqpSourceConfig;
import dev.lockstep.schemas.text.Quoted;
import org.apache.kafka.common.KafkaException;

/** Check of a source that is read over AMQP: connection, token and hub. */
final class AmqpSourceChecks {
  private static final int AMQP_PORT = 5671;
  private static final int WEB_PORT = 443;

  private AmqpSourceChecks() {}

  static void look(CheckReport into, Config.Source source) {
    AmqpSourceConfig read = AmqpSourceConfigs.of(source);
    AmqpSourceConfig.Proxy proxy = read.proxy();
    into.begin("reaching " + read.namespace(), "check this machine's name server");
    HostReachability reachability =
        proxy == null
            ? HostReachability.of(read.namespace(), read.webSockets() ? WEB_PORT : AMQP_PORT, true)
            : HostReachability.of(proxy.host(), proxy.port(), false);
    if (!reachability.reached()) {
      into.fail(reachability.what(), reachability.fix());
      return;
    }
    into.ok(reachability.what());
    if (source.auth() != Config.Auth.CONNECTION_STRING
        && !KafkaSourceChecks.token(into, source, () -> AmqpIngest.claims(read))) {
      return;
    }
    into.begin(
        "an answer of " + read.namespace() + " over AMQP",
        "check the name of the hub, and that the credential has the Listen right");
    try {
      int partitions = AmqpIngest.extents(read).size();
      into.ok("hub %s has %d partitions".formatted(Quoted.of(source.hub()), partitions));
      into.skip(
          "retention and content of a hub are not checked over AMQP",
          "see the namespace in the portal");
    } catch (KafkaException e) {
      into.fail(
          "hub %s cannot be used: %s".formatted(Quoted.of(source.hub()), Failures.message(e)),
          "check the name of the hub, and that the credential has the Listen right");
    }
  }
}
