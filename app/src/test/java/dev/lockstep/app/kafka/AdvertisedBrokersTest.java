package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

final class AdvertisedBrokersTest {
  private static final String HOST = "127.0.0.1";

  @Test
  void saysHowManyWereTried_whereMoreMayAnswer() throws IOException {
    List<Node> brokers = silent(3);
    assertThat(AdvertisedBrokers.unreached("kafka:9092", brokers))
        .startsWith(
            "\"kafka:9092\" answers, but the first 2 of its 3 brokers do not answer at the"
                + " addresses that they advertise: \"127.0.0.1:"
                + brokers.get(0).port())
        .doesNotContain(":" + brokers.get(2).port());
    assertThat(AdvertisedBrokers.unreached("kafka:9092", brokers.subList(0, 2)))
        .startsWith("\"kafka:9092\" answers, but its brokers do not answer at the addresses");
    assertThat(AdvertisedBrokers.unreached("kafka:9092", brokers.subList(0, 1)))
        .startsWith("\"kafka:9092\" answers, but its broker does not answer at the address that");
    assertThat(AdvertisedBrokers.unreached("kafka:9092", List.of())).isNull();
  }

  private static List<Node> silent(int count) throws IOException {
    List<Node> brokers = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
        brokers.add(new Node(id, HOST, free.getLocalPort()));
      }
    }
    return brokers;
  }
}
