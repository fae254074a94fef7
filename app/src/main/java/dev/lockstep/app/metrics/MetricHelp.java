package dev.lockstep.app.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/** Filter that gives every meter a description, which Prometheus shows as its help text. */
final class MetricHelp implements MeterFilter {
  private static final Map<String, String> OWN =
      Map.ofEntries(
          Map.entry("lockstep.ingest.records", "Committed records by outcome."),
          Map.entry("lockstep.ingest.rejections", "Rejected records by reason."),
          Map.entry("lockstep.ingest.flaws", "Records that were read with a flaw."),
          Map.entry("lockstep.ingest.bytes", "Bytes of the messages that were read."),
          Map.entry(
              "lockstep.ingest.records.begun",
              "Records whose reading has begun, whatever their outcome is."),
          Map.entry(
              "lockstep.ingest.conservation.broken",
              "Number of times that the count of records differed from the count of outcomes;"
                  + " should be 0."),
          Map.entry(
              "lockstep.ingest.lost.offsets",
              "Offsets that the source removed before they were read."),
          Map.entry("lockstep.source.reachable", "1 while the source and the cluster can be used."),
          Map.entry(
              "lockstep.source.lag",
              "Unread records of a partition, or unread files of a folder of captures."),
          Map.entry("lockstep.findings", "New findings by their first severity."),
          Map.entry(
              "lockstep.detect.dead.letters",
              "Dead letters of role detect: unreadable bytes of an internal topic or of state."),
          Map.entry(
              "lockstep.events.late",
              "Events that arrived more than 23 hours after they happened; for alerts of Defender"
                  + " and risk records, more than 72 hours."),
          Map.entry("lockstep.events.repeated", "Recognised copies of events."),
          Map.entry(
              "lockstep.exceptions.findings",
              "Findings that an exception held back, or that were sent in spite of it."),
          Map.entry("lockstep.exceptions.expired", "1 once an exception has expired."),
          Map.entry("lockstep.rule.state", "1 for the present state of a rule."),
          Map.entry(
              "lockstep.rule.gates", "Suppressed findings by gate, and counters of the rule."),
          Map.entry("lockstep.rule.coverage", "Events that a rule could use and could not use."),
          Map.entry("lockstep.rule.failures", "Failures of a rule."),
          Map.entry(
              "lockstep.rule.set.reloads",
              "Changed sets of Sigma files that were put in force or refused."),
          Map.entry("lockstep.rule.set.info", "1 for the Sigma files in force, by their hash."),
          Map.entry(
              "lockstep.rule.set.since",
              "Time from which the Sigma files are in force, in seconds since 1970."),
          Map.entry("lockstep.forwarder.rows", "Rows for a sink by outcome."),
          Map.entry("lockstep.forwarder.rule.rows", "Rows of a rule that the sink has accepted."),
          Map.entry(
              "lockstep.forwarder.rule.bytes",
              "Bytes of a rule's rows that the sink has accepted, before compression."),
          Map.entry("lockstep.forwarder.requests", "Requests to a sink, by the kind of answer."),
          Map.entry("lockstep.forwarder.retries", "Repeated requests to a sink."),
          Map.entry(
              "lockstep.forwarder.bytes",
              "Bytes of sent rows before compression, including repetitions."),
          Map.entry("lockstep.forwarder.state", "1 for the present state of a forwarder."),
          Map.entry(
              "lockstep.forwarder.budget.rows",
              "Rows that any instance sent today (UTC) from the partitions that this instance"
                  + " reads."),
          Map.entry(
              "lockstep.forwarder.budget.bytes",
              "Bytes of the rows that any instance sent today (UTC) from the partitions that this"
                  + " instance reads."),
          Map.entry(
              "lockstep.forwarder.budget.used",
              "Used fraction of the daily budget, where 1 is all; above 1 if rows of severity High"
                  + " or withdrawals were sent beyond it."),
          Map.entry(
              "lockstep.forwarder.budget.alarm",
              "1 while the daily budget is nearly used up (near) or used up (reached)."),
          Map.entry("lockstep.heartbeats", "Heartbeats by outcome."),
          Map.entry(
              "lockstep.degraded",
              "1 while an operator should look at a problem, whether or not the instance is ready."),
          Map.entry("lockstep.ready", "1 while the instance does all its work."));

  @Override
  public Meter.Id map(Meter.Id id) {
    String own = OWN.get(id.getName());
    String description = id.getDescription();
    if (own == null && description != null && !description.isBlank()) {
      return id;
    }
    return new Meter.Id(
        id.getName(),
        Tags.of(id.getTags()),
        id.getBaseUnit(),
        own == null ? "Metric of a library: " + id.getName().replace('.', ' ') + "." : own,
        id.getType());
  }
}
