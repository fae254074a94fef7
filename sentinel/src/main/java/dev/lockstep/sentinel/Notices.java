package dev.lockstep.sentinel;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people how delivery stands: in the counts always, in the log when it changes. */
final class Notices {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final int REMIND_EVERY = 20;

  private final SentinelConfig config;
  private final ForwarderCounts counts;
  private int standstills;

  Notices(SentinelConfig config, ForwarderCounts counts) {
    this.config = config;
    this.counts = counts;
  }

  void begins() {
    LOG.info("forwards {} to {}", config.detectionsTopic(), config.endpoint());
    counts.stands(ForwarderState.RUNNING, "");
  }

  void ends(String reason) {
    counts.stands(ForwarderState.STOPPED, reason);
    LOG.info("forwards no more; {} rows taken", counts.rowsTaken());
  }

  void allIsWell() {
    standstills = 0;
    if (counts.standing().state() != ForwarderState.RUNNING) {
      LOG.info("goes on as before");
    }
    counts.stands(ForwarderState.RUNNING, "");
  }

  void cannotRead(Exception e) {
    waits(
        "could not read detections: topic %s (%s); check kafka in lockstep.yaml and the cluster"
            .formatted(config.detectionsTopic(), Excerpt.of(String.valueOf(e), 300)));
  }

  void cannotWriteDeadLetter(String failure) {
    waits(
        "could not write a dead letter: topic %s (%s); check the topic and the right to write"
            .formatted(config.deadLettersTopic(), failure));
  }

  /** The service or the way to it is not well; that passes by itself. */
  void sendsAgain(Answer answer) {
    waits(
        "could not deliver detections: %s (%s: %s); look at the service's health and the network if"
                .formatted(
                    config.endpoint(),
                    answer.kind().name().toLowerCase(Locale.ROOT),
                    answer.message())
            + " it lasts; nothing is lost");
  }

  /** A person has to mend something. Returns whether that is new. */
  boolean standsStill(Answer answer) {
    String mend =
        switch (answer.kind()) {
          case NO_TOKEN ->
              "no access token: check sentinel.auth in lockstep.yaml, and that the identity exists"
                  + " where this runs";
          case UNAUTHORISED ->
              "give the identity the role \"Monitoring Metrics Publisher\" on the data collection"
                  + " rule, which takes some minutes to apply";
          default ->
              "check endpoint, ruleId and stream of sentinel in lockstep.yaml against the data"
                  + " collection rule";
        };
    String reason =
        "could not deliver detections: %s, rule %s, stream %s (%s); %s; nothing is lost"
            .formatted(config.endpoint(), config.ruleId(), config.stream(), answer.message(), mend);
    if (standstills++ % REMIND_EVERY == 0) {
      LOG.error("{}", reason);
    }
    counts.stands(
        answer.kind() == AnswerClass.UNAUTHORISED || answer.kind() == AnswerClass.NO_TOKEN
            ? ForwarderState.UNAUTHORISED
            : ForwarderState.MISCONFIGURED,
        reason);
    return standstills == 1;
  }

  void deadLetter(Object partition, long offset, String reason, String detail) {
    counts.deadLetter();
    if (counts.deadLetters() % 1_000 == 1) {
      LOG.error(
          "could not deliver a detection: {} offset {} ({}: {}); look into {}, this is number {}",
          partition,
          offset,
          reason,
          detail,
          config.deadLettersTopic(),
          counts.deadLetters());
    }
  }

  private void waits(String reason) {
    if (counts.standing().state() != ForwarderState.WAITING) {
      LOG.warn("{}", reason);
    }
    counts.stands(ForwarderState.WAITING, reason);
  }
}
