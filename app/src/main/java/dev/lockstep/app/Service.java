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
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: each role that this instance has, and how it stands.
 *
 * <p>What the configuration names is checked before anything starts. A cluster that cannot be
 * reached is named once and tried until it can.
 */
final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final long RETRY_MILLIS = 2_000;
  private static final long LOOK_SECONDS = 5;

  private final Config config;
  private final Set<Role> roles;
  private final @Nullable String from;
  private final Enrichment enrichment;
  private final KafkaTarget target;
  private final Latencies latencies = new Latencies();
  private final Tally tally = new Tally(latencies);
  private final Map<String, IngestCounts> read = new LinkedHashMap<>();
  private final Map<String, Ingest> ingests = new LinkedHashMap<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Crew crew = new Crew();
  private final List<Outlet> outlets;
  private final List<Forwarder> forwarders = new CopyOnWriteArrayList<>();
  private volatile @Nullable String unreachable;
  private volatile @Nullable KafkaStreams streams;
  private @Nullable StateFolder stateFolder;
  private volatile @Nullable String waitingFor = "the topics have not been checked yet";

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
    this.target = new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
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
    String waiting = waitingFor;
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
    String gone = unreachable;
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
    prepareTopics();
    if (stopping.getCount() == 0) {
      return;
    }
    for (Map.Entry<String, Ingest> each : ingests.entrySet()) {
      Ingest ingest = each.getValue();
      if (from != null) {
        tryOn("source " + each.getKey() + " cannot be moved", () -> ingest.move(from));
      }
      tryOn("the cluster cannot be written to", ingest::announce);
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
    waitingFor = null;
    Thread watch = new Thread(this::watchCluster, "watch-cluster");
    watch.setDaemon(true);
    watch.start();
  }

  private void tryOn(String otherwise, Runnable step) throws InterruptedException {
    while (stopping.getCount() > 0) {
      try {
        step.run();
        return;
      } catch (KafkaException | UncheckedIOException e) {
        String waits = otherwise + " (" + Failures.said(e) + ")";
        if (!waits.equals(waitingFor)) {
          LOG.warn("{}; tries on", waits);
        }
        waitingFor = waits;
        stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void prepareTopics() throws InterruptedException {
    boolean said = false;
    while (stopping.getCount() > 0) {
      try (Admin admin = admin()) {
        Topics.ensure(
            admin,
            config.kafka().topicPrefix(),
            config.kafka().partitions(),
            config.kafka().replication());
        return;
      } catch (OperatorException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
        waitFor(e.getMessage(), said);
      } catch (KafkaException e) {
        if (!(e instanceof RetriableException) && !isUnresolved(e)) {
          throw unusable(e);
        }
        waitFor(Failures.said(e), said);
      }
      said = true;
    }
  }

  /** A name that no name server knows may be known later. */
  private static boolean isUnresolved(KafkaException e) {
    return Failures.said(e).contains("No resolvable bootstrap");
  }

  private static OperatorException unusable(KafkaException e) {
    return new OperatorException(
        "could not make a client of the cluster: %s; mend kafka.properties"
            .formatted(Failures.said(e)),
        e);
  }

  private void waitFor(@Nullable String why, boolean said) throws InterruptedException {
    String waits =
        "the cluster at kafka.bootstrapServers %s cannot be used: %s"
            .formatted(Quoted.of(config.kafka().bootstrapServers()), why);
    waitingFor = waits;
    if (!said) {
      LOG.warn("{}; tries on", waits);
    }
    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Admin admin() {
    Map<String, Object> settings = new HashMap<>(config.kafka().clientSettings());
    settings.putIfAbsent("default.api.timeout.ms", 5_000);
    settings.putIfAbsent("request.timeout.ms", 4_000);
    return Admin.create(settings);
  }

  /** The clients wait for their cluster in silence; somebody has to say that it is away. */
  private void watchCluster() {
    try (Admin admin = admin()) {
      while (!stopping.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
        try {
          admin.describeCluster().clusterId().get();
          if (unreachable != null) {
            LOG.info("the cluster answers again");
          }
          unreachable = null;
        } catch (ExecutionException e) {
          String gone =
              "the cluster at kafka.bootstrapServers %s does not answer"
                  .formatted(Quoted.of(config.kafka().bootstrapServers()));
          if (unreachable == null) {
            LOG.warn("{}; tries on", gone);
          }
          unreachable = gone;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
      throw unusable(e);
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
    stopping.countDown();
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
