package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sink that sends detections to a web service by POST, as a JSON array with a signature.
 *
 * <p>{@code X-Lockstep-Signature} is {@code sha256=} and the hexadecimal HMAC-SHA256, by the shared
 * secret, of the value of {@code X-Lockstep-Timestamp} (seconds since 1970), a dot, and the body.
 */
public final class WebhookSink implements Sink {
  /** Smallest allowed number of characters of the secret that signs requests. */
  public static final int SHORTEST_SECRET = 16;

  static final String TIMESTAMP = "X-Lockstep-Timestamp";
  static final String SIGNATURE = "X-Lockstep-Signature";

  private static final Limits LIMITS = new Limits(262_144, 100);

  private final String name;
  private final RowFormat format;
  private final URI url;
  private final SecretKeySpec key;
  private final ExecutorService threads;
  private final HttpSender http;
  private final Duration requestTimeout;

  /**
   * Creates a sink that sends to a URL, with a request timeout of 30 seconds.
   *
   * @param name name of the sink for messages
   * @param format form of a detection
   * @param url https, or http on this machine
   * @param secret at least 16 characters
   * @param clock clock by which a date in the header {@code Retry-After} becomes a wait
   * @throws IllegalArgumentException if a value cannot be used; its message has the fix
   */
  public WebhookSink(String name, RowFormat format, URI url, String secret, InstantSource clock) {
    this(name, format, url, secret, clock, Duration.ofSeconds(30));
  }

  WebhookSink(
      String name,
      RowFormat format,
      URI url,
      String secret,
      InstantSource clock,
      Duration requestTimeout) {
    this.name = name;
    this.format = format;
    this.url = checked(name, url);
    if (secret.length() < SHORTEST_SECRET) {
      throw new IllegalArgumentException(
          "could not configure the sink %s: its secret has %d characters; use at least %d random characters"
              .formatted(name, secret.length(), SHORTEST_SECRET));
    }
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    this.threads = Executors.newCachedThreadPool(new DaemonThreadFactory("webhook-" + name));
    this.requestTimeout = requestTimeout;
    this.http =
        new HttpSender(
            threads, Duration.ofSeconds(10), requestTimeout, clock, WebhookSink::meaning);
  }

  private static URI checked(String name, URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost();
    boolean takes =
        host != null
            && url.getRawUserInfo() == null
            && url.getRawFragment() == null
            && HttpSender.isPort(url.getPort())
            && (scheme.equals("https") || (scheme.equals("http") && Loopback.is(host)));
    if (!takes) {
      throw new IllegalArgumentException(
          "could not configure the sink %s: its url is not https://HOST/PATH; http is only for this machine, such as 127.0.0.1, and a user name, a # or a port outside 1 to 65535 is not allowed"
              .formatted(name));
    }
    return url;
  }

  /**
   * Returns the sink's name and host. The path is left out, because paths of webhooks are often
   * secret.
   */
  @Override
  public String place() {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return "%s at %s://%s%s/…".formatted(name, url.getScheme(), url.getHost(), port);
  }

  @Override
  public Row row(Detection detection) {
    return format.row(detection);
  }

  @Override
  public Limits limits() {
    return LIMITS;
  }

  @Override
  public Duration timeout() {
    return requestTimeout.plusSeconds(5);
  }

  @Override
  public Answer send(List<Row> rows, Instant sentAt) throws InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(4_096);
    try {
      Row.writeArray(rows, sentAt, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] json = body.toByteArray();
    String timestamp = Long.toString(sentAt.getEpochSecond());
    return http.post(
        url,
        Map.of(
            "Content-Type",
            "application/json",
            TIMESTAMP,
            timestamp,
            SIGNATURE,
            "sha256=" + signature(timestamp, json)),
        json);
  }

  private String signature(String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks HmacSHA256", e);
    }
  }

  private static AnswerClass meaning(int status) {
    return switch (status) {
      case 400, 422 -> AnswerClass.REFUSED;
      case 401, 403 -> AnswerClass.UNAUTHORISED;
      case 408, 425 -> AnswerClass.UNAVAILABLE;
      case 413 -> AnswerClass.TOO_LARGE;
      case 429 -> AnswerClass.THROTTLED;
      default ->
          switch (status / 100) {
            case 2 -> AnswerClass.TAKEN;
            case 3 -> AnswerClass.UNEXPECTED;
            case 5 -> AnswerClass.UNAVAILABLE;
            default -> AnswerClass.MISCONFIGURED;
          };
    };
  }

  @Override
  public String fix(AnswerClass kind) {
    return switch (kind) {
      case UNAUTHORISED ->
          "check that the values of secret and url of this sink match those of the receiver";
      case UNTRUSTED ->
          "the server cannot prove that it is the host of the url: check its certificate, and the"
              + " certificates that this machine trusts";
      case UNEXPECTED -> "redirects are not followed: use the url that answers directly";
      case TOO_LARGE -> "the receiver rejects a single detection as too large: raise its limit";
      case REFUSED -> "the receiver rejects every detection: look into its log";
      default -> "check the url";
    };
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
