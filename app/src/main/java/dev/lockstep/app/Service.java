package dev.lockstep.app;

import dev.lockstep.detections.HotPath;
import dev.lockstep.detections.Tally;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.ExceptionEntry;
import dev.lockstep.enrichment.Exceptions;
import dev.lockstep.ingest.Ingest;
import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.ingest.KafkaTarget;
import dev.lockstep.sentinel.Forwarder;
import dev.lockstep.sentinel.ForwarderConfig;
import dev.lockstep.sentinel.ForwarderCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: each role that this instance has, and how it stands.
 *
 * <p>What the configuration names is checked before anything starts.
 */
final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  private final Config config;
  private final Set<Role> roles;
  private final @Nullable String from;
  private final Enrichment enrichment;
  private final Cluster cluster;
  private final Latencies latencies = new Latencies();
  private final Tally tally = new Tally(latencies);
  private final Map<String, IngestCounts> read = new LinkedHashMap<>();
  private final Map<String, Ingest> ingests = new LinkedHashMap<>();
  private final Crew crew = new Crew();
  private final List<Outlet> outlets;
  private final List<Forwarder> forwarders = new CopyOnWriteArrayList<>();
  private volatile @Nullable KafkaStreams streams;
  private @Nullable StateFolder stateFolder;

  /** What an instance does. */
  enum Role {
    INGEST,
    DETECT,
    FORWARD
  }

  /**
   * Creates a service that {@link #start()} starts.
   *
   * @throws OperatorException if something that the configuration names cannot be used
   */
  Service(Config config, Set<Role> roles) {
    this(config, roles, null);
  }

  /**
   * The same, which moves its sources first.
   *
   * @param from {@code earliest}, {@code latest} or an ISO 8601 time; null leaves them
   */
  Service(Config config, Set<Role> roles, @Nullable String from) {
    this.config = config;
    this.from = from;
    this.roles = Set.copyOf(roles);
    this.enrichment = Wiring.enrichment(config);
    warnOfExpired();
    this.cluster = new Cluster(config.kafka());
    KafkaTarget target =
        new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
    if (roles.contains(Role.INGEST)) {
      for (Config.Source source : config.sources()) {
        IngestCounts counts = new IngestCounts();
        read.put(source.name(), counts);
        ingests.put(
            source.name(),
            Wiring.ingest(source, target, config.limits(), counts, InstantSource.system()));
      }
    }
    this.outlets =
        roles.contains(Role.FORWARD)
            ? Outlet.of(config, InstantSource.system(), latencies)
            : List.of();
  }

  private void warnOfExpired() {
    long now = System.currentTimeMillis();
    for (ExceptionEntry exception : enrichment.exceptions().all()) {
      if (exception.expiresAt() <= now) {
        LOG.warn(
            "exception {} of {} expired on {} and hides nothing any more; renew or remove it",
            exception.id(),
            exception.owner(),
            Instant.ofEpochMilli(exception.expiresAt()));
      }
    }
  }

  Tally tally() {
    return tally;
  }

  Latencies latencies() {
    return latencies;
  }

  Exceptions exceptions() {
    return enrichment.exceptions();
  }

  Map<String, IngestCounts> read() {
    return read;
  }

  /** Returns what is left of the partitions that this instance reads, by source. */
  Map<String, List<Ingest.Lag>> lags() {
    Map<String, List<Ingest.Lag>> lags = new LinkedHashMap<>();
    ingests.forEach((name, ingest) -> lags.put(name, ingest.lags()));
    return lags;
  }

  /** Returns the names of the sources that this instance reads. */
  Set<String> sources() {
    return ingests.keySet();
  }

  /** Returns how a source stands that this instance reads; null for any other. */
  Ingest.@Nullable Status status(String source) {
    Ingest ingest = ingests.get(source);
    return ingest == null ? null : ingest.status();
  }

  /** Returns what this instance does. */
  Set<Role> roles() {
    return roles;
  }

  /** Returns whether a source and the target can be used by it. */
  boolean reaches(String source) {
    Ingest ingest = ingests.get(source);
    return ingest != null && ingest.status().reachable();
  }

  /** Returns what was forwarded, by sink; Sentinel is {@link ForwarderConfig#SENTINEL}. */
  Map<String, ForwarderCounts> forwarded() {
    Map<String, ForwarderCounts> counts = new LinkedHashMap<>();
    outlets.forEach(outlet -> counts.put(outlet.name(), outlet.counts()));
    return counts;
  }

  @Nullable KafkaStreams streams() {
    return streams;
  }

  /** Returns why this instance does not do its whole work now; empty if it does. */
  List<String> notReady() {
    List<String> reasons = new ArrayList<>();
    String waiting = cluster.waitingFor();
    if (waiting != null) {
      reasons.add(waiting);
      return reasons;
    }
    reasons.addAll(crew.fallen());
    KafkaStreams running = streams;
    if (running != null && running.state() != KafkaStreams.State.RUNNING) {
      reasons.add("detect: the topology is " + running.state());
    }
    ingests.forEach(
        (name, ingest) -> {
          Ingest.Status status = ingest.status();
          String missing = missing(name);
          if (missing != null) {
            reasons.add(missing);
          }
          if (!status.reachable()) {
            reasons.add("ingest: source " + name + ": " + status.trouble());
          } else if (status.open() < status.assigned()) {
            reasons.add("ingest: source " + name + " is still opening its partitions");
          }
        });
    String gone = cluster.unreachable();
    if (gone != null) {
      reasons.add(gone);
    }
    for (Outlet outlet : outlets) {
      String undelivered = outlet.notReady();
      if (undelivered != null) {
        reasons.add(undelivered);
      }
    }
    return reasons;
  }

  /** Returns how many losses were found since the start, over all sources. */
  long losses() {
    return read.values().stream().mapToLong(counts -> counts.losses().found()).sum();
  }

  /**
   * Returns what somebody should know though this instance does its whole work; empty if nothing.
   */
  List<String> degraded() {
    List<String> reasons = new ArrayList<>();
    read.forEach((source, counts) -> SourceLosses.of(source, counts, Instant.now()).addTo(reasons));
    return reasons;
  }

  /** A record that has no outcome is a fault of ours, and stays one until somebody has looked. */
  private @Nullable String missing(String source) {
    IngestCounts counts = read.get(source);
    return counts == null || counts.breaches() == 0
        ? null
        : "ingest: source %s: not every record is accounted for; the log says which, and their messages are dead letters"
            .formatted(source);
  }

  /** Returns why this process should be restarted; empty if it should not. */
  List<String> notLive() {
    List<String> reasons = new ArrayList<>(crew.fallen());
    KafkaStreams running = streams;
    if (running != null && running.state() == KafkaStreams.State.ERROR) {
      reasons.add("detect: the topology has stopped after an error");
    }
    for (Outlet outlet : outlets) {
      if (outlet.hasFailed()) {
        reasons.add(String.valueOf(outlet.notReady()));
      }
    }
    return reasons;
  }

  /** Waits for the cluster, then starts every role. */
  void start() throws InterruptedException {
    cluster.prepare();
    for (Map.Entry<String, Ingest> each : ingests.entrySet()) {
      Ingest ingest = each.getValue();
      if (from != null) {
        cluster.tryOn("source " + each.getKey() + " cannot be moved", () -> ingest.move(from));
      }
      cluster.tryOn("the cluster cannot be written to", ingest::announce);
    }
    if (cluster.isStopped()) {
      return;
    }
    ingests.forEach((name, ingest) -> crew.start("ingest-" + name, ingest));
    if (roles.contains(Role.DETECT)) {
      streams = detect();
    }
    for (Outlet outlet : outlets) {
      Forwarder opened = outlet.open(config.kafka(), InstantSource.system(), new Random());
      forwarders.add(opened);
      crew.start("forward-" + outlet.name(), opened);
    }
    cluster.watch();
  }

  private KafkaStreams detect() {
    StateFolder taken = StateFolder.take(config.kafka().stateDir());
    stateFolder = taken;
    HotPath.Layout layout =
        new HotPath.Layout(config.kafka().topicPrefix(), config.kafka().partitions(), true);
    KafkaStreams started;
    try {
      started =
          new KafkaStreams(
              HotPath.build(layout, Wiring.ruleSettings(config), enrichment, tally),
              DetectSettings.of(config.kafka(), taken.path()));
    } catch (KafkaException e) {
      throw Cluster.unusable(e);
    }
    started.setUncaughtExceptionHandler(
        failure -> {
          LOG.error("detect: a thread failed and is replaced", failure);
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    started.setStateListener(
        (now, before) -> LOG.info("detect: the topology is {}, was {}", now, before));
    started.start();
    return started;
  }

  /** Ends a start that still waits for its cluster. */
  void stop() {
    cluster.stop();
  }

  /** Stops every role: sources first, delivery last. */
  @Override
  public void close() {
    stop();
    ingests.values().forEach(Ingest::close);
    KafkaStreams running = streams;
    if (running != null) {
      running.close(Duration.ofSeconds(10));
    }
    forwarders.parallelStream().forEach(Forwarder::close);
    if (stateFolder != null) {
      stateFolder.close();
    }
    crew.join(Duration.ofSeconds(20));
  }
}
