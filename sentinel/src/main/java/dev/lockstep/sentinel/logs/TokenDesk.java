package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Causes;
import dev.lockstep.sentinel.sink.HttpSender;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks for tokens, once at a time however long that takes, so that waiting threads do not pile. */
final class TokenDesk {
  private final BearerTokens tokens;
  private final ExecutorService threads;
  private @Nullable Future<BearerToken> asked;

  TokenDesk(BearerTokens tokens, ExecutorService threads) {
    this.tokens = tokens;
    this.threads = threads;
  }

  /** What came of asking: a token, or why there is none. */
  record Issued(@Nullable BearerToken token, String refusal) {}

  Issued ask(Duration timeout) throws InterruptedException {
    Future<BearerToken> asking = asking();
    try {
      BearerToken token = asking.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      forget(asking);
      return new Issued(token, "");
    } catch (TimeoutException e) {
      return new Issued(null, "no access token within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      forget(asking);
      return new Issued(null, HttpSender.describe(Causes.unwrapped(e)));
    }
  }

  void refused() {
    tokens.refused();
  }

  private synchronized Future<BearerToken> asking() {
    Future<BearerToken> underWay = asked;
    if (underWay == null) {
      underWay = threads.submit(tokens::current);
      asked = underWay;
    }
    return underWay;
  }

  private synchronized void forget(Future<BearerToken> done) {
    if (asked == done) {
      asked = null;
    }
  }
}
