package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Entries;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.TimeText;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.HostName;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Reader of the section {@code sources}, with the declaration of its keys. */
public final class SourcesReader {
  private static final String HUB_BY_KAFKA = Config.SourceType.EVENT_HUBS_KAFKA.word();
  private static final String HUB_BY_AMQP = Config.SourceType.EVENT_HUBS_AMQP.word();
  private static final String KAFKA = Config.SourceType.KAFKA.word();
  private static final String CAPTURE = Config.SourceType.CAPTURE.word();

  private static final ConfigKey<String> NAME =
      Entries.Entry.nameKey(
          "source", "A unique name, under which Lockstep stores the positions of the source.");
  private static final ConfigKey<Config.SourceType> TYPE =
      ConfigKey.word(
              "type",
              List.of(Config.SourceType.values()),
              Config.SourceType::word,
              "The type of the source.")
          .fixIfMissing();
  private static final ConfigKey<String> NAMESPACE =
      ConfigKey.text(
              "namespace",
              "NAME.servicebus.windows.net",
              SourcesReader::host,
              "The host name of the Event Hubs namespace, unless a connection string has it.")
          .fixIfMissing("set it to NAME.servicebus.windows.net")
          .only(HUB_BY_KAFKA, HUB_BY_AMQP);
  private static final ConfigKey<String> HUB =
      ConfigReader.topic("hub", 256, "The event hub.")
          .fixIfMissing("set it to the event hub's name")
          .only(HUB_BY_KAFKA, HUB_BY_AMQP);
  private static final ConfigKey<Config.Auth> AUTH =
      ConfigKey.word(
              "auth",
              ConfigReader.AUTH_OF_HUBS,
              Config.Auth::word,
              "The kind of credential for the hub.")
          .fixIfMissing(
              "set it to connection-string, managed-identity, workload-identity or client-secret")
          .only(HUB_BY_KAFKA, HUB_BY_AMQP);
  private static final ConfigKey<Secret> CONNECTION_STRING =
      ConfigKey.secret(
              "connectionString", "The connection string; only for `auth: connection-string`.")
          .fixIfMissing(ConfigReader.SECRET_FIX)
          .only(HUB_BY_KAFKA, HUB_BY_AMQP);
  private static final IdentityKeys IDENTITY = IdentityKeys.of(HUB_BY_KAFKA, HUB_BY_AMQP);
  private static final ConfigKey<String> BOOTSTRAP_SERVERS =
      ConfigReader.servers("The servers of the topic's cluster.").only(KAFKA);
  private static final ConfigKey<String> TOPIC =
      ConfigReader.topic("topic", 249, "The topic.")
          .fixIfMissing("set it to the topic's name")
          .only(KAFKA);
  private static final ConfigKey<Config.Arrival> ARRIVAL =
      ConfigKey.word(
              "arrival",
              List.of(Config.Arrival.values()),
              arrival -> arrival.name().toLowerCase(Locale.ROOT),
              "Whether the arrival time of a record is its timestamp in the topic, or the header"
                  + " `lockstep-arrival`.")
          .byDefault("timestamp")
          .only(KAFKA);
  private static final ConfigKey<String> FROM =
      ConfigKey.text(
              "from",
              "`earliest`, `latest` or a time",
              SourcesReader::from,
              "The start of reading if there is no stored position.")
          .byDefault("earliest")
          .only(HUB_BY_KAFKA, HUB_BY_AMQP, KAFKA);
  private static final ConfigKey<Path> PATH =
      ConfigKey.folder("path", "The folder of captured files.")
          .fixIfMissing("set it to the folder with the captured files")
          .only(CAPTURE);
  private static final ConfigKey<Instant> FORWARD_FROM =
      ConfigKey.text(
              "forwardFrom",
              "a time such as `2026-11-01T00:00:00Z`",
              SourcesReader::time,
              "Findings that ended before this time are not sent to any sink.")
          .only(CAPTURE);
  private static final ConfigKey<String> BRINGS =
      ConfigKey.text(
              "brings",
              "log category",
              SourcesReader::category,
              "The log categories of this source. By default a hub named `insights-logs-CATEGORY`"
                  + " brings that category, and any other source may bring any category. The hub of"
                  + " Front Door's requests may also bring the log of Front Door's firewall.")
          .list();
  static final ConfigKeys KEYS =
      ConfigKeys.list(
              "sources",
              "Sources from which messages are read.",
              ConfigReader.join(
                  List.of(
                      NAME,
                      TYPE,
                      NAMESPACE,
                      HUB,
                      BOOTSTRAP_SERVERS,
                      TOPIC,
                      ARRIVAL,
                      FROM,
                      PATH,
                      FORWARD_FROM,
                      BRINGS,
                      AmqpSourceReader.CONSUMER_GROUP,
                      AmqpSourceReader.TRANSPORT,
                      AUTH,
                      CONNECTION_STRING),
                  IDENTITY.all()))
          .with(
              List.of(
                  ConfigReader.PROPERTIES.only(HUB_BY_KAFKA, KAFKA),
                  AmqpSourceReader.CHECKPOINTS,
                  AmqpSourceReader.PROXY))
          .readBy("run", "capture", "positions", "dead-letters", "erase", "cost", "doctor");

