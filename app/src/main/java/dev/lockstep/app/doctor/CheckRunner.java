package dev.lockstep.app.doctor;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.DaemonThreadFactory;
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

/** Runner of concurrent checks with one common deadline. */
public final class CheckRunner {
  private static final Logger LOG = LoggerFactory.getLogger(CheckRunner.class);

  /** Check of one thing that the configuration names, such as a topic. */
  @FunctionalInterface
  public interface Check {
    /**
     * Runs the check and adds its results to a report. An exception counts as a failure of what the
     * check examines.
     */
    void look(CheckReport into) throws Exception;
  }

  private final Duration timeout;
  private final Map<CheckReport, Check> checks = new LinkedHashMap<>();

  /** Creates a runner with the longest time that all checks together may take. */
  public CheckRunner(Duration timeout) {
    this.timeout = timeout;
  }

  public void add(String name, Check check) {
    checks.put(new CheckReport(name), check);
  }

  /** Runs all checks, and returns the results in the order in which the checks were added. */
  public List<CheckReport.Line> run() throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("doctor"));
    Map<CheckReport, Future<?>> running = new LinkedHashMap<>();
    CountDownLatch left = new CountDownLatch(checks.size());
    checks.forEach(
        (report, check) ->
            running.put(
                report,
                threads.submit(
                    () -> {
                      try {
                        look(report, check);
                      } finally {
                        left.countDown();
                      }
                    })));
    boolean all = left.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    List<CheckReport.Line> lines = new ArrayList<>();
    running.forEach(
        (report, future) -> {
          report.seal(all || future.isDone(), timeout.toSeconds());
          lines.addAll(report.lines());
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
      LOG.debug("doctor: the check of {} threw an exception", into.check(), e);
      into.fail(
          "could not be checked: " + Failures.message(e),
          "run again with LOCKSTEP_JAVA_OPTS=-Dorg.slf4j.simpleLogger.log.dev.lockstep=debug and"
              + " report what it shows");
    }
  }
}
