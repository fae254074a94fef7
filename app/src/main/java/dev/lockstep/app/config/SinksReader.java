package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Entries;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Quoted;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.sink.Loopback;
import dev.lockstep.sentinel.sink.WebhookSink;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the list of sinks. */
final class SinksReader {
  private static final Keys KEYS =
      Keys.of(
              "name",
              "type",
              "url",
              "secret",
              "path",
              "rotateBytes",
              "rotateDaily",
              "bootstrapServers",
              "topic")
          .and("properties");
  private static final List<String> WEBHOOK_ONLY = List.of("url", "secret");
  private static final List<String> FILE_ONLY = List.of("path", "rotateBytes", "rotateDaily");
  private static final List<String> KAFKA_ONLY = List.of("bootstrapServers", "topic");
  private static final long USUAL_ROTATE_BYTES = 100L * 1024 * 1024;

  private SinksReader() {}

  static List<SinkConfig> read(Section root, Section.Context context) {
    List<SinkConfig> sinks = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of(ForwarderConfig.SENTINEL));
    Set<Path> paths = new HashSet<>();
    for (Entries.Entry entry : Entries.of(root, context, "sinks", KEYS)) {
      SinkConfig sink = sink(entry);
      if (!names.add(sink.name().toLowerCase(Locale.ROOT))) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "the name " + Quoted.of(sink.name()) + " is another sink's",
            "give each its own, and none sentinel: how far each has come is kept by it");
      }
      if (sink instanceof SinkConfig.Archive archive && !paths.add(archive.path())) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "two sinks write " + Quoted.of(archive.path()),
            "give each a path of its own");
      }
      sinks.add(sink);
    }
    return sinks;
  }

  private static SinkConfig sink(Entries.Entry entry) {
    Section section = entry.section();
    String name = entry.name("sink");
    SinkConfig.Type type = type(section);
    refuse(section, type, SinkConfig.Type.WEBHOOK, WEBHOOK_ONLY);
    refuse(section, type, SinkConfig.Type.FILE, FILE_ONLY);
    refuse(section, type, SinkConfig.Type.KAFKA, KAFKA_ONLY);
    ClientProperties properties = ConfigReader.properties(section);
    if (type != SinkConfig.Type.KAFKA && !properties.values().isEmpty()) {
      throw OperatorException.inConfig(
          section.origin(),
          section.name("properties") + " does not go with type " + type.word(),
          "remove it, or choose the other type");
    }
    return switch (type) {
      case WEBHOOK ->
          new SinkConfig.Webhook(
              name,
              url(section.required("url", "set it to https://HOST/PATH")),
              secret(section.required("secret", "set it to ${env:NAME} or ${file:PATH}")));
      case FILE -> {
        ConfiguredValue rotate = section.setting("rotateBytes");
        yield new SinkConfig.Archive(
            name,
            section.required("path", "set it to a file's path").path(),
            rotate == null ? USUAL_ROTATE_BYTES : rotate.bytes(1_048_576),
            section.yesOrNo("rotateDaily", true));
      }
      case KAFKA ->
          new SinkConfig.Topic(
              name,
              ConfigReader.servers(section.required("bootstrapServers", "set it to HOST:PORT")),
              ConfigReader.topicName(section.required("topic", "set it to the topic's name"), 249),
              properties);
    };
  }

  private static SinkConfig.Type type(Section section) {
    Map<String, SinkConfig.Type> words = new LinkedHashMap<>();
    for (SinkConfig.Type type : SinkConfig.Type.values()) {
      words.put(type.word(), type);
    }
    return section.required("type", "set it to webhook, file or kafka").oneOf(words);
  }

  private static void refuse(
      Section section, SinkConfig.Type type, SinkConfig.Type owner, List<String> keys) {
    for (String key : keys) {
      ConfiguredValue setting = type == owner ? null : section.setting(key);
      if (setting != null) {
        throw OperatorException.inConfig(
            setting.origin(),
            setting.key() + " does not go with type " + type.word(),
            "remove it, or choose the other type");
      }
    }
  }

  /** Paths of webhooks are often secret, so a message does not show it. */
  private static URI url(ConfiguredValue setting) {
    URI url;
    try {
      url = new URI(setting.text().strip());
    } catch (URISyntaxException e) {
      throw OperatorException.inConfig(
          setting.origin(), setting.key() + " is not a URI", "give https://HOST/PATH");
    }
    boolean takes =
        url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawFragment() == null
            && ("https".equalsIgnoreCase(url.getScheme())
                || ("http".equalsIgnoreCase(url.getScheme()) && Loopback.is(url.getHost())));
    if (!takes) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " is no https://HOST/PATH",
          "give one; http is for 127.0.0.1 only, and a user belongs into neither");
    }
    return url;
  }

  private static Secret secret(ConfiguredValue setting) {
    Secret secret = setting.secret();
    if (secret.reveal().length() < WebhookSink.SHORTEST_SECRET) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " has fewer than " + WebhookSink.SHORTEST_SECRET + " characters",
          "take that many or more, at random");
    }
    return secret;
  }
}
