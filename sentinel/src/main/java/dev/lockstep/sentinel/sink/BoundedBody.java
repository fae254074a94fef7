package dev.lockstep.sentinel.sink;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the beginning of an HTTP answer's body, up to a time limit and a size limit. The
 * connection is closed if more would come. A body that breaks off gives the bytes that came.
 */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final int maxBytes;
  private final CompletableFuture<byte[]> done = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int maxBytes, Duration timeout, Executor executor) {
    this.maxBytes = maxBytes;
    CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS, executor)
        .execute(this::finish);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return done;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    begun.request(1);
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] piece = new byte[Math.min(buffer.remaining(), maxBytes - bytes.size())];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
    if (bytes.size() >= maxBytes) {
      finish();
    } else if (subscription != null && !done.isDone()) {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable broken) {
    finish();
  }

  @Override
  public void onComplete() {
    finish();
  }

  private synchronized void finish() {
    if (done.complete(bytes.toByteArray()) && subscription != null) {
      subscription.cancel();
    }
  }
}
