package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PublishedRules;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleChanges;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.rules.SigmaFiles;
import dev.lockstep.app.rules.SigmaRulesReader;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.text.AvroJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloader of Sigma rules in a running instance. When the rule files or the topic of published
 * rules change, the rules are read again. A changed set is put in force as a whole.
 *
 * <p>A set that does not compile changes nothing. Before the rules of a new set observe an event,
 * ingest looks for the fields that they name, and every stage accepts their facts.
 */
public final class RuleReload implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleReload.class);

  /** Shortest pause between two checks of the rule files for changes. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration LONG_PAUSE = Duration.ofMillis(250);

  /**
   * Factor by which the pause after a check of the rule files is longer than the check. So checks
   * take little of the time. The pause is never shorter than {@link #PAUSE} or longer than {@link
   * #LONG_PAUSE}.
   */
  private static final int PAUSE_FACTOR = 20;

  /** Time after a change during which the rule files are read again even if they look unchanged. */
  private static final Duration RECENT = Duration.ofSeconds(3);

  /**
   * Pause between finding new rules and applying them to events. In this pause the other instances
   * find the new rules too, and this instance already accepts facts that they send for these rules.
   */
  private static final Duration ANNOUNCED = Duration.ofMillis(450);

  /** Pause before the topic of published rules is read again, if it could not be read. */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private static final int MOST_FORMER = 8;

  /**
   * Remark in a message that shows only the first fault of a failure with several faults. The last
   * line of the failure is not counted, because it names no fault.
   */
  private static final String OF_MORE =
      " (the first fault; " + ShellCommand.call("rules lint") + " prints all faults)";

  private final Config.Kafka kafka;
  private final RunningRules running;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<Former> former = new ArrayList<>();
  private volatile ConfiguredRules inForce;
  private volatile RawFieldPlan fields;
  private volatile State state;
  private volatile boolean emptied;
  private @Nullable PublishedRules published;

  /**
   * State of the Sigma rules: the files in force, and the reason why changed files are not in
   * force.
   *
   * @param hash hash of the files in force; empty if none were read
   * @param since time from which they are in force
   * @param refusal reason why the changed files are not in force, or null
   */
  public record State(String hash, Instant since, @Nullable String refusal) {
    String sinceText() {
      return AvroJson.instant(since.toEpochMilli());
    }
  }

  /**
   * Rules of a set that was replaced a short time ago, with the time of the replacement. The ingest
   * role still reads the raw fields that these rules name.
   */
  private record Former(List<ConfiguredRule> rules, long atNanos) {}

  RuleReload(ConfiguredRules rules, Config.Kafka kafka) {
    this.kafka = kafka;
    this.inForce = rules;
    this.fields = rules.rawFields();
    this.running = new RunningRules(RuleSets.of(rules));
    SigmaRulesReader sigma = rules.sigma();
    this.state = new State(sigma == null ? "" : sigma.hash(), Instant.now(), null);
  }

  RunningRules running() {
    return running;
  }

  public ConfiguredRules inForce() {
    return inForce;
  }

  RawFieldPlan rawFields() {
    return fields;
  }

  public State state() {
    return state;
  }

  /** Returns the number of changed rule sets that were put in force. */
  public long taken() {
    return taken.get();
  }

  /**
   * Returns how often changed rule files could not be used. Consecutive failures with the same
   * reason count once.
   */
  public long refused() {
    return refused.get();
  }

  /**
   * Returns a message about a problem of the Sigma rules, or null if there is none. The problem is
   * that changed files are not in force, or that all Sigma rules have gone while this instance ran.
   */
  public @Nullable String problem() {
    State now = state;
    if (now.refusal() != null) {
      return "rules: the present Sigma files could not be read or cannot be used (%s); the rules in force since %s stay in force"
          .formatted(now.refusal(), now.sinceText());
    }
    return emptied
        ? "rules: no Sigma rule has been in force since %s, because no Sigma file is there any more; check that the folders of rules.directories are mounted, or restart this instance if no rule is wanted"
            .formatted(now.sinceText())
        : null;
  }

  /**
   * Puts the last published rules into force, if the configuration takes rules from the topic of
   * published rules. It must be called before any stage runs.
   *
   * @throws KafkaException if the topic cannot be read
   */
  void begin() {
    SigmaRulesReader sigma = inForce.sigma();
    if (sigma != null && sigma.isPublished()) {
      PublishedRules topic = new PublishedRules(kafka);
      published = topic;
      SortedMap<String, byte[]> latest;
      try {
        latest = topic.latest();
      } catch (RuntimeException e) { // another call opens the topic anew
        closeTopic();
        throw e;
      }
      if (latest != null) {
        take(sigma, SigmaFiles.of(latest), false);
      }
    }
  }

  @Override
  public void run() {
    SigmaRulesReader sigma = inForce.sigma();
    if (sigma != null && sigma.isPublished()) {
      follow(sigma);
    } else if (sigma != null && sigma.hasFolders()) {
      watch(sigma);
    }
  }

  private void follow(SigmaRulesReader sigma) {
    String failing = "";
    while (!pause(Duration.ZERO)) {
      dropReplaced();
      PublishedRules topic = published;
      try {
        if (topic == null) {
          topic = new PublishedRules(kafka);
          published = topic;
        }
        SortedMap<String, byte[]> next = topic.poll(LONG_PAUSE);
        failing = "";
        if (next != null) {
          take(sigma, SigmaFiles.of(next), true);
        }
      } catch (OperatorException e) {
        refuse(e);
        pause(AGAIN);
      } catch (KafkaException e) {
        String why = Failures.message(e);
        if (!why.equals(failing)) {
          LOG.warn("rules: could not read the published rules ({}); Lockstep tries again", why);
        }
        failing = why;
        closeTopic();
        pause(AGAIN);
      }
    }
    closeTopic();
  }

  /**
   * Closes the topic of published rules. A start that is abandoned calls it in place of {@link
   * #run}.
   */
  void closeTopic() {
    PublishedRules topic = published;
    published = null;
    if (topic != null) {
      topic.close();
    }
  }

  private void watch(SigmaRulesReader sigma) {
    String look = "";
    String seen = "";
    String decided = state.hash();
    long changedNanos = System.nanoTime();
    Duration pause = PAUSE;
    while (!pause(pause)) {
      dropReplaced();
      long startNanos = System.nanoTime();
      String now = sigma.look();
      pause = pauseAfter(System.nanoTime() - startNanos);
      if (!now.equals(look)) {
        changedNanos = System.nanoTime();
        look = now;
      } else if (System.nanoTime() - changedNanos > RECENT.toNanos()) {
        continue;
      }
      SigmaFiles files = read(sigma);
      if (files == null) {
        decided = "";
        seen = "";
      } else if (files.hash().equals(decided)) {
        seen = "";
      } else if (!files.hash().equals(seen)) {
        seen = files.hash(); // may be half written
      } else {
        decided = seen;
        take(sigma, files, true);
      }
    }
  }

  private static Duration pauseAfter(long lookNanos) {
    long nanos = Math.max(PAUSE.toNanos(), lookNanos * PAUSE_FACTOR);
    return Duration.ofNanos(Math.min(LONG_PAUSE.toNanos(), nanos));
  }

  private @Nullable SigmaFiles read(SigmaRulesReader sigma) {
    try {
      return sigma.files();
    } catch (OperatorException e) {
      refuse(e);
      return null;
    }
  }

  /**
   * Puts all Sigma rules in the given files into force, or none of them if they cannot be used.
   *
   * @param runs if the stages of the topology run already
   */
  private void take(SigmaRulesReader sigma, SigmaFiles files, boolean runs) {
    ConfiguredRules next;
    RuleSet set;
    try {
      if (files.hash().equals(state.hash())) { // a refused change was undone
        if (state.refusal() != null) {
          LOG.info("rules: the Sigma files can be used again, and are the same as those in force");
        }
        state = new State(state.hash(), state.since(), null);
        return;
      }
      next = sigma.rules(files);
      set = RuleSets.of(next);
      RuleChanges.refuseSameNumber(set);
    } catch (OperatorException e) {
      refuse(e);
      return;
    }
    RuleChanges changes = RuleChanges.between(inForce, next);
    former.add(0, new Former(inForce.all(), System.nanoTime()));
    while (former.size() > MOST_FORMER) {
      former.remove(former.size() - 1);
    }
    inForceWith(next);
    running.announce(set);
    if (runs && changes.needsAnnouncement() && pause(ANNOUNCED)) {
      return;
    }
    running.enforce(set, System.nanoTime());
    inForce = next;
    state = new State(files.hash(), Instant.now(), null);
    emptied = runs && files.size() == 0;
    taken.incrementAndGet();
    LOG.info(
        "rules: the {} Sigma files are in force now, hash {}; compared with the former files: {}",
        sigma.isPublished() ? "published" : "changed",
        files.hash(),
        changes.text());
    if (emptied) {
      LOG.warn("{}", problem());
    }
  }

  private void refuse(OperatorException fault) {
    List<String> lines = fault.lines();
    String reason =
        lines.isEmpty()
            ? String.valueOf(fault.getMessage())
            : fault.getMessage() + ": " + lines.get(0) + (lines.size() > 2 ? OF_MORE : "");
    State before = state;
    if (!reason.equals(before.refusal())) {
      refused.incrementAndGet();
      LOG.warn(
          "rules: the rules in force since {} stay in force, because the present Sigma files could"
              + " not be read or cannot be used: {}",
          before.sinceText(),
          reason);
      state = new State(before.hash(), before.since(), reason);
    }
  }

  private void dropReplaced() {
    long now = System.nanoTime();
    running.dropRemoved(now);
    if (former.removeIf(each -> now - each.atNanos() >= RunningRules.REMOVAL_GRACE.toNanos())) {
      inForceWith(inForce);
    }
  }

  private void inForceWith(ConfiguredRules rules) {
    List<ConfiguredRule> all = new ArrayList<>(rules.all());
    former.forEach(each -> all.addAll(each.rules()));
    fields = former.isEmpty() ? rules.rawFields() : ConfiguredRules.rawFields(all);
  }

  private boolean pause(Duration time) {
    try {
      return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  void close() {
    closing.countDown();
  }
}