  private SourcesReader() {}

  static List<Config.Source> read(Section root, Section.Context context, Config.Kafka kafka) {
    List<Config.Source> sources = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Entries.Entry entry : Entries.of(root, context, KEYS)) {
      Config.Source source = source(entry);
      if (!names.add(source.name().toLowerCase(Locale.ROOT))) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "two sources have the name " + Quoted.of(source.name()),
            "give each source a different name; Lockstep stores the positions of a source under the"
                + " name of the source");
      }
      if (isOwnTopic(source.bootstrapServers(), source.topic(), kafka)) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "source %s reads the topic %s, to which Lockstep writes"
                .formatted(Quoted.of(source.name()), Quoted.of(source.topic())),
            "name a topic with logs, or choose another kafka.topicPrefix");
      }
      sources.add(source);
    }
    return sources;
  }

  /**
   * Returns whether a topic at the given servers is one to which Lockstep itself writes. The result
   * is false without servers or without a topic.
   */
  static boolean isOwnTopic(@Nullable String servers, @Nullable String topic, Config.Kafka kafka) {
    if (servers == null
        || topic == null
        || Collections.disjoint(servers(servers), servers(kafka.bootstrapServers()))) {
      return false;
    }
    ClusterNames names = new ClusterNames(kafka.topicPrefix());
    return topic.startsWith(names.detect() + "-")
        || List.of(
                names.activity(),
                names.detections(),
                names.deadLetters(),
                names.quarantine(),
                names.positions(),
                names.rules())
            .contains(topic);
  }

  static boolean reads(Config.Source source, String servers, String topic) {
    String sourceServers = source.bootstrapServers();
    if (sourceServers != null) {
      return topic.equals(source.topic())
          && !Collections.disjoint(servers(servers), servers(sourceServers));
    }
    String namespace = source.namespace();
    return namespace != null
        && topic.equalsIgnoreCase(source.hub())
        && servers(servers).stream()
            .anyMatch(each -> each.startsWith(namespace.toLowerCase(Locale.ROOT) + ":"));
  }

  private static Set<String> servers(String text) {
    StringTokenizer tokens = new StringTokenizer(text.toLowerCase(Locale.ROOT), ",");
    Set<String> servers = new HashSet<>();
    while (tokens.hasMoreTokens()) {
      servers.add(tokens.nextToken().strip().replace("localhost:", "127.0.0.1:"));
    }
    return servers;
  }

  private static Config.Source source(Entries.Entry entry) {
    Section section = entry.section();
    String name = entry.name(NAME);
    Config.SourceType type = section.value(TYPE);
    section.refuseForeign(type.word());
    return switch (type) {
      case EVENT_HUBS_KAFKA, EVENT_HUBS_AMQP -> hub(section, name, type);
      case KAFKA -> plain(section, name);
      case CAPTURE -> capture(section, name);
    };
  }

  private static String category(ConfigValue setting) {
    String category = CategoryNames.spelled(setting.text());
    if (category == null) {
      String nearest = nearest(setting.text());
      throw setting.bad(
          "is not a log category that Lockstep reads",
          nearest.isEmpty()
              ? "write one of " + String.join(", ", CategoryNames.all())
              : "the nearest is " + nearest);
    }
    return category;
  }

  private static String nearest(String text) {
    String ending = "-" + text.strip().toLowerCase(Locale.ROOT);
    return CategoryNames.all().stream()
        // the text AlertInfo suggests AdvancedHunting-AlertInfo
        .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(ending))
        .findFirst()
        .orElseGet(() -> NearestNames.similarAmong(CategoryNames.all(), text));
  }

  private static Config.Source hub(Section section, String name, Config.SourceType type) {
    Config.Auth auth = section.value(AUTH);
    boolean byString = auth == Config.Auth.CONNECTION_STRING;
    IdentityKeys.refuseUnless(byString, section.written(CONNECTION_STRING), auth);
    Secret connection = byString ? section.value(CONNECTION_STRING) : null;
    String namespace = byString ? section.optional(NAMESPACE) : section.value(NAMESPACE);
    HubPropertyCheck.check(section.free(ConfigReader.PROPERTIES), namespace);
    String hub = section.value(HUB);
    Config.Credentials credentials = IDENTITY.read(section, auth);
    String from = section.value(FROM);
    ClientProperties properties = ConfigReader.properties(section);
    Set<String> brings = brings(section);
    return new Config.Source(
        name,
        type,
        namespace,
        hub,
        auth,
        connection,
        credentials,
        null,
        null,
        Config.Arrival.TIMESTAMP,
        from,
        properties,
        null,
        type == Config.SourceType.EVENT_HUBS_AMQP
            ? AmqpSourceReader.read(section, auth, credentials)
            : null,
        brings);
  }

  private static Set<String> brings(Section section) {
    return Set.copyOf(section.values(BRINGS));
  }

  private static Config.Source plain(Section section, String name) {
    return new Config.Source(
        name,
        Config.SourceType.KAFKA,
        null,
        null,
        Config.Auth.NONE,
        null,
        Config.Credentials.NONE,
        section.value(BOOTSTRAP_SERVERS),
        section.value(TOPIC),
        section.value(ARRIVAL),
        section.value(FROM),
        ConfigReader.properties(section),
        null,
        null,
        brings(section));
  }

  private static Config.Source capture(Section section, String name) {
    return new Config.Source(
        name,
        Config.SourceType.CAPTURE,
        null,
        null,
        Config.Auth.NONE,
        null,
        Config.Credentials.NONE,
        null,
        null,
        Config.Arrival.HEADER,
        "earliest",
        ClientProperties.NONE,
        new Config.Capture(section.value(PATH), section.optional(FORWARD_FROM)),
        null,
        brings(section));
  }

  private static Instant time(ConfigValue setting) {
    Instant time = TimeText.instant(setting.text());
    if (time == null) {
      throw setting.bad("is not a time", "give a time like 2026-11-01T00:00:00Z");
    }
    return time;
  }

  private static String from(ConfigValue setting) {
    String place = place(setting.text());
    if (place == null) {
      throw setting.bad(
          "is not a start position", "give earliest, latest or a time like 2026-11-01T00:00:00Z");
    }
    return place;
  }

  /**
   * Parses a start position: {@code earliest}, {@code latest} or a time, which is returned in UTC.
   * The result is null for any other text.
   */
  public static @Nullable String place(String text) {
    String place = text.strip();
    if (place.equals("earliest") || place.equals("latest")) {
      return place;
    }
    Instant time = TimeText.instant(place);
    return time == null ? null : time.toString();
  }

  private static String host(ConfigValue setting) {
    String text = setting.text().strip();
    if (text.indexOf('.') < 0 || !HostName.isName(text)) {
      throw setting.bad("is not a full host name", "give NAME.servicebus.windows.net");
    }
    return text;
  }
}
