package dev.lockstep.app.config;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.setting.EffectiveValue;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.sentinel.delivery.DailyBudget;
import dev.lockstep.sentinel.logs.Cloud;
import dev.lockstep.sentinel.logs.SentinelConfig;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of the program, read once at start.
 *
 * @param networks networks files; an earlier file takes precedence over a later one
 * @param bundledNetworks whether the bundled list of providers is used for addresses that no
 *     networks file has
 * @param partners partner registry; null for none
 * @param exceptions exceptions file, which need not exist yet; null for none
 * @param estate estate as the operator has described it
 * @param sentinel Microsoft Sentinel; null if detections are not forwarded there
 * @param sinks other sinks
 * @param limits limits of a record and of a compressed file
 * @param heartbeat heartbeats to Microsoft Sentinel; null for none
 * @param redactKey key of pseudonyms; null for a random key in each run
 * @param files files and folders that the configuration names
 */
public record Config(
    Geoip geoip,
    List<Path> networks,
    boolean bundledNetworks,
    @Nullable Path partners,
    @Nullable Path exceptions,
    Estate estate,
    ConfiguredRules rules,
    List<Source> sources,
    Kafka kafka,
    @Nullable Sentinel sentinel,
    List<SinkConfig> sinks,
    Metrics metrics,
    Limits limits,
    @Nullable Heartbeat heartbeat,
    @Nullable Secret redactKey,
    ConfiguredFiles files) {
  /**
   * Smallest number of characters of the redaction key. A shorter key could be guessed, and would
   * reveal the people behind pseudonyms.
   */
  public static final int FEWEST_KEY_CHARS = 16;

  /**
   * Name of the configuration file that is looked for in the current folder if the operator names
   * no file.
   */
  public static final String FILE_NAME = "lockstep.yaml";

  public Config {
    networks = List.copyOf(networks);
    sources = List.copyOf(sources);
    sinks = List.copyOf(sinks);
  }

  /**
   * Reads a configuration. Environment variables take precedence over the file, and the file over
   * defaults.
   *
   * @param file file, or null for environment and defaults only
   * @param environment environment variables of the process. Only variables that begin with {@code
   *     LOCKSTEP_}, or to which a value refers, are read.
   * @throws OperatorException if a key is unknown or a value cannot be used
   */
  public static Config read(@Nullable Path file, Map<String, String> environment) {
    return ConfigReader.read(file, environment);
  }

  /**
   * Reads a configuration, and loads its rules with the given loader. The loader loads the rules in
   * the configured folders. It may also load further files, or leave some out.
   *
   * @param rules loader of the rules in jars and Sigma files
   */
  public static Config read(
      @Nullable Path file, Map<String, String> environment, RuleLoader rules) {
    return ConfigReader.read(file, environment, rules);
  }

  public static ConfiguredRules rules(
      @Nullable Path file, Map<String, String> environment, RuleLoader rules) {
    return ConfigReader.rules(file, environment, rules);
  }

  /**
   * Returns the configuration values in effect, in the order in which they are read.
   *
   * @throws OperatorException if a key is unknown or a value cannot be used
   */
  public static List<EffectiveValue> effectiveValues(
      @Nullable Path file, Map<String, String> environment) {
    Map<String, EffectiveValue> values = new LinkedHashMap<>();
    ConfigReader.read(file, ConfigReader.parse(file), environment, new RuleLoader(), values);
    return List.copyOf(values.values());
  }

  /**
   * Returns the paths of the rule folders in a configuration, without reading the folders.
   *
   * @param file file, or null to read the environment alone
   */
  public static List<Path> ruleFolders(@Nullable Path file, Map<String, String> environment) {
    return ConfigReader.ruleFolders(file, environment);
  }

  /**
   * Returns the named configuration file, else {@code lockstep.yaml} in the current folder, or null
   * if there is neither.
   */
  public static @Nullable Path find(@Nullable Path named) {
    if (named != null) {
      if (named.toString().isBlank()) { // a variable of a script that is not set
        throw new OperatorException(
            "could not use the configuration: the option --config is empty; give a file, or leave"
                + " out the option");
      }
      return named;
    }
    Path here = Path.of(FILE_NAME);
    return Files.exists(here) ? here : null;
  }

  /**
   * Returns the earliest end time of the findings that are sent to sinks, or null if findings of
   * all times are sent. It is the latest {@code forwardFrom} of the sources of type {@code
   * capture}.
   */
  public @Nullable Instant forwardFrom() {
    Instant latest = null;
    for (Source source : sources) {
      Instant from = source.capture() == null ? null : source.capture().forwardFrom();
      if (from != null && (latest == null || from.isAfter(latest))) {
        latest = from;
      }
    }
    return latest;
  }

  /**
   * Paths of the GeoIP databases, which are in MaxMind's format.
   *
   * @param city city database; null for none
   * @param asn ASN database; null for none
   * @param anonymous database of anonymisers; null for none
   */
  public record Geoip(@Nullable Path city, @Nullable Path asn, @Nullable Path anonymous) {}

  /**
   * Type of a source. Most code that depends on the type is a switch expression that handles each
   * type by name. A new type therefore does not compile until each such expression handles it.
   */
  public enum SourceType {
    EVENT_HUBS_KAFKA,
    EVENT_HUBS_AMQP,
    KAFKA,
    CAPTURE;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether sources of this type are read by Kafka's protocol. */
    public boolean isReadByKafka() {
      return switch (this) {
        case EVENT_HUBS_KAFKA, KAFKA -> true;
        case EVENT_HUBS_AMQP, CAPTURE -> false;
      };
    }
  }

  /** Kind of credential of a client, or {@link #NONE} for a client without one. */
  public enum Auth {
    NONE,
    CONNECTION_STRING,
    MANAGED_IDENTITY,
    WORKLOAD_IDENTITY,
    CLIENT_SECRET;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Origin of the arrival times of a source's messages: their timestamps or their headers. */
  public enum Arrival {
    /** Arrival time from the timestamp of the message in the event hub or Kafka topic. */
    TIMESTAMP,
    /**
     * Arrival time from the header {@code lockstep-arrival} of the Kafka message, or from a time in
     * the message if the header is missing.
     */
    HEADER
  }

  /**
   * Configuration of a source.
   *
   * @param name name, unique among the sources: a letter, then letters, digits, dashes
   * @param namespace host name of an Event Hubs namespace; null if the connection string names it,
   *     and for a source that is no event hub
   * @param hub name of the event hub; null for a source that is no event hub
   * @param bootstrapServers servers of a source of type {@code kafka}; null for any other type
   * @param topic topic of a source of type {@code kafka}; null for any other type
   * @param from where reading begins if no position is stored: {@code earliest}, {@code latest} or
   *     an ISO 8601 time
   * @param capture folder of captured files; null for any other type
   * @param amqp AMQP settings; null for any other type
   * @param brings all log categories that this source delivers; if empty, a hub named {@code
   *     insights-logs-CATEGORY} delivers that category, and any other source may deliver any
   */
  public record Source(
      String name,
      SourceType type,
      @Nullable String namespace,
      @Nullable String hub,
      Auth auth,
      @Nullable Secret connectionString,
      Credentials credentials,
      @Nullable String bootstrapServers,
      @Nullable String topic,
      Arrival arrival,
      String from,
      ClientProperties properties,
      @Nullable Capture capture,
      @Nullable Amqp amqp,
      Set<String> brings) {
    /**
     * Creates the configuration of a source.
     *
     * @throws IllegalArgumentException if the source lacks the settings of its type, or has those
     *     of another type
     */
    public Source {
      if ((capture != null) != (type == SourceType.CAPTURE)
          || (amqp != null) != (type == SourceType.EVENT_HUBS_AMQP)) {
        throw new IllegalArgumentException(
            "the source %s of type %s lacks the settings of its type, or has settings of another type"
                .formatted(name, type.word()));
      }
      brings = Set.copyOf(brings);
    }
  }

  /**
   * AMQP settings of an event hub.
   *
   * @param checkpoints blob container by which instances share out the partitions; null for a
   *     single instance
   * @param webSockets whether AMQP runs over port 443
   * @param proxy HTTP proxy; null for none
   */
  public record Amqp(
      String consumerGroup,
      @Nullable Checkpoints checkpoints,
      boolean webSockets,
      @Nullable Proxy proxy) {}

  /**
   * Azure Blob Storage container through which instances share out the partitions of an event hub.
   *
   * @param connectionString connection string of the storage account; null unless {@link
   *     Auth#CONNECTION_STRING}
   */
  public record Checkpoints(
      URI container, Auth auth, @Nullable Secret connectionString, Credentials credentials) {}

  /**
   * HTTP proxy through which AMQP in web sockets reaches Azure.
   *
   * @param user user name, or null for a proxy without authentication
   */
  public record Proxy(String host, int port, @Nullable String user, @Nullable Secret password) {}

  /**
   * Folder of captured files that a source reads, with the earliest end time of findings that are
   * sent to sinks.
   *
   * @param folder absolute path of the folder
   * @param forwardFrom earliest end time of a finding that is sent to a sink, whatever source the
   *     finding comes from; null if this source sets no limit
   */
  public record Capture(Path folder, @Nullable Instant forwardFrom) {}

  /**
   * Tenant id, client id and client secret of an Entra identity, each null if the configuration
   * does not have it.
   *
   * @param tenantId tenant id, or null if the workload's environment names it
   * @param clientId client id, or null for the identity that the platform assigned
   * @param clientSecret client secret; null unless {@link Auth#CLIENT_SECRET}
   */
  public record Credentials(
      @Nullable String tenantId, @Nullable String clientId, @Nullable Secret clientSecret) {
    static final Credentials NONE = new Credentials(null, null, null);
  }

  /**
   * Kafka cluster that has the topics and the state of Lockstep.
   *
   * @param stateDir folder of local state, absolute
   * @param partitions partitions of each own topic, 1 to 1,024, except the topics of positions and
   *     of published rules, which have one
   * @param replication replicas of each own topic; -1 takes the cluster's default
   */
  public record Kafka(
      String bootstrapServers,
      String topicPrefix,
      Path stateDir,
      int partitions,
      short replication,
      ClientProperties properties) {
    /**
     * Free space in bytes on the disk of {@code stateDir}, below which the role {@code detect}
     * stops.
     */
    public static final long LEAST_STATE_ROOM = 64L << 20;

    /** Returns, in a new map, the properties that every Kafka client of this cluster gets. */
    public Map<String, Object> clientSettings() {
      Map<String, Object> settings = new HashMap<>(properties.values());
      settings.put("bootstrap.servers", bootstrapServers);
      return settings;
    }

    /**
     * Returns, in a new map, the properties of a consumer that reads Lockstep's own topics from the
     * beginning and commits nothing.
     */
    public Map<String, Object> readerSettings() {
      Map<String, Object> settings = clientSettings();
      settings.put("isolation.level", "read_committed");
      settings.put("enable.auto.commit", false);
      settings.put("allow.auto.create.topics", false);
      settings.put("auto.offset.reset", "earliest");
      return settings;
    }
  }

  /**
   * Stream of a table in Sentinel's data lake, with the data collection rule of that stream.
   *
   * @param ruleId immutable id of the data collection rule
   */
  public record Lake(URI endpoint, String ruleId, String stream) {}

  /**
   * Settings of the Logs Ingestion API of Microsoft Sentinel.
   *
   * @param ruleId immutable id of the data collection rule
   * @param allowedHosts host names other than Azure's that may receive an access token
   * @param auth {@link Auth#NONE} for a loopback endpoint only
   * @param namedCloud cloud, or null if the endpoint's host determines it
   * @param maxRowsPerHour cap of each rule: number of rows in an hour above which its rows of
   *     severity Medium and below are held back; a rule that is absent has no cap
   * @param maxHighRowsPerHour largest number of rows of severity High of each rule in an hour
   * @param dailyBudget number of rows and bytes in a UTC day above which rows of severity Medium
   *     and below are held back; null for no limit
   * @param lake stream of a table in the data lake for all evidence; null if the rows of detections
   *     have the evidence
   */
  public record Sentinel(
      URI endpoint,
      String ruleId,
      String stream,
      Set<String> allowedHosts,
      Auth auth,
      Credentials credentials,
      @Nullable Cloud namedCloud,
      Map<String, Integer> maxRowsPerHour,
      int maxHighRowsPerHour,
      @Nullable DailyBudget dailyBudget,
      @Nullable Lake lake) {
    public Sentinel {
      allowedHosts = Set.copyOf(allowedHosts);
      maxRowsPerHour = Map.copyOf(maxRowsPerHour);
    }

    /**
     * Returns the settings of the Logs Ingestion API for a named stream of the detections' data
     * collection rule.
     *
     * @throws IllegalArgumentException if a setting cannot be used; its message has the fix
     */
    public SentinelConfig to(String named) {
      return SentinelConfig.of(endpoint, ruleId, named, allowedHosts);
    }

    /**
     * Returns the settings of the Logs Ingestion API for sending evidence to a table in Sentinel's
     * data lake.
     *
     * @throws IllegalArgumentException if a setting cannot be used; its message has the fix
     */
    public SentinelConfig to(Lake into) {
      return SentinelConfig.of(into.endpoint(), into.ruleId(), into.stream(), allowedHosts);
    }

    /**
     * Returns the configured Azure cloud, or else the cloud that the host name of the Logs
     * Ingestion endpoint shows. The endpoint accepts only identities and tokens of that cloud.
     */
    public Cloud cloud() {
      return namedCloud == null ? Cloud.of(endpoint) : namedCloud;
    }
  }

  /**
   * Settings of the heartbeats to Microsoft Sentinel.
   *
   * @param interval time between two heartbeats, 10 s to a day
   * @param stream stream of the detections' data collection rule
   * @param named name of the instance; null for the machine's name
   * @param laggingAfter age of the newest record that was read, above which a source with unread
   *     records counts as lagging
   * @param silentAfter time without arrivals from which a source counts as silent
   */
  public record Heartbeat(
      Duration interval,
      String stream,
      @Nullable String named,
      Duration laggingAfter,
      Duration silentAfter) {

    /**
     * Returns the configured name of the instance, or else the name of the machine. A look-up of
     * the machine's name may take long.
     */
    public String instance() {
      if (named != null) {
        return named;
      }
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
  }

  /**
   * Address at which metrics and health are served.
   *
   * @param host address to listen on, loopback by default
   * @param port port; 0 takes a free one
   */
  public record Metrics(String host, int port) {
    public static final int USUAL_PORT = 9404;
  }
}
