package dev.lockstep.ingest.source;

import dev.lockstep.ingest.outcome.FaultException;
import dev.lockstep.schemas.process.Causes;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Register of the open problems of a source and its target, each about one partition or about the
 * whole source. It logs each new problem, and logs when no problem is open any more. Safe for use
 * by several threads.
 */
public final class SourceHealth {
  /**
   * Name under which a problem of the whole source is recorded. A problem of one partition is
   * recorded under the name of the partition.
   */
  public static final String WHOLE = "";

  private static final Logger LOG = LoggerFactory.getLogger(SourceHealth.class);

  private final String source;
  private final Map<String, Problem> open = new TreeMap<>();

  /** Creates the health record of a source, at first without problems. */
  public SourceHealth(String source) {
    this.source = source;
  }

  /**
   * Records a problem of a partition or of the whole source, and logs it if it is new. It replaces
   * the earlier problem of that partition or source. It is new unless the earlier problem was the
   * same.
   *
   * @param about name of the partition, or {@link #WHOLE}
   */
  public void report(String about, String what, Throwable why) {
    report(about, new Problem(what, what, null), why);
  }

  /**
   * Records and logs a problem, as {@link #report} does. {@link #firstProblem} then shows the
   * messages of the failure and of its causes too. The log has these messages in either case.
   */
  public void reportWithCauses(String about, String what, Throwable why) {
    report(about, new Problem(what, "%s (%s)".formatted(what, Causes.of(why)), null), why);
  }

  /**
   * Records and logs, as {@link #report} does, that the target refused a write of a partition.
   * {@link #firstProblem} shows all writes that were not accepted in time as one problem, with the
   * number of partitions.
   *
   * @param partition name of the partition for people
   * @param fix fix of the failure with a colon before it, or an empty text
   */
  public void reportRefusedWrite(String about, String partition, String fix, Throwable why) {
    String what = partition + " cannot be written to the target" + fix;
    if (isTimeout(why)) {
      report(about, new Problem(what, what, partition), why);
    } else {
      reportWithCauses(about, what, why);
    }
  }

  /**
   * Returns whether a write failed because the cluster did not answer or accept it in time. Such a
   * write may succeed later, without a change of the write or of rights.
   */
  private static boolean isTimeout(Throwable failure) {
    return Causes.first(
            failure,
            cause ->
                cause instanceof TimeoutException
                    || cause instanceof DisconnectException
                    || cause instanceof NetworkException)
        != null;
  }

  private void report(String about, Problem problem, Throwable why) {
    if (recordProblem(about, problem)) {
      LOG.warn("{}: {} ({}); this instance tries again", source, problem.what(), Causes.of(why));
    }
  }

  /**
   * Records an unexpected failure as the problem of the whole source, and logs it if it is new. The
   * source keeps trying, because it must not end in silence.
   */
  public void reportFault(RuntimeException fault) {
    String what = String.valueOf(new FaultException(fault).getMessage());
    if (recordProblem(WHOLE, new Problem(what, what, null))) {
      LOG.error("{}: {}; this instance tries again", source, what, fault);
    }
  }

  private boolean recordProblem(String about, Problem problem) {
    synchronized (open) {
      Problem before = open.put(about, problem);
      return before == null || !before.what().equals(problem.what());
    }
  }

  /**
   * Removes the problem of a partition or of the whole source, and returns whether it was the
   * source's last one.
   */
  public boolean clear(String about) {
    boolean last;
    synchronized (open) {
      last = open.remove(about) != null && open.isEmpty();
    }
    if (last) {
      LOG.info(
          "{}: all problems of the source, and of the Kafka cluster that its records are written to, are over",
          source);
    }
    return last;
  }

  /**
   * Drops the problem of a partition or of the whole source without logging its end. It is for
   * problems that no longer concern this instance, such as after a partition moved to another one.
   */
  public void drop(String about) {
    synchronized (open) {
      open.remove(about);
    }
  }

  /** Returns whether a partition or the whole source has an open problem. */
  public boolean isOpen(String about) {
    synchronized (open) {
      return open.containsKey(about);
    }
  }

  /**
   * Returns an open problem, or an empty text if there is none. If the whole source has a problem,
   * the result is that one.
   */
  public String firstProblem() {
    synchronized (open) {
      if (open.isEmpty()) {
        return "";
      }
      Problem first = open.values().iterator().next();
      return first.waiting() == null ? first.shown() : waiting(first.waiting());
    }
  }

  private String waiting(String first) {
    long partitions = open.values().stream().filter(one -> one.waiting() != null).count();
    return "the records of %s wait, because the Kafka cluster that they are written to has accepted no write in time; the log has the cause"
        .formatted(partitions == 1 ? first : partitions + " partitions");
  }

  /**
   * Open problem of one partition or of the whole source.
   *
   * @param what text that is logged, and by which a repeated problem is recognised
   * @param shown text that is shown, which may differ from attempt to attempt
   * @param waiting name of the partition if its records wait for the target, or null for any other
   *     problem
   */
  private record Problem(String what, String shown, @Nullable String waiting) {}
}
