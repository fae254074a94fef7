package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timer of a forwarder's two waits: before a request is repeated, such as after status 429, and
 * until a sink answers.
 *
 * <p>A wait before a repetition lasts as long as the sink asks for by {@code Retry-After} ({@link
 * Answer#retryAfter}), but at most an hour ({@code RetryAfter} of the package {@code sink}). If the
 * sink asks for no time, {@link ExponentialBackoff} determines the wait, with the first and the
 * longest wait of {@link BackoffSettings}. During a wait the forwarder stays in its consumer group.
 * A wait ends early when the forwarder ends.
 */
final class RetryWaits {
  private static final Logger LOG = LoggerFactory.getLogger(RetryWaits.class);
  private static final Duration SLICE = Duration.ofMillis(200);
  private static final int CLOSING_SLICES = 10;

  private final GroupMember group;
  private final ExponentialBackoff backoff;
  private final Pause pause;
  private volatile boolean over;

  RetryWaits(GroupMember group, ExponentialBackoff backoff, Pause pause) {
    this.group = group;
    this.backoff = backoff;
    this.pause = pause;
  }

  void end() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  void waitFor(Duration time) throws InterruptedException {
    Duration left = time;
    while (!over && !left.isZero() && !left.isNegative()) {
      Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
      pause.sleep(slice);
      left = left.minus(slice);
      group.serve();
    }
  }

  void beforeRepetition(@Nullable Duration retryAfter) throws InterruptedException {
    if (retryAfter == null) {
      backOff();
    } else {
      waitFor(retryAfter);
    }
  }

  void backOff() throws InterruptedException {
    waitFor(backoff.next());
  }

  void reset() {
    backoff.reset();
  }

  /**
   * Waits for a sink's answer up to a longest time, and polls meanwhile so that the forwarder stays
   * in its consumer group. An answer that comes too late counts as a failure. The wait is shorter
   * if the forwarder ends.
   */
  Answer await(Future<Answer> future, Duration longest) throws InterruptedException {
    long slices = 1 + longest.dividedBy(SLICE);
    long closingSlices = CLOSING_SLICES;
    Duration waited = Duration.ZERO;
    try {
      while (slices-- > 0 && (!over || closingSlices-- > 0)) {
        try {
          return future.get(SLICE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          waited = waited.plus(SLICE);
          group.serve();
        }
      }
      return Answer.without(
          AnswerClass.TIMED_OUT,
          waited.compareTo(longest) >= 0
              ? "no answer within " + longest.toMillis() + " ms"
              : "no answer had come within " + waited.toMillis() + " ms when the forwarder ended");
    } catch (ExecutionException e) {
      Throwable cause = Causes.unwrapped(e);
      LOG.debug(
          "the sink {} threw an exception while it sent rows; the rows are sent again; report this"
              + " bug",
          group.sink(),
          cause);
      return Answer.without(AnswerClass.CUT, Causes.outerAndInnermost(cause) + "; report this bug");
    } finally {
      future.cancel(true);
    }
  }
}
