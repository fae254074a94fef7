package dev.lockstep.app.kafka;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.DaemonThreadFactory;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Quoted;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster of topics and state, as a service needs it: waited for at the start, prepared, and
 * watched from then on. One that cannot be reached is named once and tried until it can.
 */
public final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final long RETRY_MILLIS = 2_000;
  private static final long LOOK_SECONDS = 5;
  private static final long FIRST_LOOK_SECONDS = 1;

  private static final String CANNOT_BE_USED = "cannot be used";

  private final Config.Kafka kafka;
  private final Consumer<String> onLoss;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private String named = "";
  private volatile @Nullable String waitingFor = "the topics have not been checked yet";
  private volatile @Nullable String unreachable;
  private volatile @Nullable String topicsAreNot;
  private final Map<String, Uuid> internalTopics = new HashMap<>();

  /**
   * @param onLoss takes why a topology cannot go on there, once it was watched
   */
  public Cluster(Config.Kafka kafka, Consumer<String> onLoss) {
    this.kafka = kafka;
    this.onLoss = onLoss;
  }

  /** Returns what a start still waits for, or null once it is over. */
  public @Nullable String waitingFor() {
    return waitingFor;
  }

  /** Returns that it does not answer, or null if it did the last time. */
  public @Nullable String unreachable() {
    return unreachable;
  }

  /**
   * Returns what is wrong with its topics, or null if nothing was when they were last looked at.
   */
  public @Nullable String topicsAreNot() {
    return topicsAreNot;
  }

  /** Ends whatever waits for it, and the watch; from any thread. */
  public void stop() {
    stopping.countDown();
  }

  public boolean isStopped() {
    return stopping.getCount() == 0;
  }

  /**
   * Waits until its topics can be used, and makes those that are missing; or until it is stopped.
   *
   * @throws OperatorException if they never can
   */
  public void prepare() throws InterruptedException {
    while (!isStopped()) {
      try (Admin admin = admin()) {
        Topics.ensure(admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication());
        return;
      } catch (OperatorException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
        waitFor(CANNOT_BE_USED, cannotBeUsed(String.valueOf(e.getMessage())));
      } catch (KafkaException e) {
        if (!(e instanceof RetriableException) && !isUnresolved(e)) {
          throw unusable(e);
        }
        waitFor(CANNOT_BE_USED, cannotBeUsed(Failures.said(e)));
      }
    }
  }

  /** Does a step that needs it until the step has no failure; or until it is stopped. */
  public void tryOn(String otherwise, Runnable step) throws InterruptedException {
    while (!isStopped()) {
      try {
        step.run();
        return;
      } catch (KafkaException | UncheckedIOException e) {
        waitFor(otherwise, otherwise + " (" + Failures.said(e) + ")");
      }
    }
  }

  /** What a client says of its failure differs from time to time: what fails is named once. */
  private void waitFor(String what, String whole) throws InterruptedException {
    if (!what.equals(named)) {
      LOG.warn("{}; tries on", whole);
    }
    named = what;
    waitingFor = whole;
    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private String cannotBeUsed(String why) {
    return "the cluster at kafka.bootstrapServers %s %s: %s"
        .formatted(Quoted.of(kafka.bootstrapServers()), CANNOT_BE_USED, why);
  }

  /** A name that no name server knows may be known later. */
  private static boolean isUnresolved(KafkaException e) {
    return Failures.said(e).contains("No resolvable bootstrap");
  }

  public static OperatorException unusable(KafkaException e) {
    return new OperatorException(
        "could not make a client of the cluster: %s; fix kafka.properties"
            .formatted(Failures.said(e)),
        e);
  }

  private Admin admin() {
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.putIfAbsent("default.api.timeout.ms", 5_000);
    settings.putIfAbsent("request.timeout.ms", 4_000);
    return Admin.create(settings);
  }

  /**
   * Ends the start, and watches on a thread of its own until it is stopped: often until Kafka
   * Streams has made all its topics, so that one of them that is deleted soon after is missed.
   *
   * @param hasAllTopics if Kafka Streams has made them, or has none to make here
   * @param besides what else is looked at each time
   */
  public void watch(BooleanSupplier hasAllTopics, Runnable besides) {
    waitingFor = null;
    new DaemonThreadFactory("watch-cluster")
        .newThread(() -> watchUntilStopped(hasAllTopics, besides))
        .start();
  }

  private void watchUntilStopped(BooleanSupplier hasAllTopics, Runnable besides) {
    boolean knowsAll = false;
    try {
      while (!stopping.await(knowsAll ? LOOK_SECONDS : FIRST_LOOK_SECONDS, TimeUnit.SECONDS)) {
        boolean areMade = hasAllTopics.getAsBoolean();
        look();
        besides.run();
        knowsAll |= areMade;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Looks at it now, and returns what is wrong with it or its topics; null if nothing is. Takes
   * some seconds where it does not answer: its clients wait for it in silence.
   */
  public synchronized @Nullable String look() {
    String before = problem();
    try (Admin admin = admin()) {
      admin.describeCluster().clusterId().get();
      unreachable = null;
      topicsAreNot =
          Topics.look(
              admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication(), internalTopics);
    } catch (ExecutionException | KafkaException e) {
      unreachable =
          "the cluster at kafka.bootstrapServers %s does not answer; start its brokers, or look at the network to them: it goes on by itself"
              .formatted(Quoted.of(kafka.bootstrapServers()));
      LOG.debug("the cluster does not answer", e);
    } catch (Topics.InternalTopicLostException e) {
      topicsAreNot = e.getMessage();
      onLoss.accept(String.valueOf(e.getMessage()));
    } catch (OperatorException e) { // a topic that is gone, and that may not be created
      topicsAreNot = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String now = problem();
    if (now != null && !now.equals(before)) {
      LOG.warn("{}", now);
    } else if (now == null && before != null) {
      LOG.info("the cluster and its topics can be used again");
    }
    return now;
  }

  private @Nullable String problem() {
    return unreachable == null ? topicsAreNot : unreachable;
  }
}
