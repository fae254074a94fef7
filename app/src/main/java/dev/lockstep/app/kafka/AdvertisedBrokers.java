package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Check of the addresses that the brokers of a cluster advertise. A client asks a bootstrap server
 * for them, and from then on connects to these addresses alone.
 */
public final class AdvertisedBrokers {
  /** Fix for a cluster whose brokers do not answer at their advertised addresses. */
  public static final String FIX =
      "set advertised.listeners of the brokers to addresses that this machine can reach, or allow connections from this machine to the advertised addresses";

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
  private static final int CONNECT_MILLIS = 800;

  /** Largest number of brokers that are tried, so that a check ends in time. */
  private static final int MOST = 2;

  private AdvertisedBrokers() {}

  /**
   * Returns a message if a bootstrap server answers, but none of the brokers that are tried answers
   * at its advertised address. It is null if a broker answers there, if no bootstrap server
   * answers, or if the cluster has no topic, because then no client shows the addresses. The call
   * takes up to 5 s.
   */
  public static @Nullable String unreached(Map<String, Object> clientSettings) {
    String servers = String.valueOf(clientSettings.get("bootstrap.servers"));
    if (!isAnyThere(servers)) {
      return null;
    }
    return unreached(servers, advertised(clientSettings).values());
  }

  static @Nullable String unreached(String servers, Collection<Node> brokers) {
    List<String> missed = new ArrayList<>();
    for (Node broker : brokers) {
      String fault = fault(broker.host(), broker.port());
      if (fault == null) {
        return null;
      }
      missed.add(Quoted.of(broker.host() + ":" + broker.port()) + " (" + fault + ")");
      if (missed.size() == MOST) {
        break;
      }
    }
    if (missed.isEmpty()) {
      return null;
    }
    if (brokers.size() == 1) {
      return "%s answers, but its broker does not answer at the address that the broker advertises: %s"
          .formatted(Quoted.of(servers), missed.get(0));
    }
    String which =
        missed.size() == brokers.size()
            ? "its brokers"
            : "the first %d of its %d brokers".formatted(missed.size(), brokers.size());
    return "%s answers, but %s do not answer at the addresses that they advertise: %s"
        .formatted(Quoted.of(servers), which, String.join(", ", missed));
  }

  private static Map<Integer, Node> advertised(Map<String, Object> clientSettings) {
    int millis = (int) ANSWER_TIMEOUT.toMillis();
    Map<String, Object> settings = new HashMap<>(clientSettings);
    settings.put("request.timeout.ms", millis);
    settings.put("default.api.timeout.ms", millis);
    Map<Integer, Node> brokers = new TreeMap<>();
    // a consumer without a group first asks a bootstrap server, where an admin client asks a broker
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (List<PartitionInfo> topic : consumer.listTopics(ANSWER_TIMEOUT).values()) {
        for (PartitionInfo partition : topic) {
          for (Node replica : partition.replicas()) {
            brokers.put(replica.id(), replica);
          }
        }
      }
    } catch (KafkaException e) {
      return Map.of(); // no bootstrap server answers, or all refuse
    }
    brokers.values().removeIf(broker -> broker.host().isEmpty()); // one that is down
    return brokers;
  }

  /**
   * Returns whether any of the servers accepts a connection. If none does, no Kafka client is
   * created, because it would only wait.
   */
  private static boolean isAnyThere(String servers) {
    StringTokenizer tokens = new StringTokenizer(servers, ", ");
    while (tokens.hasMoreTokens()) {
      String server = tokens.nextToken();
      int colon = server.lastIndexOf(':');
      try {
        int port = Integer.parseInt(server.substring(colon + 1));
        if (colon > 0 && fault(server.substring(0, colon), port) == null) {
          return true;
        }
      } catch (IllegalArgumentException e) { // not a host and a port
        return false;
      }
    }
    return false;
  }

  private static @Nullable String fault(String host, int port) {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        return "no name server knows it";
      }
      socket.connect(address, CONNECT_MILLIS);
      return null;
    } catch (IOException e) {
      return Failures.message(e);
    }
  }
}
