package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.MissingNetworks;
import dev.lockstep.app.kafka.Cluster;
import dev.lockstep.app.process.NativeLibraries;
import dev.lockstep.app.process.ProcessEnd;
import dev.lockstep.app.process.WorkerThreads;
import dev.lockstep.app.rules.RuleJar;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.SettingsMark;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.message.RuleWatch;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.delivery.Forwarder;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Running service of this instance, which starts and ends its roles and tells their health, counts
 * and lags.
 *
 * <p>Everything that the configuration names is checked before anything starts.
 */
public final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /**
   * Longest time that this service waits for its roles to end when it is stopped. After that it
   * waits at most 1 s for other threads. Service managers wait 15 s or more.
   */
  private static final Duration CLOSING = Duration.ofSeconds(11);

  private final Config config;
  private final ClusterNames topics;
  private final Set<Role> roles;
  private final @Nullable String from;
  private final GeoFileWatch geoFiles;
  private final Enrichment enrichment;
  private final RuleReload reload;
  private final Cluster cluster;
  private final Latencies latencies = new Latencies();
  private final DetectionCounters counters = new DetectionCounters(latencies);
  private final Map<String, IngestCounts> read = new LinkedHashMap<>();
  private final Map<String, Ingest> ingests = new LinkedHashMap<>();
  private final UnlistedLogCheck unlisted;
  private final RefusedRecords refused = new RefusedRecords(System::nanoTime);
  private final RuleFailureCheck ruleFailures = new RuleFailureCheck(System::nanoTime);
  private final SystemTimeWatch systemTime = new SystemTimeWatch(InstantSource.system());
  private final ProcessEnd end = new ProcessEnd();
  private final WorkerThreads workers = new WorkerThreads(end);
  private final List<SinkPipeline> pipelines;
  private final List<Forwarder> forwarders = new CopyOnWriteArrayList<>();
  private final StateFolder stateFolder;
  private volatile @Nullable DetectRole detect;
  private volatile @Nullable RuleWatch ruleWatch;
  private volatile @Nullable String givenUp;
  private boolean stateIsMarked;
  private final LoggedProblem stateGone =
      new LoggedProblem("the files of the state folder are there again", LOG::warn);
  private final LoggedProblem stateFull =
      new LoggedProblem("the disk of the state folder has room again", LOG::warn);
  private final LoggedProblem timeSetBack =
      new LoggedProblem(
          "the clock of this machine has passed the time that it showed before it was set back",
          LOG::warn);
  private volatile Runnable onGivenUp = () -> {};

  /** Part of the work of an instance: reading, detecting or forwarding. */
  public enum Role {
    INGEST,
    DETECT,
    FORWARD
  }

  /**
   * Creates a service that {@link #start()} starts.
   *
   * @throws OperatorException if something in the configuration cannot be used
   */
  public Service(Config config, Set<Role> roles) {
    this(config, roles, null);
  }

  /**
   * Creates a service that may first move the stored positions of its sources.
   *
   * @param from new position: {@code earliest}, {@code latest} or an ISO 8601 time; null to keep
   *     the positions
   */
  public Service(Config config, Set<Role> roles, @Nullable String from) {
    this.config = config;
    this.topics = new ClusterNames(config.kafka().topicPrefix());
    this.from = from;
    this.roles = Set.copyOf(roles);
    this.unlisted = new UnlistedLogCheck(Wiring.joinSettings(config));
    this.geoFiles = new GeoFileWatch(config.geoip());
    this.enrichment = Wiring.enrichment(config, warning -> LOG.warn("{}", warning));
    this.reload = new RuleReload(config.rules(), config.kafka());
    warnOfExpired();
    this.cluster = new Cluster(config.kafka(), this::internalTopicLost);
    this.stateFolder = StateFolder.take(config.kafka().stateDir());
    try {
      if (roles.contains(Role.DETECT)) {
        NativeLibraries.loadFrom(stateFolder.path().resolve("native"));
      }
      end.markBy(stateFolder::recordEnd);
      KafkaTarget target =
          new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
      if (roles.contains(Role.INGEST)) {
        for (Config.Source source : config.sources()) {
          IngestCounts counts = new IngestCounts();
          read.put(source.name(), counts);
          ingests.put(
              source.name(),
              Wiring.ingest(
                  source,
                  target,
                  config.limits(),
                  reload::rawFields,
                  counts,
                  InstantSource.system(),
                  stateFolder.instanceId()));
        }
      }
      this.pipelines =
          roles.contains(Role.FORWARD)
              ? SinkPipeline.of(config, InstantSource.system(), latencies)
              : List.of();
    } catch (RuntimeException | Error e) { // the marker must not stay
      stateFolder.close();
      throw e;
    }
  }

  /** Returns the state of each rule. It is empty without the role detect. */
  public List<RuleStatus> rules() {
    return roles.contains(Role.DETECT)
        ? RuleStatus.all(reload.inForce().all(), enrichment, Wiring.needsWithoutSource(config))
        : List.of();
  }

  /** Returns the object that reloads this instance's Sigma rules when they change. */
  public RuleReload reload() {
    return reload;
  }

  private void logRules() {
    for (RuleJar jar : config.rules().catalogue().jars()) {
      LOG.info(
          "rules {} come from the jar {}, SHA-256 {}",
          String.join(", ", jar.rules().stream().map(rule -> rule.info().id()).toList()),
          Quoted.of(jar.name()),
          jar.sha256());
    }
    for (RuleStatus status : rules()) {
      String rule = status.rule().id();
      switch (status.runs()) {
        case YES -> LOG.info("at the start of this instance, rule {} is on", rule);
        case SHADOW -> LOG.info("at the start of this instance, rule {} is in shadow", rule);
        case OFF ->
            LOG.info(
                "at the start of this instance, rule {} is off: its key enabled is false", rule);
        case ASLEEP ->
            LOG.warn("at the start of this instance, rule {} is {}", rule, status.text());
      }
    }
    config.rules().skipped().forEach(LOG::warn);
    if (roles.contains(Role.DETECT)) {
      geoFiles.inUse(enrichment.databases().builtAt()).forEach(LOG::info);
    }
    String missing = MissingNetworks.warning(config);
    if (missing != null) {
      LOG.warn("{}", missing);
    }
  }

  private void warnOfExpired() {
    long now = System.currentTimeMillis();
    for (ExceptionEntry exception : enrichment.exceptions().all()) {
      if (exception.expiresAt() <= now) {
        LOG.warn(
            "exception {} (owner {}) expired on {}, so findings that end at that time or later are"
                + " sent again; renew or remove the exception",
            exception.id(),
            exception.owner(),
            Instant.ofEpochMilli(exception.expiresAt()));
      }
    }
  }

  public DetectionCounters counters() {
    return counters;
  }

  public Latencies latencies() {
    return latencies;
  }

  /** Returns the look-ups of places, networks, partners and exceptions. */
  public Enrichment enrichment() {
    return enrichment;
  }

  public Exceptions exceptions() {
    return enrichment.exceptions();
  }

  public Map<String, IngestCounts> read() {
    return read;
  }

  public Map<String, List<Ingest.Lag>> lags() {
    Map<String, List<Ingest.Lag>> lags = new LinkedHashMap<>();
    ingests.forEach((name, ingest) -> lags.put(name, ingest.lags()));
    return lags;
  }

  /**
   * Returns the number of Kafka records that the tasks of this instance have not committed yet, by
   * input topic. Records that are not polled yet count too. The map is empty while the role detect
   * does not run.
   */
  public Map<String, Long> left() {
    DetectRole running = detect;
    return running == null ? Map.of() : running.left();
  }

  public Path statePath() {
    return stateFolder.path();
  }

  public Set<String> sources() {
    return ingests.keySet();
  }

  /** Returns the state of a source, or null if this instance does not read the source. */
  public Ingest.@Nullable Status status(String source) {
    Ingest ingest = ingests.get(source);
    return ingest == null ? null : ingest.status();
  }

  public Set<Role> roles() {
    return roles;
  }

  /**
   * Returns whether a source and the Kafka cluster to which its activities are written can be used.
   * It is false for a source that this instance does not read.
   */
  public boolean reaches(String source) {
    Ingest ingest = ingests.get(source);
    return ingest != null && ingest.status().reachable();
  }

  /**
   * Returns the counters of the forwarders by sink. Sentinel's name is {@link
   * ForwarderConfig#SENTINEL}.
   */
  public Map<String, ForwarderCounts> forwarded() {
    Map<String, ForwarderCounts> counts = new LinkedHashMap<>();
    pipelines.forEach(pipeline -> counts.put(pipeline.name(), pipeline.counts()));
    return counts;
  }

  public @Nullable KafkaStreams streams() {
    DetectRole running = detect;
    return running == null ? null : running.streams();
  }

  /**
   * Returns the object that ends this process at once after an error in a thread. It is meant for
   * threads that this service has not started.
   */
  public ProcessEnd end() {
    return end;
  }

  /** Sets a short task that runs when this service cannot continue. */
  public void whenGivenUp(Runnable task) {
    onGivenUp = task;
  }

  /** Returns the reason why this service cannot continue, or null if it can. */
  public @Nullable String givenUp() {
    return givenUp;
  }

  private void giveUp(String why) {
    givenUp = why;
    onGivenUp.run();
  }

  private void internalTopicLost(String why) {
    if (detect != null) {
      giveUp(why);
    }
  }

  /** Returns the reasons why this instance does not do its whole work now. */
  public List<String> notReady() {
    List<String> reasons = new ArrayList<>();
    String waiting = cluster.waitingFor();
    if (waiting != null) {
      reasons.add(waiting);
      return reasons;
    }
    reasons.addAll(workers.failures());
    String outside = outsideProblem();
    DetectRole running = detect;
    if (outside != null) {
      reasons.add(outside);
    } else if (givenUp != null) {
      reasons.add(givenUp);
    } else if (running != null) {
      add(reasons, running.notReady());
      String endless = counters.endless();
      if (endless != null) {
        reasons.add("detect: " + endless);
      }
    }
    ingests.forEach(
        (name, ingest) -> {
          Ingest.Status status = ingest.status();
          add(reasons, missing(name));
          if (!status.reachable()) {
            reasons.add("ingest: source " + name + ": " + status.problem());
          } else if (status.open() < status.assigned()) {
            reasons.add("ingest: source " + name + " is still opening its partitions");
          }
        });
    pipelines.forEach(pipeline -> add(reasons, pipeline.notReady()));
    return reasons;
  }

  private static void add(List<String> reasons, @Nullable String reason) {
    if (reason != null) {
      reasons.add(reason);
    }
  }

  /**
   * Returns how many times the sources of this instance have lost records since the start. A range
   * of lost offsets counts once, and so does a partition whose topic was created again or
   * truncated.
   */
  public long losses() {
    return read.values().stream().mapToLong(counts -> counts.losses().found()).sum();
  }

  /**
   * Returns warnings about problems that do not make this instance unready, such as records that
   * were lost in the last hour. Others are about sources most of whose recent records were refused,
   * rules that failed in the last hour, logs that come although no source is configured for them,
   * deleted files of the state folder, a clock that was set back, altered topics, instances with
   * other settings, and changed Sigma files that are not in force.
   */
  public List<String> degraded() {
    List<String> reasons = new ArrayList<>();
    add(reasons, cluster.lost());
    add(reasons, cluster.removedUnread());
    add(reasons, cluster.removedState());
    add(reasons, stateFolder.goneProblem());
    add(reasons, systemTime.problem());
    reasons.addAll(cluster.warnings());
    read.forEach((source, counts) -> SourceLosses.of(source, counts, Instant.now()).addTo(reasons));
    reasons.addAll(refused.found(read));
    reasons.addAll(ruleFailures.found(counters.ruleFailures()));
    reasons.addAll(unlisted.found(read));
    add(reasons, reload.problem());
    return reasons;
  }

  /**
   * Returns a sentence about a source of which many recent records, and more than half of them,
   * were rejected or quarantined. For other sources the result is an empty text. The sentence
   * contains the fix.
   */
  public String refused(String source) {
    IngestCounts counts = read.get(source);
    return counts == null ? "" : refused.text(source, counts);
  }

  private @Nullable String missing(String source) {
    IngestCounts counts = read.get(source);
    return counts == null || counts.breaches() == 0
        ? null
        : "ingest: source %s: the numbers of records and of outcomes differ: %s; reading continues; report this bug, then restart"
            .formatted(source, counts.missing());
  }

  /**
   * Returns the reasons why the liveness probe fails, so that the platform restarts this process.
   * The list is empty if the probe succeeds.
   */
  public List<String> notLive() {
    List<String> reasons = new ArrayList<>(workers.failures());
    DetectRole running = detect;
    add(reasons, running == null || outsideProblem() != null ? null : running.notLive());
    for (SinkPipeline pipeline : pipelines) {
      if (pipeline.hasFailed()) {
        reasons.add(String.valueOf(pipeline.notReady()));
      }
    }
    return reasons;
  }

  /** Waits for the cluster, then starts the roles of this instance. */
  public void start() throws InterruptedException {
    if (roles.contains(Role.DETECT)) {
      logRules();
    }
    cluster.prepare();
    for (Map.Entry<String, Ingest> each : ingests.entrySet()) {
      Ingest ingest = each.getValue();
      if (from != null) {
        cluster.tryOn("source " + each.getKey() + " cannot be moved", () -> ingest.move(from));
      }
      cluster.tryOn("the cluster cannot be written to", ingest::announce);
    }
    boolean hasRules = roles.contains(Role.DETECT) || roles.contains(Role.INGEST);
    if (hasRules) {
      cluster.tryOn("the published rules cannot be read", reload::begin);
    }
    if (cluster.isStopped()) { // then steps were left out, such as reading the published rules
      reload.closeTopic();
      return;
    }
    if (hasRules) {
      workers.start("rules", reload);
    }
    ingests.forEach((name, ingest) -> workers.start("ingest-" + name, ingest));
    if (roles.contains(Role.DETECT)) {
      cluster.watchReading(topics.detect(), topics.activity());
      cluster.watchReadingBetweenStages(topics.detect(), DetectionTopology.betweenStages(layout()));
      cluster.tryOn(
          "the changelogs cannot be described",
          () -> stateFolder.removeUnlessOf(topics.detect(), cluster.changelogs()));
      detect = detect();
      ruleWatch = new RuleWatch(counters::look);
    }
    for (SinkPipeline pipeline : pipelines) {
      cluster.watchReading(pipeline.config().group(), topics.detections());
      Forwarder opened =
          pipeline.open(
              config.kafka(), stateFolder.instanceId(), InstantSource.system(), new Random());
      forwarders.add(opened);
      workers.start("forward-" + pipeline.name(), opened);
    }
    cluster.watch(this::hasAllTopics, this::look);
  }

  private boolean hasAllTopics() {
    DetectRole running = detect;
    return running == null || running.hasRun();
  }

  private void look() {
    stateGone.look(stateFolder.goneProblem());
    stateFull.look(stateFolder.fullProblem());
    timeSetBack.look(systemTime.problem());
    unlisted.warn(read);
    refused.look(read);
    ruleFailures.look(counters.ruleFailures());
    DetectRole running = detect;
    if (running != null) {
      geoFiles.replaced(enrichment.databases().builtAt()).forEach(LOG::warn);
      running.look(outsideProblem() != null);
      if (running.hasRun() && !stateIsMarked) {
        markState();
      }
    }
  }

  private void markState() {
    try {
      stateFolder.recordChangelogs(cluster.changelogs());
      stateIsMarked = true;
    } catch (KafkaException e) { // the cluster does not answer; the next look tries again
      LOG.debug("could not describe the changelogs", e);
    }
  }

  private @Nullable String outsideProblem() {
    String unreachable = cluster.unreachable();
    if (unreachable != null) {
      return unreachable;
    }
    String unusable = cluster.topicProblem();
    return unusable == null ? stateFolder.fullProblem() : unusable;
  }

  private @Nullable String lookOutside() {
    String cluster = this.cluster.cause();
    return cluster == null ? stateFolder.fullProblem() : cluster;
  }

  private DetectRole detect() {
    TopologyLayout layout = layout();
    String mark = SettingsMark.of(config);
    LOG.info(
        "the hash of the settings is {}; all instances of one group should have the same hash. It covers the Java rules, the section \"estate\", and the files of networks, partners and exceptions. It also covers which GeoIP databases are configured, and which optional logs the sources bring. It does not cover Sigma rules",
        mark);
    cluster.compare(layout.applicationId(), mark);
    return DetectRole.start(
        config.kafka(),
        stateFolder,
        mark,
        DetectionTopology.build(
            layout, reload.running(), Wiring.joinSettings(config), enrichment, counters),
        this::lookOutside,
        this::giveUp,
        end);
  }

  private TopologyLayout layout() {
    return new TopologyLayout(config.kafka().topicPrefix(), config.kafka().partitions());
  }

  /**
   * Stops watching the Kafka cluster and, if this service still waits for the cluster, abandons the
   * start of the service. Roles that run are not stopped; {@link #close} stops them.
   */
  public void stop() {
    cluster.stop();
  }

  private void close(DetectRole running) {
    running.close(CLOSING);
    if (givenUp != null) { // threads that fail while they stop do not leave the group
      cluster.leave(topics.detect(), stateFolder.instanceId());
    }
  }

  /**
   * Stops all roles at the same time. Roles that hang are abandoned after {@link #CLOSING}, and
   * their uncommitted work is repeated later.
   */
  @Override
  public void close() {
    stop();
    reload.close();
    List<Runnable> stops = new ArrayList<>();
    ingests.values().forEach(ingest -> stops.add(ingest::close));
    forwarders.forEach(forwarder -> stops.add(forwarder::close));
    DetectRole running = detect;
    if (running != null) {
      stops.add(() -> close(running));
    }
    RuleWatch watch = ruleWatch;
    if (watch != null) {
      watch.close();
    }
    WorkerThreads closing = new WorkerThreads(end);
    for (int i = 0; i < stops.size(); i++) {
      closing.start("close-" + i, stops.get(i));
    }
    boolean closed = closing.join(CLOSING);
    boolean ended = workers.join(Duration.ofSeconds(1));
    if (!closed || !ended) {
      LOG.warn(
          "{} did not stop within {} s; work that is not committed is repeated",
          closed ? "threads of the service" : "the service",
          closed ? 1 : CLOSING.toSeconds());
    }
    stateFolder.close();
  }
}
