package dev.lockstep.app.config;

import dev.lockstep.app.file.SmallFile;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.rules.RulesReader;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.EffectiveValue;
import dev.lockstep.app.setting.Environment;
import dev.lockstep.app.setting.JudgingCommands;
import dev.lockstep.app.setting.References;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reader of {@code lockstep.yaml} and the environment into a {@link Config}. Keys are declared with
 * their bounds here or in the reader of their section.
 */
final class ConfigReader {
  static final String SECRET_FIX = "set it to ${env:NAME} or ${file:PATH}";
  static final List<Config.Auth> AUTH_OF_HUBS =
      List.of(
          Config.Auth.CONNECTION_STRING,
          Config.Auth.MANAGED_IDENTITY,
          Config.Auth.WORKLOAD_IDENTITY,
          Config.Auth.CLIENT_SECRET);

  private static final ConfigKey<Path> CITY =
      ConfigKey.file("city", "The database of cities and countries, such as GeoLite2-City.mmdb.");
  private static final ConfigKey<Path> ASN =
      ConfigKey.file("asn", "The database of autonomous systems, such as GeoLite2-ASN.mmdb.");
  private static final ConfigKey<Path> ANONYMOUS =
      ConfigKey.file("anonymous", "The database of anonymisers, such as GeoIP2-Anonymous-IP.mmdb.");
  private static final ConfigKeys GEOIP =
      ConfigKeys.mapping(
              "geoip",
              "GeoIP databases in MaxMind's format; all of them are optional. They are read at start.",
              List.of(CITY, ASN, ANONYMOUS))
          .readBy(JudgingCommands.and("doctor"));

  private static final ConfigKey<Path> NETWORKS =
      ConfigKey.file(
              "networks",
              "Files of known networks; if two files list the same network, the first file counts.")
          .list()
          .readBy(JudgingCommands.and("doctor"));
  private static final ConfigKey<Boolean> BUNDLED_NETWORKS =
      ConfigKey.flag(
              "bundledNetworks",
              "Whether the bundled list of large providers gives the class and organisation of an"
                  + " address if neither networks files nor databases do.")
          .byDefault("true")
          .readBy(JudgingCommands.and("doctor"));
  private static final ConfigKey<Path> PARTNERS =
      ConfigKey.fileOrFolder(
              "partners",
              "The file of partners, or a folder of such files. With a file, the folder"
                  + " partners.d next to the file is read too.")
          .readBy(JudgingCommands.and("accept", "doctor"));
  private static final ConfigKey<Path> EXCEPTIONS =
      ConfigKey.path(
              "exceptions",
              "The file of exceptions, or a folder of such files. The path need not exist yet."
                  + " With a file, the folder exceptions.d next to the file is read too.")
          .readBy(JudgingCommands.and("accept", "doctor"));

  private static final ConfigKey<String> BOOTSTRAP_SERVERS =
      servers(BootstrapServers::parseOfState, "The servers of the cluster.")
          .byDefault("localhost:9092");
  private static final ConfigKey<String> TOPIC_PREFIX =
      topic("topicPrefix", 200, "The prefix of the names of all topics and groups.")
          .byDefault("lockstep.");
  private static final ConfigKey<Path> STATE_DIR =
      ConfigKey.path("stateDir", "The folder of local state.").byDefault("state");
  private static final ConfigKey<Integer> PARTITIONS =
      ConfigKey.integer(
              "partitions",
              1,
              1024,
              "The number of partitions of each topic that Lockstep creates, except the topics of"
                  + " positions and of published rules, which have one.")
          .byDefault(4);
  private static final ConfigKey<Short> REPLICATION =
      ConfigKey.number(
              "replication",
              ConfigKey.Type.INTEGER,
              -1,
              32,
              ConfigReader::copies,
              "The number of replicas of each topic that Lockstep creates; -1 takes the cluster's"
                  + " default, 0 is not allowed.")
          .byDefault(-1);
  static final ConfigKeys PROPERTIES =
      ConfigKeys.free("properties", "Settings of Kafka clients, under Kafka's names.");
  private static final ConfigKeys KAFKA =
      ConfigKeys.mapping(
              "kafka",
              "The cluster with the topics and the state of Lockstep.",
              List.of(BOOTSTRAP_SERVERS, TOPIC_PREFIX, STATE_DIR, PARTITIONS, REPLICATION))
          .with(List.of(PROPERTIES))
          .readBy(
              "run",
              "positions",
              "detections",
              "dead-letters",
              "erase",
              "rules",
              "accept",
              "doctor");

