package dev.lockstep.app.config;

import dev.lockstep.app.file.RealPath;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Entries;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.sink.HttpSender;
import dev.lockstep.sentinel.sink.Loopback;
import dev.lockstep.sentinel.sink.RowFormat;
import dev.lockstep.sentinel.sink.WebhookSink;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringTokenizer;

/** Reader of the section {@code sinks}, with the declaration of its keys. */
final class SinksReader {
  private static final int SHORTEST_HIDDEN = 12;
  private static final int SHORTEST_TOKEN = 20;
  private static final String HIDDEN = "(hidden)";
  private static final String WEBHOOK = SinkConfig.Type.WEBHOOK.word();
  private static final String FILE = SinkConfig.Type.FILE.word();
  private static final String KAFKA = SinkConfig.Type.KAFKA.word();

  private static final ConfigKey<String> NAME =
      Entries.Entry.nameKey(
          "sink", "A unique name, under which Lockstep stores the offsets of the sink.");
  private static final ConfigKey<SinkConfig.Type> TYPE =
      ConfigKey.word(
              "type",
              List.of(SinkConfig.Type.values()),
              SinkConfig.Type::word,
              "The type of the sink.")
          .fixIfMissing();
  private static final ConfigKey<URI> URL =
      ConfigKey.text(
              "url",
              "https://HOST/PATH",
              SinksReader::url,
              "The URL to which detections are posted; http is only for this machine.")
          .fixIfMissing("set it to https://HOST/PATH")
          .hidden()
          .only(WEBHOOK);
  private static final ConfigKey<Secret> SECRET =
      ConfigKey.secret(
              "secret", SinksReader::secret, "The key that signs the posts, 16 characters or more.")
          .fixIfMissing(ConfigReader.SECRET_FIX)
          .only(WEBHOOK);
  private static final ConfigKey<RowFormat> FORMAT =
      ConfigKey.word(
              "format",
              List.of(RowFormat.values()),
              RowFormat::word,
              "The form of each detection: the value plain is the form that the command replay"
                  + " writes; the value ocsf is a Detection Finding of the Open Cybersecurity Schema"
                  + " Framework (OCSF).")
          .byDefault("plain")
          .only(WEBHOOK, FILE);
  private static final ConfigKey<Path> PATH =
      ConfigKey.path("path", "The file to which lines are appended; its folder has to exist.")
          .fixIfMissing("set it to the path of a file")
          .only(FILE);
  private static final ConfigKey<Long> ROTATE_BYTES =
      ConfigKey.size(
              "rotateBytes",
              1_048_576,
              "A new file is begun if the next batch of lines would make the current file larger"
                  + " than this size.")
          .byDefault("100 MiB")
          .only(FILE);
  private static final ConfigKey<Boolean> ROTATE_DAILY =
      ConfigKey.flag("rotateDaily", "Whether a new file is begun each UTC day.")
          .byDefault("true")
          .only(FILE);
  private static final ConfigKey<String> BOOTSTRAP_SERVERS =
      ConfigReader.servers("The servers of the topic's cluster.").only(KAFKA);
  private static final ConfigKey<String> TOPIC =
      ConfigReader.topic("topic", 249, "The topic.")
          .fixIfMissing("set it to the topic's name")
          .only(KAFKA);
  static final ConfigKeys KEYS =
      ConfigKeys.list(
              "sinks",
              "Sinks for detections beside Sentinel.",
              List.of(
                  NAME,
                  TYPE,
                  URL,
                  SECRET,
                  FORMAT,
                  PATH,
                  ROTATE_BYTES,
                  ROTATE_DAILY,
                  BOOTSTRAP_SERVERS,
                  TOPIC))
          .with(List.of(ConfigReader.PROPERTIES.only(KAFKA)))
          .readBy("run", "erase", "doctor");

  private SinksReader() {}

