package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.TopicAdmin;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.AzureIdentities;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.kafka.KafkaOffsets;
import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import dev.lockstep.rules.Need;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * Checks of a source that is read by Kafka's protocol: servers, credential, hub, retention,
 * position, and a sample of the newest records. Nothing is committed or written.
 */
final class KafkaSourceChecks {
  private static final int POSITIONS_SECONDS = 3;
  private static final Duration BEHIND = Duration.ofMinutes(10);
  private static final String RETENTION = "retention.ms";

  private final Config config;
  private final Config.Source source;
  private final CompletableFuture<List<SourceBacklogs.Row>> positions;
  private final HubSample sample;
  private final InstantSource clock;
  private final boolean azure;

  KafkaSourceChecks(
      Config config,
      Config.Source source,
      CompletableFuture<List<SourceBacklogs.Row>> positions,
      HubSample sample,
      InstantSource clock) {
    this.config = config;
    this.source = source;
    this.positions = positions;
    this.sample = sample;
    this.clock = clock;
    this.azure = source.type() == Config.SourceType.EVENT_HUBS_KAFKA;
  }

  void look(CheckReport into) throws InterruptedException {
    KafkaSourceConfig read = Wiring.sourceConfig(source);
    Map<String, Object> settings = ClusterChecks.quick(read.consumerProperties());
    String servers = String.valueOf(settings.get("bootstrap.servers"));
    if (!ClusterChecks.anyReached(into, servers) || !hasToken(into)) {
      return;
    }

    into.begin(
        "an answer from " + servers + " in Kafka's protocol",
        "check the port, security.protocol and the hub's tier, or set type to event-hubs-amqp");
    try {
      try (CloseAction<Admin> opened = ClusterChecks.admin(settings)) {
        look(into, opened.it(), read);
        if (!azure && !ClusterChecks.mayUse(opened.it(), group())) {
          into.fail("this credential may not use the group " + group(), "grant Read on the group");
        }
      }
      into.beginExtra(
          "reading the newest records", "try again when this machine and the hub are less busy");
      if (HubReader.read(read, settings, sample)) {
        sample.end(source.name());
      }
    } catch (KafkaException | ExecutionException e) {
      KafkaFault fault = KafkaFault.of(e, settings, credential(), right());
      into.fail(
          (fault.what().startsWith("it does not exist") ? hub() + ": " : "") + fault.what(),
          fault.fix());
    }
  }

  private String hub() {
    return (azure ? "hub " : "topic ") + Quoted.of(azure ? source.hub() : source.topic());
  }

  private String credential() {
    if (!azure) {
      return "check the source's properties: security.protocol, sasl.mechanism, sasl.jaas.config";
    }
    return source.auth() == Config.Auth.CONNECTION_STRING
        ? "copy the connection string again: its key may have been regenerated, or it may be of"
            + " another namespace"
        : "give the identity the role Azure Event Hubs Data Receiver on the namespace";
  }

  private String right() {
    return azure
        ? "give the shared access policy the Listen right, or the identity the role Azure Event"
            + " Hubs Data Receiver"
        : "grant Read and Describe on the topic, and Read on the group " + group();
  }

  private String group() {
    return new ClusterNames(config.kafka().topicPrefix()).ingest(source.name());
  }

  private boolean hasToken(CheckReport into) {
    if (!azure || source.auth() == Config.Auth.CONNECTION_STRING) {
      return true;
    }
    String namespace = String.valueOf(source.namespace());
    return token(into, source, () -> AzureIdentities.of(source).claims(namespace, null));
  }

  static void beginToken(CheckReport into, Config.Auth auth) {
    into.begin(
        "getting a token by auth " + auth.word(),
        "run Lockstep on the machine that has the identity, and allow connections to"
            + " login.microsoftonline.com");
  }

  /** Supplier of the claims of an access token, which asks Azure for the token. */
  @FunctionalInterface
  interface Claims {
    String get() throws IOException;
  }

  /**
   * Gets an access token for a source, reports the Entra identity that the token names, and returns
   * whether there is a token. Without a token, the reason is reported.
   */
  static boolean token(CheckReport into, Config.Source source, Claims claims) {
    beginToken(into, source.auth());
    try {
      into.ok(source.auth().word() + " gives a token for " + TokenClaimsText.of(claims.get()));
      return true;
    } catch (IOException e) {
      into.fail(OperatorException.of(e));
      return false;
    }
  }

  private void look(CheckReport into, Admin admin, KafkaSourceConfig read)
      throws ExecutionException, InterruptedException {
    TopicDescription described =
        Objects.requireNonNull(
            admin.describeTopics(List.of(read.topic())).allTopicNames().get().get(read.topic()));
    List<TopicPartition> partitions =
        described.partitions().stream()
            .map(info -> new TopicPartition(read.topic(), info.partition()))
            .toList();
    Map<TopicPartition, Long> first = TopicAdmin.offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> last = TopicAdmin.offsets(admin, partitions, OffsetSpec.latest());
    long held = 0;
    for (TopicPartition partition : partitions) {
      held += last.getOrDefault(partition, 0L) - first.getOrDefault(partition, 0L);
    }
    into.ok(
        "%s has %s and holds %s"
            .formatted(
                hub(),
                DisplayFormat.count(partitions.size(), "partition"),
                DisplayFormat.count(held, "message")));
    if (held == 0) {
      into.warn(
          hub() + " is empty",
          azure
              ? "check the diagnostic setting that sends to the hub"
              : "check the sender of the topic");
    }
    retention(into, admin, read.topic());
    lag(into, first, last, KafkaOffsets.topicId(described.topicId()));
  }

