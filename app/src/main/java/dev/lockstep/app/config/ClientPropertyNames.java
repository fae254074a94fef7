package dev.lockstep.app.config;

import dev.lockstep.enrichment.file.NearestNames;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Names of the properties that Kafka's clients and Kafka Streams know. A client passes over a name
 * that it does not know, because the property may be of a plug-in.
 */
public final class ClientPropertyNames {
  /**
   * Prefixes of property names: Kafka Streams passes a property with such a prefix to only some of
   * its clients.
   */
  private static final List<String> PREFIXES =
      List.of(
          StreamsConfig.MAIN_CONSUMER_PREFIX,
          StreamsConfig.RESTORE_CONSUMER_PREFIX,
          StreamsConfig.GLOBAL_CONSUMER_PREFIX,
          StreamsConfig.CONSUMER_PREFIX,
          StreamsConfig.PRODUCER_PREFIX,
          StreamsConfig.ADMIN_CLIENT_PREFIX);

  private static final Set<String> KNOWN = known();

  private ClientPropertyNames() {}

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(ConsumerConfig.configNames());
    known.addAll(ProducerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    known.addAll(StreamsConfig.configDef().names());
    return known;
  }

  /**
   * Returns the names of properties that are probably misspelt, each with the known name that it
   * resembles. No client knows a misspelt name.
   */
  public static SortedMap<String, String> misspelt(ClientProperties properties) {
    SortedMap<String, String> misspelt = new TreeMap<>();
    for (String name : properties.values().keySet()) {
      String plain = withoutPrefix(name);
      if (!KNOWN.contains(plain) && !name.startsWith(StreamsConfig.TOPIC_PREFIX)) {
        String nearest = NearestNames.similarAmong(KNOWN, plain);
        if (!nearest.isEmpty()) {
          misspelt.put(name, name.substring(0, name.length() - plain.length()) + nearest);
        }
      }
    }
    return misspelt;
  }

  static String withoutPrefix(String name) {
    for (String prefix : PREFIXES) {
      if (name.startsWith(prefix)) {
        return name.substring(prefix.length());
      }
    }
    return name;
  }
}
