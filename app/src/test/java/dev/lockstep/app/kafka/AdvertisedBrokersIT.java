package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdvertisedBrokersIT {
  @TempDir private static Path data;
  private static LocalBroker broker;

  @BeforeAll
  static void start() {
    broker = LocalBroker.start(data, 0, LocalBroker.Options.DEFAULT);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void areNamed_whereTheyDoNotAnswer() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Misadvertised first = new Misadvertised(broker.bootstrapServers())) {
      Topics.ensure(admin, "lockstep.", 1, (short) 1);
      Cluster cluster = cluster(first.bootstrapServers());
      assertThat(cluster.look())
          .startsWith(
              "the cluster at kafka.bootstrapServers \"%s\" answers, but its broker does not answer at the address that the broker advertises: \"%s\" (ConnectException"
                  .formatted(first.bootstrapServers(), first.advertised()))
          .contains("; set advertised.listeners of the brokers to addresses")
          .endsWith("; Lockstep continues by itself when the brokers answer");
    }
  }

  @Test
  void areNotNamed_whereTheyAnswer_orWhereNobodyDoes() throws Exception {
    assertThat(AdvertisedBrokers.unreached(Map.of("bootstrap.servers", broker.bootstrapServers())))
        .isNull();
    String dead;
    try (Misadvertised gone = new Misadvertised(broker.bootstrapServers())) {
      dead = gone.bootstrapServers();
    }
    assertThat(AdvertisedBrokers.unreached(Map.of("bootstrap.servers", dead))).isNull();
    assertThat(cluster(dead).look()).contains("does not answer; start its brokers");
  }

  private static Cluster cluster(String bootstrapServers) {
    return new Cluster(
        Config.read(null, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers)).kafka(),
        why -> {});
  }
}
