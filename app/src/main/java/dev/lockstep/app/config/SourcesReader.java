package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Entries;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.Nearest;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TimeText;
import dev.lockstep.ingest.category.LogCategories;
import dev.lockstep.schemas.Quoted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the list of sources. */
public final class SourcesReader {
  private static final Keys KEYS =
      Keys.of(
              "name",
              "type",
              "namespace",
              "hub",
              "auth",
              "connectionString",
              "tenantId",
              "clientId",
              "clientSecret",
              "bootstrapServers",
              "topic",
              "arrival",
              "from",
              "path",
              "forwardFrom",
              "consumerGroup",
              "transport",
              "brings")
          .and("properties", "checkpoints", "proxy");
  private static final List<String> HUB_ONLY =
      List.of(
          "namespace", "hub", "auth", "connectionString", "tenantId", "clientId", "clientSecret");
  private static final List<String> PLAIN_ONLY = List.of("bootstrapServers", "topic", "arrival");
  private static final List<String> AMQP_ONLY = List.of("consumerGroup", "transport");
  private static final List<String> CAPTURE_ONLY = List.of("path", "forwardFrom");

  private SourcesReader() {}

  static List<Config.Source> read(Section root, Section.Context context) {
    List<Config.Source> sources = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Entries.Entry entry : Entries.of(root, context, "sources", KEYS)) {
      Config.Source source = source(entry);
      if (!names.add(source.name().toLowerCase(Locale.ROOT))) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "two sources have the name " + Quoted.of(source.name()),
            "give each its own: positions are kept by it");
      }
      sources.add(source);
    }
    return sources;
  }

  private static Config.Source source(Entries.Entry entry) {
    Section section = entry.section();
    String name = entry.name("source");
    Config.SourceType type = type(section);
    for (String key : foreignTo(type)) {
      ConfiguredValue setting = section.setting(key);
      if (setting != null) {
        throw OperatorException.inConfig(
            setting.origin(),
            setting.key() + " does not go with type " + type.word(),
            "remove it, or choose the other type");
      }
    }
    AmqpSourceReader.refuseNested(section, type);
    return switch (type) {
      case EVENT_HUBS_KAFKA -> hub(section, name);
      case EVENT_HUBS_AMQP -> AmqpSourceReader.read(section, hub(section, name));
      case KAFKA -> plain(section, name);
      case CAPTURE -> capture(section, name);
    };
  }

  /** Returns the categories that come from a source, in Azure's spelling; empty: any may come. */
  private static Set<String> brings(Section section) {
    Set<String> brings = new HashSet<>();
    for (ConfiguredValue setting : section.settings("brings")) {
      String category = LogCategories.spelled(setting.text());
      if (category == null) {
        throw setting.bad(
            "is no log category that is read",
            "the nearest is " + Nearest.among(LogCategories.all(), setting.text()));
      }
      brings.add(category);
    }
    return brings;
  }

  private static List<String> foreignTo(Config.SourceType type) {
    List<String> foreign = new ArrayList<>();
    if (type != Config.SourceType.EVENT_HUBS_KAFKA && type != Config.SourceType.EVENT_HUBS_AMQP) {
      foreign.addAll(HUB_ONLY);
    }
    if (type != Config.SourceType.EVENT_HUBS_AMQP) {
      foreign.addAll(AMQP_ONLY);
    }
    if (type != Config.SourceType.KAFKA) {
      foreign.addAll(PLAIN_ONLY);
    }
    if (type != Config.SourceType.CAPTURE) {
      foreign.addAll(CAPTURE_ONLY);
    } else {
      foreign.add("from");
    }
    return foreign;
  }

  private static Config.Source hub(Section section, String name) {
    Config.Auth auth =
        section
            .required(
                "auth",
                "set it to connection-string, managed-identity, workload-identity or client-secret")
            .oneOf(
                ConfigReader.words(
                    Config.Auth.CONNECTION_STRING,
                    Config.Auth.MANAGED_IDENTITY,
                    Config.Auth.WORKLOAD_IDENTITY,
                    Config.Auth.CLIENT_SECRET));
    boolean byString = auth == Config.Auth.CONNECTION_STRING;
    ConfiguredValue connection = section.setting("connectionString");
    ConfigReader.refuseUnless(byString, connection, auth);
    if (byString) {
      connection = section.required("connectionString", "set it to ${env:NAME} or ${file:PATH}");
    }
    ConfiguredValue named =
        byString
            ? section.setting("namespace")
            : section.required("namespace", "set it to NAME.servicebus.windows.net");
    String namespace = named == null ? null : host(named);
    HubProperties.check(section.free("properties"), namespace);
    return new Config.Source(
        name,
        Config.SourceType.EVENT_HUBS_KAFKA,
        namespace,
        ConfigReader.topicName(section.required("hub", "set it to the event hub's name"), 256),
        auth,
        connection == null ? null : connection.secret(),
        ConfigReader.credentials(section, auth),
        null,
        null,
        Config.Arrival.TIMESTAMP,
        from(section),
        ConfigReader.properties(section),
        null,
        null,
        brings(section));
  }

  private static Config.Source plain(Section section, String name) {
    ConfiguredValue arrival = section.setting("arrival");
    return new Config.Source(
        name,
        Config.SourceType.KAFKA,
        null,
        null,
        Config.Auth.NONE,
        null,
        null,
        ConfigReader.servers(section.required("bootstrapServers", "set it to HOST:PORT")),
        ConfigReader.topicName(section.required("topic", "set it to the topic's name"), 249),
        arrival == null
            ? Config.Arrival.TIMESTAMP
            : arrival.oneOf(
                Map.of("timestamp", Config.Arrival.TIMESTAMP, "header", Config.Arrival.HEADER)),
        from(section),
        ConfigReader.properties(section),
        null,
        null,
        brings(section));
  }

  private static Config.Source capture(Section section, String name) {
    ConfiguredValue forwardFrom = section.setting("forwardFrom");
    return new Config.Source(
        name,
        Config.SourceType.CAPTURE,
        null,
        null,
        Config.Auth.NONE,
        null,
        null,
        null,
        null,
        Config.Arrival.HEADER,
        "earliest",
        ClientProperties.NONE,
        new Config.Capture(
            section.required("path", "set it to the folder with the captured files").path(),
            forwardFrom == null ? null : time(forwardFrom)),
        null,
        brings(section));
  }

  private static Instant time(ConfiguredValue setting) {
    Instant time = TimeText.instant(setting.text());
    if (time == null) {
      throw setting.bad("is no time", "give one like 2026-11-01T00:00:00Z");
    }
    return time;
  }

  private static Config.SourceType type(Section section) {
    ConfiguredValue setting =
        section.required("type", "set it to event-hubs-kafka, event-hubs-amqp, kafka or capture");
    Map<String, Config.SourceType> words = new LinkedHashMap<>();
    for (Config.SourceType type : Config.SourceType.values()) {
      words.put(type.word(), type);
    }
    return setting.oneOf(words);
  }

  private static String from(Section section) {
    ConfiguredValue setting = section.setting("from");
    if (setting == null) {
      return "earliest";
    }
    String place = place(setting.text());
    if (place == null) {
      throw setting.bad(
          "is no place to start from", "give earliest, latest or a time like 2026-11-01T00:00:00Z");
    }
    return place;
  }

  /** Returns {@code earliest}, {@code latest} or a time in UTC; null if the text is none. */
  public static @Nullable String place(String text) {
    String place = text.strip();
    if (place.equals("earliest") || place.equals("latest")) {
      return place;
    }
    Instant time = TimeText.instant(place);
    return time == null ? null : time.toString();
  }

  static String host(ConfiguredValue setting) {
    String text = setting.text().strip();
    boolean fits =
        text.length() <= 253
            && text.indexOf('.') > 0
            && text.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '.'
                            || c == '-');
    if (!fits) {
      throw setting.bad("is no host name", "give NAME.servicebus.windows.net");
    }
    return text;
  }
}
