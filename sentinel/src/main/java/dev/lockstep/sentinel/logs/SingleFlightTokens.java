package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.process.Causes;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Source of access tokens that requests them one at a time, so that slow requests take one thread
 * only. A request without an answer is given up after a time, so that the next one can succeed.
 */
final class SingleFlightTokens {
  private final BearerTokens tokens;
  private final ExecutorService threads;
  private final long giveUpNanos;
  private @Nullable Future<BearerToken> asked;
  private long askedNanos;

  /**
   * Creates a source of tokens that has requested none yet.
   *
   * @param giveUpAfter age at which an unanswered request for a token is cancelled by the next
   *     request
   */
  SingleFlightTokens(BearerTokens tokens, ExecutorService threads, Duration giveUpAfter) {
    this.tokens = tokens;
    this.threads = threads;
    this.giveUpNanos = giveUpAfter.toNanos();
  }

  /** Result of a request for a token: the token, or the reason why there is none. */
  record Issued(@Nullable BearerToken token, String refusal) {}

  Issued request(Duration timeout) throws InterruptedException {
    Future<BearerToken> asking = asking();
    try {
      BearerToken token = asking.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      clear(asking);
      return new Issued(token, "");
    } catch (TimeoutException | CancellationException e) {
      return new Issued(null, "no access token within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      clear(asking);
      return new Issued(null, Causes.outerAndInnermost(Causes.unwrapped(e)));
    }
  }

  void refused() {
    tokens.refused();
  }

  private synchronized Future<BearerToken> asking() {
    Future<BearerToken> underWay = asked;
    if (underWay != null && !underWay.isDone() && System.nanoTime() - askedNanos >= giveUpNanos) {
      underWay.cancel(true);
      underWay = null;
    }
    if (underWay == null) {
      underWay = threads.submit(tokens::current);
      asked = underWay;
      askedNanos = System.nanoTime();
    }
    return underWay;
  }

  private synchronized void clear(Future<BearerToken> done) {
    if (asked == done) {
      asked = null;
    }
  }
}