  private void retention(CheckReport into, Admin admin, String topic) throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    ConfigEntry entry;
    try {
      entry =
          Objects.requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource))
              .get(RETENTION);
    } catch (ExecutionException e) {
      into.skip(
          "the retention of " + hub() + " is unknown (" + Failures.message(e) + ")",
          azure
              ? "check in the Azure portal that the hub's retention is 7 days or more, so that no"
                  + " record is lost while Lockstep is stopped for a weekend"
              : "grant DescribeConfigs on the topic, if that right is missing");
      return;
    }
    if (entry == null || entry.value() == null) {
      return;
    }
    long millis = Long.parseLong(entry.value());
    int needed = baselineDays();
    if (millis >= 0 && millis < Duration.ofDays(needed).toMillis()) {
      into.warn(
          "%s keeps %s, but the baselines of the rules need %d days, so a first run begins with incomplete baselines"
              .formatted(hub(), words(Duration.ofMillis(millis)), needed),
          "extend the retention to %d days, or read older records from an archive with a source of type capture"
              .formatted(needed));
    } else {
      into.ok(
          hub()
              + " keeps "
              + (millis < 0 ? "everything" : words(Duration.ofMillis(millis)))
              + ", the baselines need "
              + needed
              + " days");
    }
  }

  private int baselineDays() {
    int days = 1;
    for (ConfiguredRule rule : config.rules().all()) {
      boolean isAsleep = rule.info().needs().contains(Need.PARTNERS) && config.partners() == null;
      if (rule.settings().isEnabled() && !isAsleep) {
        days = Math.max(days, rule.info().daysToLearn(rule.settings()));
      }
    }
    // the two newest days are never part of a baseline
    return days + 2;
  }

  private static String words(Duration time) {
    return time.toDays() > 0
        ? DisplayFormat.count(time.toDays(), "day")
        : DisplayFormat.count(time.toMinutes(), "minute");
  }

  private void lag(
      CheckReport into,
      Map<TopicPartition, Long> first,
      Map<TopicPartition, Long> last,
      @Nullable String topicId)
      throws InterruptedException {
    List<SourceBacklogs.Row> rows = stored(into);
    if (rows == null) {
      return;
    }
    Map<Integer, SourceBacklogs.Row> stored = new TreeMap<>();
    for (SourceBacklogs.Row row : rows) {
      if (row.isOf(source.name(), azure ? source.hub() : source.topic())) {
        stored.put(row.partition(), row);
      }
    }
    if (stored.isEmpty()) {
      into.ok("nothing has been read yet; the command \"run\" will begin at " + source.from());
      return;
    }
    Map<Integer, SourceBacklogs.Extent> extents = new TreeMap<>();
    last.forEach(
        (partition, end) ->
            extents.put(
                partition.partition(),
                new SourceBacklogs.Extent(first.getOrDefault(partition, 0L), end, topicId)));
    lag(into, extents, stored);
  }

  void lag(
      CheckReport into,
      Map<Integer, SourceBacklogs.Extent> extents,
      Map<Integer, SourceBacklogs.Row> stored) {
    long left = 0;
    long dropped = 0;
    List<Integer> anew = new ArrayList<>();
    Instant oldest = null;
    for (Map.Entry<Integer, SourceBacklogs.Extent> each : extents.entrySet()) {
      SourceBacklogs.Row row = stored.get(each.getKey());
      SourceBacklogs.Extent extent = each.getValue();
      if (row == null) {
        left += extent.behindLast() - extent.first();
        continue;
      }
      SourceBacklogs.Backlog backlog = row.against(extent);
      left += backlog.left();
      dropped += backlog.lost();
      if (backlog.madeAnew()) {
        anew.add(each.getKey());
      }
      if (backlog.left() > 0 && row.watermarkAt() > 0) {
        Instant at = Instant.ofEpochMilli(row.watermarkAt());
        oldest = oldest == null || at.isBefore(oldest) ? at : oldest;
      }
    }
    if (!anew.isEmpty()) {
      into.warn(
          "%s was deleted and created again, or truncated, since the last read: when the command \"run\" starts next, it reads partitions %s from their beginning"
              .formatted(hub(), anew),
          "to begin elsewhere, use \"run --from\"");
    }
    if (dropped > 0) {
      into.warn(
          "%s removed from %s before %s read"
              .formatted(
                  dropped == 1 ? "1 message was" : dropped + " messages were",
                  hub(),
                  dropped == 1 ? "it was" : "they were"),
          "run ingest without pauses, or extend the retention; read the lost messages from an"
              + " archive");
    }
    String what =
        "%s unread%s"
            .formatted(
                left == 1 ? "1 message is" : left + " messages are",
                oldest == null ? "" : "; records are read up to " + oldest);
    if (oldest != null && oldest.isBefore(clock.instant().minus(BEHIND))) {
      into.warn(
          what,
          "start an instance with the role ingest; if one runs already, start more instances,"
              + " up to the number of partitions");
    } else {
      into.ok(what);
    }
  }

  private @Nullable List<SourceBacklogs.Row> stored(CheckReport into) throws InterruptedException {
    try {
      return positions.get(POSITIONS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      into.skip(
          "how far the source was read is unknown, because the stored positions were not read within "
              + POSITIONS_SECONDS
              + " s",
          "see the line \"kafka\", or try again");
      return null;
    } catch (ExecutionException e) {
      into.skip(
          "how far the source was read is unknown, because the stored positions could not be read",
          "see the line \"positions\" or the line of the positions topic, or else the line \"kafka\"");
      return null;
    }
  }
}
