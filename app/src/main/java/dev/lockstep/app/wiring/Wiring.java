package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.MissingExceptions;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.ingest.amqp.AmqpIngest;
import dev.lockstep.ingest.azure.EventHubs;
import dev.lockstep.ingest.capture.CaptureIngest;
import dev.lockstep.ingest.capture.CaptureSourceConfig;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.kafka.KafkaIngest;
import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.rules.Need;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Factory of the objects that the configuration describes, such as sources and enrichment. All
 * files are read and checked before anything runs.
 */
public final class Wiring {
  private static final String HUB_OF_CATEGORY = "insights-logs-";

  private Wiring() {}

  /**
   * Returns the enrichment that the configured files provide, and prints warnings about the files
   * on standard error.
   */
  public static Enrichment enrichment(Config config) {
    return enrichment(config, System.err::println);
  }

  /**
   * Returns the enrichment that the configured files provide.
   *
   * @param warnings receiver of warnings about the files, each with its fix
   * @throws OperatorException if a file cannot be used
   */
  public static Enrichment enrichment(Config config, Consumer<String> warnings) {
    try {
      Networks networks = Networks.read(config.networks());
      if (config.bundledNetworks()) {
        networks = networks.withBundledProviders();
      }
      Partners partners =
          config.partners() == null ? Partners.none() : Partners.read(config.partners());
      for (List<FileWarning> each : List.of(networks.warnings(), partners.warnings())) {
        each.forEach(warning -> warnings.accept(warning.what() + "; " + warning.fix()));
      }
      GeoDatabases geo =
          GeoDatabases.open(
              config.geoip().city(), config.geoip().asn(), config.geoip().anonymous());
      return Enrichment.of(networks, partners, geo)
          .with(exceptions(config, partners, warnings))
          .with(config.estate());
    } catch (FileProblemException e) {
      throw OperatorException.of(e);
    }
  }

  private static Exceptions exceptions(Config config, Partners partners, Consumer<String> warnings)
      throws FileProblemException {
    Path configured = config.exceptions();
    if (configured == null) {
      return Exceptions.none();
    }
    if (MissingExceptions.at(configured)) {
      warnings.accept(MissingExceptions.what(configured) + "; " + MissingExceptions.fix());
      return Exceptions.none();
    }
    return Exceptions.read(configured, config.rules().ids(), partners);
  }

  /**
   * Returns which optional logs, such as identity links, can come from the configured sources. If
   * no source is configured, all can, because another instance reads the sources.
   */
  public static JoinableLogs joinSettings(Config config) {
    if (config.sources().isEmpty()) {
      return JoinableLogs.ALL;
    }
    return new JoinableLogs(
        config.sources().stream().anyMatch(one -> mayBring(one, CategoryNames.IDENTITY_LINK)),
        config.sources().stream().anyMatch(one -> mayBring(one, CategoryNames.FRONT_DOOR)),
        config.sources().stream().anyMatch(one -> mayBring(one, CategoryNames.FIREWALL)));
  }

  /**
   * Returns whether a source may bring records of a category. If the configuration lists the
   * categories of the source, only those come. Otherwise a hub with Azure's default name for one
   * category brings only that category, and any other source may bring any. The hub of Front Door's
   * requests brings the records of its firewall as well, since deploy/azure/resources.json sends
   * both there.
   */
  private static boolean mayBring(Config.Source source, String category) {
    if (!source.brings().isEmpty()) {
      return source.brings().contains(category);
    }
    String hub = source.hub() == null ? "" : source.hub().toLowerCase(Locale.ROOT);
    String only =
        hub.startsWith(HUB_OF_CATEGORY)
            ? CategoryNames.spelled(hub.substring(HUB_OF_CATEGORY.length()))
            : null;
    return only == null
        || only.equals(category)
        || (only.equals(CategoryNames.FRONT_DOOR) && category.equals(CategoryNames.FIREWALL));
  }

  /**
   * Returns each need for a log that no configured source can provide, with the log's category.
   * Only the need for records of Front Door's firewall can be among these needs. No rule sleeps
   * because another log that Lockstep reads is missing.
   */
  public static Map<Need, String> needsWithoutSource(Config config) {
    return joinSettings(config).firewall()
        ? Map.of()
        : Map.of(Need.FIREWALL, CategoryNames.FIREWALL);
  }