  private static final ConfigKey<Secret> KEY =
      ConfigKey.secret(
          "key",
          ConfigReader::redactKey,
          "The key of the pseudonyms, 16 characters or more; by default a random key for each"
              + " run.");
  private static final ConfigKeys REDACT =
      ConfigKeys.mapping("redact", "Pseudonyms in place of people.", List.of(KEY))
          .readBy("replay", "explain", "erase");

  private static final int MOST_THREADS = 1024;
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
    return read(file, variables, new RuleLoader());
  }

  static Config read(@Nullable Path file, Map<String, String> variables, RuleLoader rules) {
    return read(file, parse(file), variables, rules, new LinkedHashMap<>());
  }

  static ConfiguredRules rules(
      @Nullable Path file, Map<String, String> variables, RuleLoader rules) {
    return RulesReader.read(root(file, variables), rules);
  }

  /**
   * Reads a configuration from a parsed file and environment variables.
   *
   * @param effective receiver of each value that is in effect, by its key
   */
  static Config read(
      @Nullable Path file,
      @Nullable Node parsed,
      Map<String, String> variables,
      RuleLoader loader,
      Map<String, EffectiveValue> effective) {
    Environment environment = new Environment(variables);
    Section.Context context = context(file, environment, effective);
    Section root = root(context, parsed);
    Section geoip = root.section(GEOIP);
    ConfiguredRules rules = RulesReader.read(root, loader);
    Config.Kafka kafka = kafka(root);
    Config.Geoip databases =
        new Config.Geoip(geoip.optional(CITY), geoip.optional(ASN), geoip.optional(ANONYMOUS));
    List<Path> networks = root.values(NETWORKS);
    boolean bundled = root.value(BUNDLED_NETWORKS);
    Path partners = root.optional(PARTNERS);
    Path exceptions = root.optional(EXCEPTIONS);
    Estate estate = EstateReader.read(root, context);
    List<Config.Source> sources = SourcesReader.read(root, context, kafka);
    Config config =
        new Config(
            databases,
            networks,
            bundled,
            partners,
            exceptions,
            estate,
            rules,
            sources,
            kafka,
            SentinelReader.read(root, rules),
            SinksReader.read(root, context, kafka, sources),
            MetricsReader.read(root),
            LimitsReader.read(root),
            HeartbeatReader.read(root, variables),
            root.section(REDACT).optional(KEY),
            new ConfiguredFiles(context.files()));
    environment.refuseUnknown();
    return config;
  }

  static List<Path> ruleFolders(@Nullable Path file, Map<String, String> variables) {
    return RulesReader.folders(root(file, variables));
  }

  private static Section root(@Nullable Path file, Map<String, String> variables) {
    return root(context(file, new Environment(variables), new LinkedHashMap<>()), parse(file));
  }

  private static Section.Context context(
      @Nullable Path file, Environment environment, Map<String, EffectiveValue> effective) {
    SecretMask.begin(file == null ? null : file.toAbsolutePath().toString());
    Path base = file == null ? Path.of("") : file.toAbsolutePath().getParent();
    Path folder = (base == null ? Path.of("") : base).toAbsolutePath();
    Map<Path, String> files = new LinkedHashMap<>();
    return new Section.Context(
        file == null ? "defaults" : file.toString(),
        folder,
        environment,
        new References(environment, folder, files),
        effective,
        files);
  }

  private static Section root(Section.Context context, @Nullable Node parsed) {
    return new Section(
        context, "", List.of(Environment.PREFIX), parsed, keys(RuleCatalogue.builtIn()));
  }

  static ConfigKeys keys(RuleCatalogue catalogue) {
    return ConfigKeys.mapping(
            "",
            "Everything that an operator can set.",
            List.of(NETWORKS, BUNDLED_NETWORKS, PARTNERS, EXCEPTIONS))
        .with(
            List.of(
                GEOIP,
                EstateReader.KEYS,
                RulesReader.keys(catalogue),
                SourcesReader.KEYS,
                KAFKA,
                SentinelReader.keys(catalogue.ids()),
                SinksReader.KEYS,
                MetricsReader.KEYS,
                LimitsReader.KEYS,
                HeartbeatReader.KEYS,
                REDACT));
  }

  private static Secret redactKey(ConfigValue key) {
    Secret secret = key.secret();
    if (secret.reveal().length() < Config.FEWEST_KEY_CHARS) {
      throw OperatorException.inConfig(
          key.origin(),
          key.key() + " has fewer than " + Config.FEWEST_KEY_CHARS + " characters",
          "give a random key, such as the output of the command openssl rand -hex 32");
    }
    return secret;
  }

  /** Parses a configuration file, or returns null if the file is null or empty. */
  static @Nullable Node parse(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      return new Compose(settings).composeString(SmallFile.read(file)).orElse(null);
    } catch (SmallFile.TooLargeException e) {
      throw OperatorException.inConfig(
          file.toString(),
          "the file is larger than 1 MiB",
          "shorten the file, or name another one with --config");
    } catch (StackOverflowError e) { // the parser has no limit of depth
      throw OperatorException.inConfig(
          file.toString(),
          "lists or mappings are nested too deep",
          "use fewer levels, or name another file with --config");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      throw OperatorException.inConfig(
          file + ":" + line,
          "is not YAML (" + Quoted.excerpt(withoutName(String.valueOf(e.getProblem())), 120) + ")",
          "fix this line, or one above");
    } catch (CharacterCodingException e) {
      throw OperatorException.inConfig(
          file.toString(),
          "the file is not UTF-8",
          "save the file as UTF-8, or name another one with --config");
    } catch (YamlEngineException e) {
      throw OperatorException.inConfig(
          file.toString(),
          "is not YAML (" + Quoted.of(e.getMessage()) + ")",
          "save the file as YAML in UTF-8");
    } catch (IOException e) {
      throw OperatorException.inConfig(
          file.toString(),
          Files.isDirectory(file)
              ? "it is a folder"
              : Files.exists(file) ? "the file cannot be read" : "there is no such file",
          "name an existing and readable file with --config");
    }
  }

  private static String withoutName(String problem) {
    // YAML parses a secret that begins with an asterisk as the name of an alias
    for (String word : List.of("alias", "anchor", "handle")) {
      int at = problem.indexOf(word);
      if (at >= 0) {
        return problem.substring(0, at + word.length());
      }
    }
    return problem;
  }

  private static Config.Kafka kafka(Section root) {
    Section kafka = root.section(KAFKA);
    ConfigValue threads = kafka.free(PROPERTIES).get("num.stream.threads");
    if (threads != null) {
      threads.integer(1, MOST_THREADS); // without a thread, detect would wait for ever
    }
    return new Config.Kafka(
        kafka.value(BOOTSTRAP_SERVERS),
        kafka.value(TOPIC_PREFIX),
        kafka.value(STATE_DIR),
        kafka.value(PARTITIONS),
        kafka.value(REPLICATION),
        properties(kafka));
  }

  private static short copies(ConfigValue setting) {
    int copies = setting.integer(-1, 32);
    if (copies == 0) {
      throw setting.bad(
          "is not a number of replicas", "give 1 to 32, or -1 for the cluster's default");
    }
    return (short) copies;
  }

  static List<ConfigKey<?>> join(List<ConfigKey<?>> first, List<ConfigKey<?>> second) {
    List<ConfigKey<?>> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  static ClientProperties properties(Section section) {
    Map<String, ConfigValue> written = section.free(PROPERTIES);
    ClientPropertyBounds.check(written);
    Map<String, String> values = new LinkedHashMap<>();
    written.forEach(
        (key, setting) -> {
          values.put(key, setting.value());
          hide(key, setting.value());
        });
    return new ClientProperties(values);
  }

  private static void hide(String key, String value) {
    // Kafka's clients log parts of values that they cannot parse
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

  static ConfigKey<String> servers(String sentence) {
    return servers(BootstrapServers::parse, sentence);
  }

  private static ConfigKey<String> servers(Function<ConfigValue, String> parser, String sentence) {
    return ConfigKey.text("bootstrapServers", "`HOST:PORT`, several with commas", parser, sentence)
        .fixIfMissing("set it to HOST:PORT");
  }

  static ConfigKey<String> topic(String name, int maxChars, String sentence) {
    return ConfigKey.text(
        name,
        "letters, digits, dots, dashes and underscores",
        setting -> parseTopic(setting, maxChars),
        sentence);
  }

  private static String parseTopic(ConfigValue setting, int maxChars) {
    String text = setting.text();
    boolean fits =
        text.length() <= maxChars
            && text.chars()
                .allMatch(
                    c ->
                        (c < 128 && Character.isLetterOrDigit(c))
                            || c == '.'
                            || c == '_'
                            || c == '-');
    if (!fits) {
      throw setting.bad(
          "is not a topic name",
          "give letters, digits, dots, dashes and underscores, " + maxChars + " at most");
    }
    return text;
  }
}