  static List<SinkConfig> read(
      Section root, Section.Context context, Config.Kafka kafka, List<Config.Source> sources) {
    List<SinkConfig> sinks = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of(ForwarderConfig.SENTINEL, ForwarderConfig.LAKE));
    Set<Path> paths = new HashSet<>();
    for (Entries.Entry entry : Entries.of(root, context, KEYS)) {
      SinkConfig sink = sink(entry);
      if (!names.add(sink.name().toLowerCase(Locale.ROOT))) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "the sink name " + Quoted.of(sink.name()) + " is used twice or reserved",
            "give each sink its own name, other than sentinel and sentinel-lake; Lockstep stores"
                + " the offsets of a sink under the name of the sink");
      }
      // Two sinks with one file would take its lock from each other.
      if (sink instanceof SinkConfig.Archive archive && !paths.add(RealPath.of(archive.path()))) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "two sinks write to " + Quoted.of(archive.path()),
            "give each sink a different path");
      }
      if (sink instanceof SinkConfig.Topic to
          && SourcesReader.isOwnTopic(to.bootstrapServers(), to.topic(), kafka)) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "sink %s writes to the topic %s, which belongs to Lockstep"
                .formatted(Quoted.of(sink.name()), Quoted.of(to.topic())),
            "name another topic");
      }
      if (sink instanceof SinkConfig.Topic to) {
        refuseLoop(entry, to, sources);
      }
      sinks.add(sink);
    }
    return sinks;
  }

  private static void refuseLoop(
      Entries.Entry entry, SinkConfig.Topic sink, List<Config.Source> sources) {
    for (Config.Source source : sources) {
      if (SourcesReader.reads(source, sink.bootstrapServers(), sink.topic())) {
        throw OperatorException.inConfig(
            entry.section().origin(),
            "sink %s writes to the topic %s, which source %s reads"
                .formatted(
                    Quoted.of(sink.name()), Quoted.of(sink.topic()), Quoted.of(source.name())),
            "name another topic");
      }
    }
  }

  private static SinkConfig sink(Entries.Entry entry) {
    Section section = entry.section();
    String name = entry.name(NAME);
    SinkConfig.Type type = section.value(TYPE);
    section.refuseForeign(type.word());
    return switch (type) {
      case WEBHOOK ->
          new SinkConfig.Webhook(
              name, section.value(FORMAT), section.value(URL), section.value(SECRET));
      case FILE ->
          new SinkConfig.Archive(
              name,
              section.value(FORMAT),
              section.value(PATH),
              section.value(ROTATE_BYTES),
              section.value(ROTATE_DAILY));
      case KAFKA ->
          new SinkConfig.Topic(
              name,
              section.value(BOOTSTRAP_SERVERS),
              section.value(TOPIC),
              ConfigReader.properties(section));
    };
  }

  private static URI url(ConfigValue setting) {
    // no message shows the URL, because paths of webhooks are often secret
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
            && HttpSender.isPort(url.getPort())
            && ("https".equalsIgnoreCase(url.getScheme())
                || ("http".equalsIgnoreCase(url.getScheme()) && Loopback.is(url.getHost())));
    if (!takes) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " is not https://HOST/PATH",
          "give a URL of the form https://HOST/PATH, without a user name or #, and with a port from 1 to 65535 or without a port;"
              + " http is only for this machine, such as 127.0.0.1");
    }
    hide(url);
    return url;
  }

  /**
   * Adds the path and query of a webhook's URL to the texts that are masked in output. Parts of
   * them that look like a token are added too. All these may be secret, and a receiver may repeat
   * them in an answer. Short texts are left as they are, because they are words such as {@code
   * /lockstep}, which other messages have too.
   */
  private static void hide(URI url) {
    for (String text :
        Arrays.asList(url.getRawPath(), url.getPath(), url.getRawQuery(), url.getQuery())) {
      if (text != null && text.length() >= SHORTEST_HIDDEN) {
        SecretMask.hide(text, HIDDEN);
        StringTokenizer parts = new StringTokenizer(text, "/&=");
        while (parts.hasMoreTokens()) {
          String part = parts.nextToken();
          if (isLikeAToken(part)) {
            SecretMask.hide(part, HIDDEN);
          }
        }
      }
    }
  }

  private static boolean isLikeAToken(String part) {
    return part.length() >= SHORTEST_TOKEN && part.chars().anyMatch(c -> c >= '0' && c <= '9');
  }

  private static Secret secret(ConfigValue setting) {
    Secret secret = setting.secret();
    if (secret.reveal().length() < WebhookSink.SHORTEST_SECRET) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " has fewer than " + WebhookSink.SHORTEST_SECRET + " characters",
          "use at least that many random characters");
    }
    return secret;
  }
}