  /**
   * Returns for each configured rule whether it runs, is in shadow, is off, or sleeps because
   * something that it needs is missing.
   *
   * @throws OperatorException if the networks files or the partners file cannot be used
   */
  public static List<RuleStatus> ruleStates(Config config) {
    try {
      Path file = config.partners();
      Partners partners = file == null ? Partners.none() : Partners.read(file);
      Enrichment known =
          Enrichment.of(Networks.read(config.networks()), partners, GeoDatabases.none())
              .with(config.estate());
      return RuleStatus.all(config.rules().all(), known, needsWithoutSource(config));
    } catch (FileProblemException e) {
      throw OperatorException.of(e);
    }
  }

  /**
   * Creates the reader of a source. It does nothing until it is run.
   *
   * @param raw supplier of the raw fields to read, asked at each record
   * @param instanceId id of this instance in the consumer group, for sources on a Kafka cluster;
   *     not used for Event Hubs, whose support of it is unknown
   */
  public static Ingest ingest(
      Config.Source source,
      KafkaTarget target,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock,
      String instanceId) {
    return switch (source.type()) {
      case EVENT_HUBS_KAFKA, KAFKA ->
          new KafkaIngest(groupConfig(source, instanceId), target, limits, raw, counts, clock);
      case EVENT_HUBS_AMQP ->
          new AmqpIngest(AmqpSourceConfigs.of(source), target, limits, raw, counts, clock);
      case CAPTURE ->
          new CaptureIngest(
              new CaptureSourceConfig(
                  source.name(), Objects.requireNonNull(source.capture()).folder()),
              target,
              limits,
              raw,
              counts,
              clock);
    };
  }

  private static KafkaSourceConfig groupConfig(Config.Source source, String instanceId) {
    KafkaSourceConfig config = sourceConfig(source);
    if (source.type() == Config.SourceType.EVENT_HUBS_KAFKA) {
      return config;
    }
    Map<String, Object> properties = new HashMap<>(config.consumerProperties());
    properties.putIfAbsent("group.instance.id", instanceId);
    return new KafkaSourceConfig(
        config.name(), config.topic(), properties, config.arrivalFromHeader(), config.from());
  }

  /**
   * Converts a configured source to the configuration of its reader by Kafka's protocol.
   *
   * @throws OperatorException if the source cannot be used
   * @throws IllegalArgumentException if the source is not {@link Config.SourceType#isReadByKafka
   *     read by Kafka's protocol}
   */
  public static KafkaSourceConfig sourceConfig(Config.Source source) {
    Map<String, Object> properties = new HashMap<>();
    String topic =
        switch (source.type()) {
          case EVENT_HUBS_KAFKA -> {
            properties.putAll(hubProperties(source));
            yield String.valueOf(source.hub());
          }
          case KAFKA -> {
            properties.put("bootstrap.servers", String.valueOf(source.bootstrapServers()));
            properties.put("isolation.level", "read_committed"); // what was aborted was never sent
            yield String.valueOf(source.topic());
          }
          case EVENT_HUBS_AMQP, CAPTURE ->
              throw new IllegalArgumentException(
                  "the source %s of type %s is not read by Kafka's protocol"
                      .formatted(source.name(), source.type().word()));
        };
    properties.putAll(source.properties().values());
    return new KafkaSourceConfig(
        source.name(), topic, properties, source.arrival() == Config.Arrival.HEADER, source.from());
  }

  private static Map<String, Object> hubProperties(Config.Source source) {
    Secret connectionString = source.connectionString();
    if (source.auth() != Config.Auth.CONNECTION_STRING || connectionString == null) {
      return EventHubs.kafkaProperties(
          String.valueOf(source.namespace()), AzureIdentities.of(source));
    }
    try {
      return EventHubs.kafkaProperties(connectionString.reveal());
    } catch (IllegalArgumentException e) {
      throw new OperatorException(
          "could not use the source %s: %s".formatted(Quoted.of(source.name()), e.getMessage()), e);
    }
  }
}
