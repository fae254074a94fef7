package dev.lockstep.app.config;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an operator can set, read once at start.
 *
 * @param networks the files of known networks, of which the first goes before the others
 * @param bundledNetworks whether the bundled list of providers stands behind them
 * @param partners the registry of partners, a file or a folder; null if there is none
 * @param exceptions the file or folder of expected findings, which need not be there yet; null if
 *     none
 * @param sentinel where detections are forwarded to; null if nowhere
 * @param sinks where else they are forwarded to
 * @param limits what a record, or a compressed file, may hold at most
 * @param heartbeat what a running instance says of itself to Sentinel; null for nothing
 * @param redactKey by which pseudonyms are made; null for a random one a run
 */
public record Config(
    Geoip geoip,
    List<Path> networks,
    boolean bundledNetworks,
    @Nullable Path partners,
    @Nullable Path exceptions,
    ConfiguredRules rules,
    List<Source> sources,
    Kafka kafka,
    @Nullable Sentinel sentinel,
    List<SinkConfig> sinks,
    Metrics metrics,
    Limits limits,
    @Nullable Heartbeat heartbeat,
    @Nullable Secret redactKey) {
  /** A short key can be guessed, and then whose a pseudonym is. */
  public static final int FEWEST_KEY_CHARS = 16;

  /** The name of the file that is read when none is named and the current folder has it. */
  public static final String FILE_NAME = "lockstep.yaml";

  /** Creates an unmodifiable configuration. */
  public Config {
    networks = List.copyOf(networks);
    sources = List.copyOf(sources);
    sinks = List.copyOf(sinks);
  }

  /**
   * Reads a configuration; a key's value is the environment's, else the file's, else the default.
   *
   * @param file null for environment and defaults only
   * @param environment the variables of the process; {@code LOCKSTEP_…} are read
   * @throws OperatorException if a key is unknown or a value cannot be used
   */
  public static Config read(@Nullable Path file, Map<String, String> environment) {
    return ConfigReader.read(file, environment);
  }

  /** Returns the named file, else that of the current folder if there is one, else null. */
  public static @Nullable Path find(@Nullable Path named) {
    if (named != null) {
      return named;
    }
    Path here = Path.of(FILE_NAME);
    return Files.exists(here) ? here : null;
  }

  /** Returns before which time no finding goes out: the latest that a source names, or null. */
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
   * GeoIP databases in MaxMind's format.
   *
   * @param city null if there is none
   * @param asn null if there is none
   * @param anonymous null if there is none
   */
  public record Geoip(@Nullable Path city, @Nullable Path asn, @Nullable Path anonymous) {}

  /** What kind of system a source is. */
  public enum SourceType {
    EVENT_HUBS_KAFKA,
    EVENT_HUBS_AMQP,
    KAFKA,
    CAPTURE;

    /** Returns the word of the configuration, such as {@code event-hubs-kafka}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How a client proves who it is. */
  public enum Auth {
    NONE,
    CONNECTION_STRING,
    MANAGED_IDENTITY,
    WORKLOAD_IDENTITY,
    CLIENT_SECRET;

    /** Returns the word of the configuration, such as {@code managed-identity}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Where a source's arrival times come from. */
  public enum Arrival {
    /** The time at which the record reached the hub or the broker. */
    TIMESTAMP,
    /** The header {@code lockstep-arrival}, else the record's own content. */
    HEADER
  }

  /**
   * Where messages are read from.
   *
   * @param name unique among the sources; a letter, then letters, digits, dashes
   * @param namespace host name of an Event Hubs namespace; null for a plain source, and where the
   *     connection string names it
   * @param hub name of the event hub; null for a plain source
   * @param bootstrapServers of a plain source; else null
   * @param topic of a plain source; else null
   * @param from where a source without a stored position starts: {@code earliest}, {@code latest}
   *     or an ISO 8601 time
   * @param capture where captured files lie; null for any other type
   * @param amqp how an event hub is read by AMQP; null for any other type
   * @param brings log categories that come from it and no others; empty: any may come
   */
  public record Source(
      String name,
      SourceType type,
      @Nullable String namespace,
      @Nullable String hub,
      Auth auth,
      @Nullable Secret connectionString,
      @Nullable Credentials credentials,
      @Nullable String bootstrapServers,
      @Nullable String topic,
      Arrival arrival,
      String from,
      ClientProperties properties,
      @Nullable Capture capture,
      @Nullable Amqp amqp,
      Set<String> brings) {
    /** Copies. */
    public Source {
      brings = Set.copyOf(brings);
    }
  }

  /**
   * How an event hub is read by AMQP.
   *
   * @param checkpoints where instances agree on who reads what; null for a single instance
   * @param webSockets whether port 443 is taken
   * @param proxy null for none
   */
  public record Amqp(
      String consumerGroup,
      @Nullable Checkpoints checkpoints,
      boolean webSockets,
      @Nullable Proxy proxy) {}

  /**
   * A container of blobs.
   *
   * @param connectionString of the storage account; null unless {@link Auth#CONNECTION_STRING}
   */
  public record Checkpoints(
      URI container,
      Auth auth,
      @Nullable Secret connectionString,
      @Nullable Credentials credentials) {}

  /**
   * An HTTP proxy.
   *
   * @param user null for one that asks for none
   */
  public record Proxy(String host, int port, @Nullable String user, @Nullable Secret password) {}

  /**
   * Captured files.
   *
   * @param folder where they lie, absolute
   * @param forwardFrom what ended before stays in the topic of detections; null if nothing does
   */
  public record Capture(Path folder, @Nullable Instant forwardFrom) {}

  /**
   * An Entra identity other than the machine's own.
   *
   * @param tenantId null where the environment of the workload names it
   * @param clientId null for the identity that the platform assigned
   * @param clientSecret null unless {@link Auth#CLIENT_SECRET}
   */
  public record Credentials(
      @Nullable String tenantId, @Nullable String clientId, @Nullable Secret clientSecret) {}

  /**
   * The cluster that holds the product's topics and state.
   *
   * @param stateDir folder of local state, absolute
   * @param partitions of each topic of ours, 1 to 1,024
   * @param replication of each topic of ours; -1 takes the cluster's default
   */
  public record Kafka(
      String bootstrapServers,
      String topicPrefix,
      Path stateDir,
      int partitions,
      short replication,
      ClientProperties properties) {

    /** Returns the settings that every client of this cluster starts from, as a new map. */
    public Map<String, Object> clientSettings() {
      Map<String, Object> settings = new HashMap<>(properties.values());
      settings.put("bootstrap.servers", bootstrapServers);
      return settings;
    }
  }

  /**
   * The Logs Ingestion API of Microsoft Sentinel.
   *
   * @param ruleId immutable id of the data collection rule
   * @param allowedHosts names of hosts that may have an access token beside Azure's
   * @param auth {@link Auth#NONE} for a loopback endpoint only
   * @param namedCloud null where the endpoint's host tells
   * @param maxRowsPerHour how many rows of a rule go in an hour; a rule that is not there has no
   *     cap
   * @param maxHighRowsPerHour how many rows of severity High of each rule go in an hour
   * @param dailyBudget the most that goes in a UTC day; null for no bound
   */
  public record Sentinel(
      URI endpoint,
      String ruleId,
      String stream,
      Set<String> allowedHosts,
      Auth auth,
      @Nullable Credentials credentials,
      @Nullable Cloud namedCloud,
      Map<String, Integer> maxRowsPerHour,
      int maxHighRowsPerHour,
      @Nullable DailyBudget dailyBudget) {
    /** Copies. */
    public Sentinel {
      allowedHosts = Set.copyOf(allowedHosts);
      maxRowsPerHour = Map.copyOf(maxRowsPerHour);
    }

    /**
     * Returns where rows of a stream go.
     *
     * @throws IllegalArgumentException with the fix
     */
    public SentinelConfig to(String named) {
      return SentinelConfig.of(endpoint, ruleId, named, allowedHosts);
    }

    /** Returns the cloud whose identities and tokens it takes. */
    public Cloud cloud() {
      return namedCloud == null ? Cloud.of(endpoint) : namedCloud;
    }
  }

  /**
   * What a running instance says of itself to Sentinel, again and again.
   *
   * @param interval between two beats, 10 s to a day
   * @param stream of the data collection rule that detections go by
   * @param named the instance's name; null for this machine's
   * @param laggingAfter how far behind a source is called lagging
   * @param silentAfter how long nothing may arrive until a source is called silent
   */
  public record Heartbeat(
      Duration interval,
      String stream,
      @Nullable String named,
      Duration laggingAfter,
      Duration silentAfter) {

    /** Returns the instance's name, which may have to be asked of the name server. */
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
   * Where metrics and health are served.
   *
   * @param host address to listen on, loopback by default
   * @param port 0 takes a free one
   */
  public record Metrics(String host, int port) {
    /** The port that is listened on where none is named. */
    public static final int USUAL_PORT = 9404;
  }
}
