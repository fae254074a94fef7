package dev.lockstep.app.config;

import dev.lockstep.app.setting.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/** Where detections go beside Sentinel. */
public sealed interface SinkConfig {
  /** Returns its name: unique among the sinks; a letter, then letters, digits, dashes. */
  String name();

  /** What kind of receiver a sink is. */
  enum Type {
    WEBHOOK,
    FILE,
    KAFKA;

    /** Returns the word of the configuration, such as {@code webhook}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Somebody's web service.
   *
   * @param secret that signs what is posted
   */
  record Webhook(String name, URI url, Secret secret) implements SinkConfig {
    /** The path may be secret. */
    @Override
    public String toString() {
      return "Webhook[" + name + ", " + url.getHost() + "]";
    }
  }

  /**
   * A file of lines.
   *
   * @param path absolute
   * @param rotateBytes from which size on another is begun
   * @param rotateDaily if another is begun each UTC day
   */
  record Archive(String name, Path path, long rotateBytes, boolean rotateDaily)
      implements SinkConfig {}

  /** A topic of any Kafka. */
  record Topic(String name, String bootstrapServers, String topic, ClientProperties properties)
      implements SinkConfig {}
}
