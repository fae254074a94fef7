package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.SinkConfig;
import dev.lockstep.app.kafka.Cluster;
import dev.lockstep.app.kafka.GroupMembership;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.SentinelAccess;
import dev.lockstep.sentinel.delivery.Forwarder;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.delivery.ForwarderState;
import dev.lockstep.sentinel.logs.SentinelSink;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pipeline of detections to one sink: the sink with the settings and counts of its forwarder.
 *
 * @param config limits and waiting times
 */
record SinkPipeline(ForwarderConfig config, Sink sink, ForwarderCounts counts) {
  private static final Logger LOG = LoggerFactory.getLogger(SinkPipeline.class);

  /**
   * Creates the pipelines to all configured sinks without starting them. The pipeline to Sentinel
   * comes first.
   *
   * @param latencies receiver of the latencies of rows
   * @throws OperatorException if a sink cannot be used
   */
  static List<SinkPipeline> of(Config all, InstantSource clock, Latencies latencies) {
    List<SinkPipeline> pipelines = new ArrayList<>();
    try {
      Config.Sentinel sentinel = all.sentinel();
      SentinelAccess access = SentinelAccess.of(all);
      if (sentinel != null && access != null) {
        pipelines.add(
            new SinkPipeline(
                config(all, ForwarderConfig.SENTINEL)
                    .withMaxRowsPerHour(sentinel.maxRowsPerHour())
                    .withMaxHighRowsPerHour(sentinel.maxHighRowsPerHour())
                    .withDailyBudget(sentinel.dailyBudget()),
                new SentinelSink(access.config(), access.form(), access.tokens(), clock),
                new ForwarderCounts(latencies.to(ForwarderConfig.SENTINEL))));
        Config.Lake lake = sentinel.lake();
        if (lake != null) {
          pipelines.add(
              new SinkPipeline(
                  config(all, ForwarderConfig.LAKE),
                  new SentinelSink(sentinel.to(lake), StreamForm.EVIDENCE, access.tokens(), clock),
                  new ForwarderCounts(latencies.to(ForwarderConfig.LAKE))));
        }
      }
      for (SinkConfig sink : all.sinks()) {
        pipelines.add(
            new SinkPipeline(
                config(all, sink.name()),
                sink.open(clock),
                new ForwarderCounts(latencies.to(sink.name()))));
      }
    } catch (IllegalArgumentException e) {
      throw OperatorException.of(e);
    }
    if (pipelines.isEmpty()) {
      LOG.warn(
          "forward: neither the key sentinel nor the key sinks is configured, so detections stay in"
              + " their topic");
    }
    return List.copyOf(pipelines);
  }

  private static ForwarderConfig config(Config all, String sink) {
    return ForwarderConfig.of(sink)
        .withTopicPrefix(all.kafka().topicPrefix())
        .withForwardFrom(Objects.requireNonNullElse(all.forwardFrom(), Instant.MIN));
  }

  String name() {
    return config.sink();
  }

  /**
   * Opens the forwarder of this pipeline, which does nothing until it is run.
   *
   * @throws OperatorException if a Kafka client refuses a property
   */
  Forwarder open(
      Config.Kafka kafka, String instanceId, InstantSource clock, RandomGenerator random) {
    Map<String, Object> settings = new HashMap<>(GroupMembership.of(instanceId));
    settings.putAll(kafka.clientSettings());
    try {
      return Forwarder.open(config, sink, settings, counts, clock, random);
    } catch (KafkaException e) {
      throw Cluster.unusable(e);
    }
  }

  boolean hasFailed() {
    ForwarderCounts.Status status = counts.status();
    return status.state() == ForwarderState.STOPPED && !status.reason().isEmpty();
  }

  @Nullable String notReady() {
    ForwarderCounts.Status status = counts.status();
    if (status.state() == ForwarderState.RUNNING) {
      return null;
    }
    String which = name().equals(ForwarderConfig.SENTINEL) ? "" : name() + " ";
    return ("forward: " + which + status.state() + " " + status.reason()).strip();
  }
}
