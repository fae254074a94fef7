package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reporter of a forwarder's state: it updates the forwarder's counts and writes log lines. The
 * counts get each report, the log only changes of the state and few repetitions.
 */
final class DeliveryLog {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);
  private static final int REMIND_EVERY = 20;
  private static final int MOST_REASONS = 10;

  private final ForwarderConfig config;
  private final Sink sink;
  private final ForwarderCounts counts;
  private final Map<String, Period> ceilings = new HashMap<>();

  /**
   * Reasons that were logged since the forwarder began to wait. The end of each message, such as a
   * time, is left out, so that reasons that differ only in it are logged once.
   */
  private final Set<String> waitedFor = new HashSet<>();

  private int pauses;
  private @Nullable AnswerClass pausedFor;
  private ForwarderCounts.@Nullable Budget budget;

  DeliveryLog(ForwarderConfig config, Sink sink, ForwarderCounts counts) {
    this.config = config;
    this.sink = sink;
    this.counts = counts;
  }

  void begins() {
    LOG.info(
        "the forwarder sends detections from topic {} to the sink {} ({})",
        config.detectionsTopic(),
        config.sink(),
        sink.place());
    counts.setStatus(ForwarderState.RUNNING, "");
  }

  void ends(String reason) {
    counts.setStatus(ForwarderState.STOPPED, reason);
    LOG.info(
        "the forwarder to {} has stopped; number of rows that the sink took from the forwarder: {}",
        config.sink(),
        counts.rowsTaken());
  }

  void allIsWell() {
    pauses = 0;
    if (counts.status().state() != ForwarderState.RUNNING) {
      LOG.info("delivery to {} works again", config.sink());
    }
    counts.setStatus(ForwarderState.RUNNING, "");
  }

  void cannotRead(Exception e) {
    waits(
        "could not read detections for the sink %s: topic %s (%s); %s"
            .formatted(
                config.sink(),
                config.detectionsTopic(),
                Quoted.excerpt(String.valueOf(e), 300),
                Causes.find(e, FencedInstanceIdException.class) == null
                    ? "check kafka in lockstep.yaml and the cluster"
                    : "another process uses this instance's id, probably because the state folder was copied to another machine: stop both processes, delete the file instance-id in the copy, and start them again"),
        "");
  }

  void cannotWriteDeadLetter(String failure) {
    waits(
        "could not write a dead letter of the sink %s: topic %s (%s); check the topic and the right to write"
            .formatted(config.sink(), config.deadLettersTopic(), failure),
        "");
  }

  void sendsAgain(Answer answer, Instant now) {
    Duration asked = answer.retryAfter();
    boolean isLong = asked != null && asked.compareTo(config.waits().longestBackoff()) > 0;
    String look =
        answer.kind() == AnswerClass.UNRESOLVED
            ? "check the name of the host, and this machine's name servers"
            : sink.hintIfItLasts();
    waits(
        "could not deliver detections: %s (%s: %s); %s"
            .formatted(
                sink.place(),
                answer.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                answer.message(),
                look),
        "; %snothing is lost"
            .formatted(
                isLong
                    ? "the receiver asked to wait until %s (Retry-After), and a restart of this instance tries at once; "
                        .formatted(AvroJson.instant(now.plus(asked).toEpochMilli()))
                    : ""));
  }

  void paused(Answer answer) {
    String reason =
        "could not deliver detections: %s (%s); %s; nothing is lost"
            .formatted(sink.place(), answer.message(), sink.fix(answer.kind()));
    if (answer.kind() != pausedFor) {
      pausedFor = answer.kind();
      pauses = 0;
    }
    if (pauses++ % REMIND_EVERY == 0) {
      LOG.error("{}", reason);
    }
    counts.setStatus(
        answer.kind() == AnswerClass.UNAUTHORISED || answer.kind() == AnswerClass.NO_TOKEN
            ? ForwarderState.UNAUTHORISED
            : ForwarderState.MISCONFIGURED,
        reason);
  }

  void budget(SendQuota.@Nullable BudgetUse use) {
    if (use == null) {
      return;
    }
    double part = use.part();
    ForwarderCounts.Budget now =
        new ForwarderCounts.Budget(use.rows(), use.bytes(), part, part >= 1 || use.held() > 0);
    ForwarderCounts.Budget before = budget;
    if (now.isReached() && (before == null || !before.isReached())) {
      LOG.error(
          "the daily budget that this instance has for the sink {} is used up, or too little of it is"
              + " left for a row. Rows sent today from the partitions that this instance reads: {},"
              + " with {} bytes. Until midnight UTC, a row of severity Medium or below is sent only"
              + " if it fits into what is left; otherwise it is never sent. Rows of severity High are"
              + " still sent as long as their rule is below its hourly ceiling, and so are"
              + " withdrawals of sent findings. After midnight, this instance sends one row that"
              + " reports how many detections were held back. Look for a common cause of the rows,"
              + " or raise sentinel.dailyBudget.",
          config.sink(),
          use.rows(),
          use.bytes());
    } else if (now.isNear() && (before == null || !before.isNear())) {
      LOG.warn(
          "{} % of the daily budget that this instance has for the sink {} are used (rows sent"
              + " today from the partitions that this instance reads: {}, with {} bytes). When too"
              + " little of it is left for a row, this instance still sends two kinds of rows: withdrawals of sent findings,"
              + " and rows of severity High while their rule is below its hourly ceiling. Until"
              + " midnight UTC, any other row is sent only if it fits into the rest of the"
              + " budget, and otherwise never. After midnight, this instance sends one row that reports how many"
              + " detections were held back. Look for a common cause of the rows, or raise"
              + " sentinel.dailyBudget.",
          (int) (part * 100), config.sink(), use.rows(), use.bytes());
    }
    budget = now;
    counts.budget(now);
  }

  void ceiling(String rule, Instant now) {
    Period hour = Period.highHour(rule, now);
    if (!hour.equals(ceilings.put(rule, hour))) {
      LOG.error(
          "rule {} reached the ceiling of {} rows of severity High an hour over all instances, or"
              + " this instance reached its share of that ceiling. Until {}, this instance sends no"
              + " further rows of severity High of the rule to {}, except withdrawals of sent"
              + " findings. The rows that are held back are not sent later. Their detections stay"
              + " in topic {}. After the hour, this instance sends one row that reports how many"
              + " detections were held back. Look for a common cause of the rows, or raise"
              + " sentinel.maxHighRowsPerHour.",
          rule,
          config.maxHighRowsPerHour(),
          hour.to(),
          config.sink(),
          config.detectionsTopic());
    }
  }

  void deadLetter(Object partition, long offset, String reason, String detail) {
    counts.deadLetter();
    if (counts.deadLetters() % 1_000 == 1) {
      LOG.error(
          "the sink {} does not have the detection at {} offset {} ({}: {}). Either the sink"
              + " refused the row, or this instance could not make a row of the Kafka record. The"
              + " record is kept as a dead letter in topic {} (number {} of"
              + " this sink since this instance started); \"lockstep dead-letters list\" shows the"
              + " reasons. Of these dead letters only the first and then one in 1,000 is logged",
          config.sink(),
          partition,
          offset,
          reason,
          detail,
          config.deadLettersTopic(),
          counts.deadLetters());
    }
  }

  /**
   * Records that the forwarder waits, and logs the reason unless it was logged during this wait. At
   * most {@value #MOST_REASONS} reasons of one wait are logged, because some receivers put a
   * different number into each answer.
   *
   * @param end end of the message; reasons that differ only in it are logged once
   */
  private void waits(String reason, String end) {
    if (counts.status().state() != ForwarderState.WAITING) {
      waitedFor.clear();
    }
    if (waitedFor.size() < MOST_REASONS && waitedFor.add(reason)) {
      LOG.warn("{}{}", reason, end);
    }
    counts.setStatus(ForwarderState.WAITING, reason + end);
  }
}
