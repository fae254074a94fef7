package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.process.Causes;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Client that posts each body once by HTTP and reports the answer, in bounded time and memory and
 * without following redirects.
 */
public final class HttpSender {
  private static final int MAX_ANSWER_BYTES = 8_192;
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient http;
  private final ExecutorService threads;
  private final Duration requestTimeout;
  private final InstantSource clock;
  private final IntFunction<AnswerClass> meaning;

  /**
   * Creates a sender with its own HTTP client.
   *
   * @param threads pool of threads that send the requests
   * @param requestTimeout longest time for an answer, including the connection
   * @param meaning function from a status to its meaning
   */
  public HttpSender(
      ExecutorService threads,
      Duration connectTimeout,
      Duration requestTimeout,
      InstantSource clock,
      IntFunction<AnswerClass> meaning) {
    this.threads = threads;
    this.requestTimeout = requestTimeout;
    this.clock = clock;
    this.meaning = meaning;
    this.http = client(connectTimeout).executor(threads).build();
  }

  /** Returns the builder of an HTTP client that follows no redirects. */
  public static HttpClient.Builder client(Duration connectTimeout) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout);
  }

  /**
   * Returns a handler that reads the beginning of an answer's body. The handler limits the time and
   * the memory of this read.
   */
  public static HttpResponse.BodyHandler<byte[]> beginning(Executor executor) {
    return head -> new BoundedBody(MAX_ANSWER_BYTES, BODY_TIMEOUT, executor);
  }

  /** Returns whether the port of a URI is valid: 1 to 65535, or -1 for a URI without a port. */
  public static boolean isPort(int port) {
    return port == -1 || (port > 0 && port <= 65_535);
  }

  public Answer post(URI to, Map<String, String> headers, byte[] body) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .timeout(requestTimeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answered =
        http.sendAsync(request.build(), beginning(threads));
    try {
      HttpResponse<byte[]> response =
          answered.get(requestTimeout.plus(BODY_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
      return Answer.of(
          meaning.apply(response.statusCode()),
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          response.body(),
          clock.instant());
    } catch (TimeoutException e) {
      return Answer.without(
          AnswerClass.TIMED_OUT, "no answer within " + requestTimeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = Causes.unwrapped(e);
      if (cause instanceof IOException broken) {
        return failed(to, broken);
      }
      // For example the JDK's own failure on a length that is not a number.
      return Answer.without(AnswerClass.CUT, Causes.outerAndInnermost(cause));
    } finally {
      answered.cancel(true);
    }
  }

  private static Answer failed(URI to, IOException e) {
    if (e instanceof HttpTimeoutException) {
      return Answer.without(AnswerClass.TIMED_OUT, Causes.outerAndInnermost(e));
    }
    if (holds(e, UnresolvedAddressException.class) || holds(e, UnknownHostException.class)) {
      return Answer.without(
          AnswerClass.UNRESOLVED, "no name server knows the host " + to.getHost());
    }
    String why = String.valueOf(Causes.innermost(e).getMessage());
    boolean unproven =
        holds(e, GeneralSecurityException.class) || holds(e, SSLPeerUnverifiedException.class);
    boolean alert = holds(e, SSLException.class) && why.startsWith("Received fatal alert");
    if (unproven || alert) {
      return Answer.without(AnswerClass.UNTRUSTED, "TLS: " + why);
    }
    return Answer.without(AnswerClass.CUT, Causes.outerAndInnermost(e));
  }

  private static boolean holds(Throwable e, Class<? extends Throwable> kind) {
    return Causes.find(e, kind) != null;
  }
}
