package dev.lockstep.app.doctor;

import dev.lockstep.app.process.DaemonThreadFactory;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs checks at once, and waits for none of them longer than for all. */
public final class Doctor {
  private static final Logger LOG = LoggerFactory.getLogger(Doctor.class);

  /** Looks at one thing. */
  @FunctionalInterface
  public interface Check {
    /** Adds what it finds; whatever it throws is a failure of the thing. */
    void look(CheckReport into) throws Exception;
  }

  private final Duration timeout;
  private final Map<CheckReport, Check> checks = new LinkedHashMap<>();

  /** Creates one whose checks may take so long, each and together. */
  public Doctor(Duration timeout) {
    this.timeout = timeout;
  }

  /** Adds a check of the thing of that name. */
  public void add(String name, Check check) {
    checks.put(new CheckReport(name), check);
  }

  /** Runs what was added, and returns what was found in the order of adding. */
  public List<CheckReport.Line> run() throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("doctor"));
    Map<CheckReport, Future<?>> running = new LinkedHashMap<>();
    CountDownLatch left = new CountDownLatch(checks.size());
    checks.forEach(
        (checkup, check) ->
            running.put(
                checkup,
                threads.submit(
                    () -> {
                      try {
                        look(checkup, check);
                      } finally {
                        left.countDown();
                      }
                    })));
    boolean all = left.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    List<CheckReport.Line> lines = new ArrayList<>();
    running.forEach(
        (checkup, future) -> {
          checkup.seal(all || future.isDone(), timeout.toSeconds());
          lines.addAll(checkup.lines());
        });
    threads.shutdownNow();
    return lines;
  }

  private static void look(CheckReport into, Check check) {
    try {
      check.look(into);
    } catch (OperatorException e) {
      into.fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
      LOG.debug("a check failed", e);
      into.fail(
          "could not be looked at: " + Failures.said(e),
          "run again with LOCKSTEP_JAVA_OPTS=-Dorg.slf4j.simpleLogger.log.dev.lockstep=debug and"
              + " report what it shows");
    }
  }
}
