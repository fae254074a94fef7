package dev.lockstep.app.config;

import dev.lockstep.app.file.SmallFile;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleJars;
import dev.lockstep.app.rules.RulesReader;
import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Environment;
import dev.lockstep.app.setting.References;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Quoted;
import dev.lockstep.schemas.SecretMask;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code lockstep.yaml} and the environment into a {@link Config}. */
final class ConfigReader {
  private static final Set<String> JAAS_WORDS =
      Set.of(
          "required",
          "requisite",
          "sufficient",
          "optional",
          "username",
          "password",
          "clientId",
          "clientSecret",
          "scope",
          "serviceName",
          "keyTab",
          "principal",
          "useKeyTab",
          "storeKey");

  private ConfigReader() {}

  static Config read(@Nullable Path file, Map<String, String> variables) {
    return read(file, file == null ? null : parse(file), variables, new RuleJars());
  }

  /** The same of a file that is parsed already, with jars that may be loaded already. */
  static Config read(
      @Nullable Path file, @Nullable Node parsed, Map<String, String> variables, RuleJars jars) {
    SecretMask.begin(file == null ? null : file.toAbsolutePath().toString());
    Path base = file == null ? Path.of("") : file.toAbsolutePath().getParent();
    Path folder = (base == null ? Path.of("") : base).toAbsolutePath();
    Environment environment = new Environment(variables);
    Section.Context context =
        new Section.Context(
            file == null ? "defaults" : file.toString(),
            folder,
            environment,
            new References(environment, folder));
    Section root =
        new Section(
            context,
            "",
            List.of(Environment.PREFIX),
            parsed,
            Keys.of("networks", "bundledNetworks", "partners", "exceptions")
                .and(
                    "geoip",
                    "rules",
                    "sources",
                    "kafka",
                    "sentinel",
                    "sinks",
                    "metrics",
                    "limits",
                    "heartbeat",
                    "redact"));
    Section geoip = root.section("geoip", Keys.of("city", "asn", "anonymous"));
    ConfiguredRules rules = RulesReader.read(root, jars);
    Config config =
        new Config(
            new Config.Geoip(
                existingFile(geoip, "city"),
                existingFile(geoip, "asn"),
                existingFile(geoip, "anonymous")),
            root.settings("networks").stream().map(ConfiguredValue::existingFile).toList(),
            root.yesOrNo("bundledNetworks", true),
            existingFile(root, "partners"),
            path(root, "exceptions"),
            rules,
            SourcesReader.read(root, context),
            kafka(root, folder),
            SentinelReader.read(root, rules),
            SinksReader.read(root, context),
            metrics(root),
            LimitsReader.read(root),
            HeartbeatReader.read(root, variables),
            redactKey(root));
    environment.refuseUnknown();
    return config;
  }

  private static @Nullable Secret redactKey(Section root) {
    ConfiguredValue key = root.section("redact", Keys.of("key")).setting("key");
    if (key != null && key.secret().reveal().length() < Config.FEWEST_KEY_CHARS) {
      throw OperatorException.inConfig(
          key.origin(),
          key.key() + " has fewer than " + Config.FEWEST_KEY_CHARS + " characters",
          "give a random one, such as that of openssl rand -hex 32");
    }
    return key == null ? null : key.secret();
  }

