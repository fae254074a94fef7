package dev.lockstep.app.metrics;

import dev.lockstep.app.heartbeat.Heartbeat;
import dev.lockstep.app.process.ProcessEnd;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.service.RuleReload;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters of a service and its process: counters, states, latencies, heartbeats, Kafka Streams and
 * the JVM. Meters of new names are added on demand.
 */
public final class Meters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Meters.class);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Service service;
  private final Set<String> known = new HashSet<>();
  private final List<ForwarderMeters> forwarders = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("meters"));
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final MultiGauge ruleSet;
  private volatile Map<String, RuleStatus.Runs> ruleStates = Map.of();
  private RuleReload.@Nullable State shownSet;
  private @Nullable KafkaStreamsMetrics streamsMetrics;

  public Meters(Service service) {
    this(service, null);
  }

  /** Creates the meters of a service and its heartbeats. The counts are null without heartbeats. */
  public Meters(Service service, Heartbeat.@Nullable Counts beats) {
    this.service = service;
    registry.config().meterFilter(new MetricHelp());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new DiskSpaceMetrics(service.statePath().toFile()).bindTo(registry);
    collections.bindTo(registry);
    service.latencies().showIn(registry);
    service
        .forwarded()
        .forEach((sink, counts) -> forwarders.add(new ForwarderMeters(registry, sink, counts)));
    if (beats != null) {
      counter("lockstep.heartbeats", Tags.of("outcome", "taken"), c -> beats.taken());
      counter("lockstep.heartbeats", Tags.of("outcome", "failed"), c -> beats.failed());
    }
    for (String source : service.sources()) {
      gauge("lockstep.source.reachable", Tags.of("source", source), s -> s.reaches(source) ? 1 : 0);
    }
    counter("lockstep.rule.set.reloads", Tags.of("result", "taken"), s -> s.reload().taken());
    counter("lockstep.rule.set.reloads", Tags.of("result", "refused"), s -> s.reload().refused());
    Gauge.builder(
            "lockstep.rule.set.since",
            service,
            s -> s.reload().state().since().toEpochMilli() / 1e3)
        .baseUnit("seconds")
        .register(registry);
    this.ruleSet = MultiGauge.builder("lockstep.rule.set.info").register(registry);
    refreshRules();
    counter("lockstep.detect.dead.letters", Tags.empty(), c -> service.counters().deadLetters());
    counter("lockstep.events.late", Tags.empty(), c -> service.counters().lateEvents());
    counter("lockstep.events.repeated", Tags.empty(), c -> service.counters().repeatedEvents());
    gauge("lockstep.ready", Tags.empty(), s -> s.notReady().isEmpty() ? 1 : 0);
    gauge("lockstep.degraded", Tags.empty(), s -> s.degraded().isEmpty() ? 0 : 1);
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Starts a timer that calls {@link #refresh} every two seconds until this object is closed. */
  public void keepFresh() {
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(this::refreshOrWarn, 1, 2, TimeUnit.SECONDS);
  }

  private void refreshOrWarn() {
    try {
      refresh();
    } catch (RuntimeException e) { // a timer drops a task that throws
      LOG.warn(
          "could not register new Prometheus metrics: {}; the registration is tried again every 2"
              + " s; report the failure",
          Failures.message(e));
    } catch (Error e) {
      ProcessEnd.pass(e);
    }
  }

  /**
   * Adds the meters that do not exist yet. Examples are the meters of Kafka Streams after its
   * start, and the meters of a category after the category's first record.
   */
  public synchronized void refresh() {
    KafkaStreams streams = service.streams();
    if (streams != null && streamsMetrics == null) {
      streamsMetrics = new KafkaStreamsMetrics(streams);
      streamsMetrics.bindTo(registry);
    }
    forwarders.forEach(ForwarderMeters::refresh);
    refreshRules();
    for (Map.Entry<String, IngestCounts> source : service.read().entrySet()) {
      IngestCounts counts = source.getValue();
      Tags of = Tags.of("source", source.getKey());
      counter("lockstep.ingest.records.begun", of, c -> counts.begun());
      counter("lockstep.ingest.bytes", of, c -> counts.bytes());
      counter("lockstep.ingest.conservation.broken", of, c -> counts.breaches());
      counter("lockstep.ingest.lost.offsets", of, c -> counts.losses().offsets());
      for (String category : counts.byCategory().keySet()) {
        records(source.getKey(), counts, category);
      }
      for (String reason : IngestCounts.REJECTIONS) {
        counter(
            "lockstep.ingest.rejections",
            Tags.of("source", source.getKey(), "reason", reason),
            c -> counts.rejectedByReason().getOrDefault(reason, 0L));
      }
      for (String flaw : IngestCounts.FLAWS) {
        counter(
            "lockstep.ingest.flaws",
            Tags.of("source", source.getKey(), "flaw", flaw),
            c -> counts.flawed().getOrDefault(flaw, 0L));
      }
    }
    service.lags().forEach((source, lags) -> lags.forEach(lag -> lag(source, lag)));
    for (ExceptionEntry exception : service.exceptions().all()) {
      exception(exception.id(), exception.rule(), exception.expiresAt());
    }
    service
        .counters()
        .findings()
        .forEach((rule, bySeverity) -> bySeverity.keySet().forEach(of -> findings(rule, of)));
    DetectionCounters counted = service.counters();
    byRule("lockstep.rule.gates", "gate", counted.gates(), DetectionCounters::gates);
    byRule("lockstep.rule.coverage", "sees", counted.coverage(), DetectionCounters::coverage);
  }

  private void refreshRules() {
    RuleReload.State set = service.reload().state();
    if (set.equals(shownSet)) {
      return;
    }
    shownSet = set;
    ruleSet.register(List.of(MultiGauge.Row.of(Tags.of("hash", set.hash()), 1)), true);
    Map<String, RuleStatus.Runs> runs = new HashMap<>();
    List<RuleStatus> rules = service.rules();
    for (RuleStatus status : rules) {
      runs.put(status.rule().id(), status.runs());
    }
    ruleStates = Map.copyOf(runs);
    for (String id : runs.keySet()) {
      for (RuleStatus.Runs each : RuleStatus.Runs.values()) {
        Tags tags = Tags.of("rule", id, "state", each.word());
        gauge("lockstep.rule.state", tags, s -> ruleStates.get(id) == each ? 1 : 0);
      }
      counter("lockstep.rule.failures", Tags.of("rule", id), c -> c.counters().ruleFailures(id));
    }
    rules.forEach(this::showFromZero);
  }

  /**
   * Registers the counters of a rule's findings and rows before the rule has findings or rows. They
   * begin at 0, since Prometheus does not count the first number of a series as an increase.
   */
  private void showFromZero(RuleStatus status) {
    String id = status.rule().id();
    if (status.runs() != RuleStatus.Runs.OFF) {
      for (Severity severity : firstSeverities(status.rule().info())) {
        findings(id, severity.name());
      }
      if (status.runs() != RuleStatus.Runs.SHADOW) { // no sink takes its rows
        forwarders.forEach(forwarder -> forwarder.showRule(id));
      }
    }
  }

  /**
   * Returns the severities that the first revision of a rule's finding can have. These are the
   * rule's own severities. They may be lowered if one finding replaces many, and raised by an
   * alert, an incident or both.
   */
  private static Set<Severity> firstSeverities(RuleInfo rule) {
    Set<Severity> severities = EnumSet.noneOf(Severity.class);
    severities.addAll(rule.severities());
    RuleInfo.Collapse collapse = rule.collapse();
    if (collapse != null) {
      rule.severities().forEach(each -> severities.add(collapse.severity(each)));
    }
    for (Severity each : List.copyOf(severities)) {
      severities.add(Severities.up(each));
      severities.add(Severities.up(Severities.up(each)));
    }
    return severities;
  }

  private void findings(String rule, String severity) {
    counter(
        "lockstep.findings",
        Tags.of("rule", rule, "severity", severity),
        c -> c.counters().findings(rule, severity));
  }

  private void lag(String source, Ingest.Lag lag) {
    Tags tags =
        Tags.of("source", source, "hub", lag.hub(), "partition", Integer.toString(lag.partition()));
    gauge("lockstep.source.lag", tags, s -> left(s, source, lag));
  }

  private static double left(Service service, String source, Ingest.Lag of) {
    return service.lags().getOrDefault(source, List.of()).stream()
        .filter(lag -> lag.hub().equals(of.hub()) && lag.partition() == of.partition())
        .mapToDouble(Ingest.Lag::left)
        .findFirst()
        // another instance now reads the partition
        .orElse(Double.NaN);
  }

  private void exception(String id, String rule, long expiresAt) {
    Tags tags = Tags.of("exception", id, "rule", rule);
    Map<String, ToDoubleFunction<DetectionCounters.Excepted>> outcomes =
        Map.of(
            "removed", DetectionCounters.Excepted::everRemoved,
            "outweighed", DetectionCounters.Excepted::everOutweighed);
    outcomes.forEach(
        (outcome, number) ->
            counter(
                "lockstep.exceptions.findings",
                tags.and("outcome", outcome),
                c -> number.applyAsDouble(c.counters().exception(id))));
    gauge(
        "lockstep.exceptions.expired", tags, s -> expiresAt <= System.currentTimeMillis() ? 1 : 0);
  }

  /** Function that returns one counter of a rule, by the rule's id and the counter's name. */
  @FunctionalInterface
  private interface OneCounter {
    long of(DetectionCounters counters, String rule, String name);
  }

  private void byRule(
      String name, String tag, Map<String, Map<String, Long>> present, OneCounter one) {
    present.forEach(
        (rule, byName) ->
            byName
                .keySet()
                .forEach(
                    counted ->
                        counter(
                            name,
                            Tags.of("rule", rule, tag, counted),
                            c -> one.of(c.counters(), rule, counted))));
  }

  private void records(String source, IngestCounts counts, String category) {
    Map<String, ToDoubleFunction<IngestCounts.Totals>> outcomes =
        Map.of(
            "mapped", IngestCounts.Totals::mapped,
            "ignored", IngestCounts.Totals::ignored,
            "rejected", IngestCounts.Totals::rejected,
            "quarantined", IngestCounts.Totals::quarantined);
    outcomes.forEach(
        (outcome, number) ->
            counter(
                "lockstep.ingest.records",
                Tags.of("source", source, "category", category, "outcome", outcome),
                c -> {
                  IngestCounts.Totals counters = counts.byCategory().get(category);
                  return counters == null ? 0 : number.applyAsDouble(counters);
                }));
  }

  private void gauge(String name, Tags tags, ToDoubleFunction<Service> value) {
    if (known.add(name + tags)) {
      Gauge.builder(name, service, value).tags(tags).register(registry);
    }
  }

  private void counter(String name, Tags tags, ToDoubleFunction<Service> count) {
    if (known.add(name + tags)) {
      FunctionCounter.builder(name, service, count).tags(tags).register(registry);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    collections.close();
    if (streamsMetrics != null) {
      streamsMetrics.close();
    }
    registry.close();
  }
}
