package dev.lockstep.app;

import dev.lockstep.schemas.Quoted;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster of topics and state, as a service needs it: waited for at the start, prepared, and
 * watched from then on. One that cannot be reached is named once and tried until it can.
 */
final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final long RETRY_MILLIS = 2_000;
  private static final long LOOK_SECONDS = 5;

  private static final String CANNOT_BE_USED = "cannot be used";

  private final Config.Kafka kafka;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private String named = "";
  private volatile @Nullable String waitingFor = "the topics have not been checked yet";
  private volatile @Nullable String unreachable;

  Cluster(Config.Kafka kafka) {
    this.kafka = kafka;
  }

  /** Returns what a start still waits for, or null once it is over. */
  @Nullable String waitingFor() {
    return waitingFor;
  }

  /** Returns that it does not answer, or null if it did the last time. */
  @Nullable String unreachable() {
    return unreachable;
  }

  /** Ends whatever waits for it, and the watch; from any thread. */
  void stop() {
    stopping.countDown();
  }

  boolean isStopped() {
    return stopping.getCount() == 0;
  }

  /**
   * Waits until its topics can be used, and makes those that are missing; or until it is stopped.
   *
   * @throws OperatorException if they never can
   */
  void prepare() throws InterruptedException {
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
  void tryOn(String otherwise, Runnable step) throws InterruptedException {
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

  static OperatorException unusable(KafkaException e) {
    return new OperatorException(
        "could not make a client of the cluster: %s; mend kafka.properties"
            .formatted(Failures.said(e)),
        e);
  }

  private Admin admin() {
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.putIfAbsent("default.api.timeout.ms", 5_000);
    settings.putIfAbsent("request.timeout.ms", 4_000);
    return Admin.create(settings);
  }

  /** Ends the start, and watches on a thread of its own until it is stopped. */
  void watch() {
    waitingFor = null;
    new DaemonThreads("watch-cluster").newThread(this::look).start();
  }

  /** The clients wait for their cluster in silence; somebody has to say that it is away. */
  private void look() {
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
                  .formatted(Quoted.of(kafka.bootstrapServers()));
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
}