  static @Nullable Node parse(Path file) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      return new Compose(settings).composeString(SmallFile.read(file)).orElse(null);
    } catch (SmallFile.TooLargeException e) {
      throw OperatorException.inConfig(
          file.toString(), "the file is larger than 1 MiB", "name the right file");
    } catch (StackOverflowError e) { // its parser knows no bound
      throw OperatorException.inConfig(
          file.toString(),
          "lists or mappings lie too deep within each other",
          "name the right file");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      throw OperatorException.inConfig(
          file + ":" + line,
          "is not YAML (" + Quoted.excerpt(withoutName(String.valueOf(e.getProblem())), 120) + ")",
          "fix this line");
    } catch (YamlEngineException | CharacterCodingException e) {
      throw OperatorException.inConfig(
          file.toString(),
          "is not YAML (" + Quoted.of(e.getMessage()) + ")",
          "write it as YAML in UTF-8");
    } catch (IOException e) {
      throw OperatorException.inConfig(
          file.toString(),
          Files.isDirectory(file)
              ? "it is a folder"
              : Files.exists(file) ? "the file cannot be read" : "there is no such file",
          "name an existing file with --config");
    }
  }

  /** An alias that is not defined is a value without quotes that begins with an asterisk. */
  private static String withoutName(String problem) {
    for (String word : List.of("alias", "anchor", "handle")) {
      int at = problem.indexOf(word);
      if (at >= 0) {
        return problem.substring(0, at + word.length());
      }
    }
    return problem;
  }

  private static Config.Kafka kafka(Section root, Path folder) {
    Section kafka =
        root.section(
            "kafka",
            Keys.of("bootstrapServers", "topicPrefix", "stateDir", "partitions", "replication")
                .and("properties"));
    ConfiguredValue servers = kafka.setting("bootstrapServers");
    ConfiguredValue prefix = kafka.setting("topicPrefix");
    ConfiguredValue stateDir = kafka.setting("stateDir");
    return new Config.Kafka(
        servers == null ? "localhost:9092" : servers(servers),
        prefix == null ? "lockstep." : topicName(prefix, 200),
        stateDir == null ? folder.resolve("state") : stateDir.path(),
        kafka.integer("partitions", 4, 1, 1024),
        replication(kafka),
        properties(kafka));
  }

  private static short replication(Section kafka) {
    ConfiguredValue setting = kafka.setting("replication");
    int copies = setting == null ? -1 : setting.integer(-1, 32);
    if (setting != null && copies == 0) {
      throw setting.bad("is no number of copies", "give 1 to 32, or -1 for the cluster's default");
    }
    return (short) copies;
  }

  private static Config.Metrics metrics(Section root) {
    Section metrics = root.section("metrics", Keys.of("host", "port"));
    ConfiguredValue host = metrics.setting("host");
    return new Config.Metrics(
        host == null ? "127.0.0.1" : host.text(),
        metrics.integer("port", Config.Metrics.USUAL_PORT, 0, 65535));
  }

  static Config.@Nullable Credentials credentials(Section section, Config.Auth auth) {
    ConfiguredValue tenant = section.setting("tenantId");
    ConfiguredValue client = section.setting("clientId");
    ConfiguredValue secret = section.setting("clientSecret");
    boolean all = auth == Config.Auth.CLIENT_SECRET;
    boolean some = all || auth == Config.Auth.WORKLOAD_IDENTITY;
    refuseUnless(all, secret, auth);
    refuseUnless(some, tenant, auth);
    refuseUnless(some || auth == Config.Auth.MANAGED_IDENTITY, client, auth);
    if (all) {
      tenant = section.required("tenantId", "set it to the directory of the application");
      client = section.required("clientId", "set it to the application's id");
      secret = section.required("clientSecret", "set it to ${env:NAME} or ${file:PATH}");
    }
    return tenant == null && client == null && secret == null
        ? null
        : new Config.Credentials(
            tenant == null ? null : tenant.text(),
            client == null ? null : client.text(),
            secret == null ? null : secret.secret());
  }

  static void refuseUnless(boolean fits, @Nullable ConfiguredValue setting, Config.Auth auth) {
    if (!fits && setting != null) {
      throw OperatorException.inConfig(
          setting.origin(),
          setting.key() + " does not go with auth " + auth.word(),
          "remove it, or choose another auth");
    }
  }

  static Map<String, Config.Auth> words(Config.Auth... allowed) {
    Map<String, Config.Auth> words = new LinkedHashMap<>();
    for (Config.Auth auth : allowed) {
      words.put(auth.word(), auth);
    }
    return words;
  }

  static ClientProperties properties(Section section) {
    Map<String, String> values = new LinkedHashMap<>();
    section
        .free("properties")
        .forEach(
            (key, setting) -> {
              values.put(key, setting.value());
              hide(key, setting.value());
            });
    return new ClientProperties(values);
  }

  /** Kafka's clients repeat parts of what they cannot read, such as a word of a JAAS line. */
  private static void hide(String key, String value) {
    boolean jaas = key.endsWith("jaas.config");
    if (jaas || key.contains("password") || key.contains("secret") || key.endsWith(".key")) {
      SecretMask.hide(value, "(hidden)");
    }
    if (jaas) {
      StringTokenizer words = new StringTokenizer(value, " \t\r\n\"'=;");
      while (words.hasMoreTokens()) {
        String word = words.nextToken();
        if (!JAAS_WORDS.contains(word) && !word.endsWith("LoginModule")) {
          SecretMask.hide(word, "(hidden)");
        }
      }
    }
  }

  /** Returns {@code HOST:PORT} pairs as written, each checked. */
  static String servers(ConfiguredValue setting) {
    String text = setting.text().strip();
    int start = 0;
    while (start <= text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      String server = text.substring(start, end).strip();
      int colon = server.lastIndexOf(':');
      if (colon <= 0 || !isPort(server.substring(colon + 1)) || server.contains("/")) {
        throw setting.bad("is not a list of servers", "give HOST:PORT, several with commas");
      }
      start = end + 1;
    }
    return text;
  }

  private static boolean isPort(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= 65535;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  static String topicName(ConfiguredValue setting, int maxChars) {
    String text = setting.text();
    boolean fits =
        text.length() <= maxChars
            && text.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '.'
                            || c == '_'
                            || c == '-');
    if (!fits) {
      throw setting.bad(
          "is no topic's name",
          "give letters, digits, dots, dashes and underscores, " + maxChars + " at most");
    }
    return text;
  }

  private static @Nullable Path path(Section section, String key) {
    ConfiguredValue setting = section.setting(key);
    return setting == null ? null : setting.path();
  }

  private static @Nullable Path existingFile(Section section, String key) {
    ConfiguredValue setting = section.setting(key);
    return setting == null ? null : setting.existingFile();
  }
}
