package dev.lockstep.app.config;

import dev.lockstep.app.setting.Secret;
import dev.lockstep.sentinel.sink.FileSink;
import dev.lockstep.sentinel.sink.KafkaSink;
import dev.lockstep.sentinel.sink.RowFormat;
import dev.lockstep.sentinel.sink.Sink;
import dev.lockstep.sentinel.sink.WebhookSink;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;

/** Configuration of a sink other than Sentinel. */
public sealed interface SinkConfig {
  /**
   * Returns the name of the sink, which is unique among the sinks. It is a letter, followed by
   * letters, digits and dashes.
   */
  String name();

  /**
   * Opens the sink.
   *
   * @throws IllegalArgumentException if the configuration of the sink cannot be used
   */
  Sink open(InstantSource clock);

  /** Type of a sink other than Sentinel. */
  enum Type {
    WEBHOOK,
    FILE,
    KAFKA;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Configuration of a sink that posts detections to a web service.
   *
   * @param format form of a detection
   * @param secret secret that signs the posts
   */
  record Webhook(String name, RowFormat format, URI url, Secret secret) implements SinkConfig {
    @Override
    public Sink open(InstantSource clock) {
      return new WebhookSink(name, format, url, secret.reveal(), clock);
    }

    /**
     * Returns the name of this sink, and the host of its URL. The path of the URL may be secret,
     * and is left out.
     */
    @Override
    public String toString() {
      return "Webhook[" + name + ", " + url.getHost() + "]";
    }
  }

  /**
   * Configuration of a sink that appends detections to a file, one detection per line.
   *
   * @param format form of a line
   * @param path absolute path
   * @param rotateBytes largest size of a file; only a file with a single batch may be larger
   * @param rotateDaily whether a new file is begun each UTC day
   */
  record Archive(String name, RowFormat format, Path path, long rotateBytes, boolean rotateDaily)
      implements SinkConfig {
    @Override
    public Sink open(InstantSource clock) {
      return new FileSink(name, format, path, rotateBytes, rotateDaily);
    }
  }

  /** Configuration of a sink that writes detections to a topic of any Kafka cluster. */
  record Topic(String name, String bootstrapServers, String topic, ClientProperties properties)
      implements SinkConfig {
    @Override
    public Sink open(InstantSource clock) {
      return new KafkaSink(name, bootstrapServers, topic, properties.values());
    }
  }
}
