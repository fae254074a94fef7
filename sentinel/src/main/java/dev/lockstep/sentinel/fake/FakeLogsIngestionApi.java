package dev.lockstep.sentinel.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.EscapedJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fake of the Logs Ingestion API on this machine, which checks requests as the service does, keeps
 * rows, and answers with errors on demand.
 *
 * <p>An error has a status such as 429 or 503. On demand the fake does not answer at all.
 */
public final class FakeLogsIngestionApi implements AutoCloseable {
  /** Immutable id of the only data collection rule that the fake knows. */
  public static final String RULE_ID = "dcr-0123456789abcdef0123456789abcdef";

  /**
   * Name of the only stream of the fake's data collection rule, unless the fake is started with
   * another name.
   */
  public static final String STREAM = "Custom-LockstepDetections_CL";

  /**
   * Row that the fake has accepted.
   *
   * @param detectionId detection id; empty if the row has none
   * @param revision revision; 0 if the row has none
   * @param timeGenerated time as sent
   * @param json text of the row as sent
   */
  public record Row(String detectionId, int revision, Instant timeGenerated, String json) {}

  /** Scripted answer to one request. A malformed request gets an error in its place. */
  public sealed interface Answer {
    /** Returns an answer with status 204. The fake keeps the rows. */
    static Answer taken() {
      return new Status(204, "");
    }

    /** Returns an answer with a status. The fake keeps the rows only if the status is 2xx. */
    static Answer status(int status) {
      return new Status(status, "");
    }

    /**
     * Returns an answer with a status and a Retry-After header. The value of the header is a number
     * of seconds or a date.
     */
    static Answer status(int status, String retryAfter) {
      return new Status(status, retryAfter);
    }

    /** Returns an answer by which the fake keeps the connection open and sends nothing. */
    static Answer hang() {
      return Fault.HANG;
    }

    /**
     * Returns an answer by which the fake cuts the connection before it reads the body. The rows
     * are not taken.
     */
    static Answer cutBeforeReading() {
      return Fault.CUT_BEFORE_READING;
    }

    /** Returns an answer with status 500 and a body that is cut off. The rows are not taken. */
    static Answer cutMidAnswer() {
      return Fault.CUT_MID_ANSWER;
    }

    /**
     * Returns an answer whose body is one byte that is neither JSON nor text in UTF-8. The rows are
     * not taken.
     */
    static Answer garbage(int status) {
      return new Body(status, BodyKind.GARBAGE);
    }

    /** Returns an answer with a body that never ends. The rows are not taken. */
    static Answer endless(int status) {
      return new Body(status, BodyKind.ENDLESS);
    }

    /** Returns an answer with a body that arrives very slowly. The rows are not taken. */
    static Answer slow(int status) {
      return new Body(status, BodyKind.SLOW);
    }

    /** Returns an answer by which the fake takes the rows and then cuts the connection. */
    static Answer takeThenCut() {
      return Fault.TAKE_THEN_CUT;
    }
  }

  /** Answer with a status and, unless {@code retryAfter} is empty, a Retry-After header. */
  private record Status(int status, String retryAfter) implements Answer {}

  /** Answer with a status and a body that is not text, never ends or arrives very slowly. */
  private record Body(int status, BodyKind kind) implements Answer {}

  /** Kind of an unusual body of an answer. */
  private enum BodyKind {
    GARBAGE,
    ENDLESS,
    SLOW
  }

  /** Scripted failure of the connection. */
  private enum Fault implements Answer {
    HANG,
    CUT_BEFORE_READING,
    CUT_MID_ANSWER,
    TAKE_THEN_CUT
  }

  private static final InetAddress LOOPBACK = loopback();

  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final @Nullable BufferedWriter file;
  private final String stream;

  private final Deque<Answer> script = new ArrayDeque<>();
  private final Set<String> refused = new HashSet<>();
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, Row> latest = new LinkedHashMap<>();
  private int maxBodyBytes = FakeRequest.MAX_BODY_BYTES;
  private int requests;
  private int largestRequestBytes;

  private FakeLogsIngestionApi(HttpServer server, @Nullable BufferedWriter file, String stream) {
    this.server = server;
    this.file = file;
    this.stream = stream;
    this.threads =
        Executors.newCachedThreadPool(new DaemonThreadFactory("fake-logs-ingestion-api"));
  }

  /**
   * Starts a fake on the loopback address.
   *
   * @param rowsFile file to which every taken row is appended as a line, or null
   * @param port port, or 0 for a free one
   * @throws IOException if the port is in use or the file cannot be written
   */
  public static FakeLogsIngestionApi start(@Nullable Path rowsFile, int port) throws IOException {
    return start(rowsFile, port, STREAM);
  }

  /** Starts a fake whose data collection rule has the given stream. */
  public static FakeLogsIngestionApi start(@Nullable Path rowsFile, int port, String stream)
      throws IOException {
    BufferedWriter file =
        rowsFile == null
            ? null
            : new BufferedWriter(
                new OutputStreamWriter(
                    OwnerOnly.write(rowsFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    StandardCharsets.UTF_8));
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(LOOPBACK, port), 0);
    } catch (IOException e) {
      if (file != null) {
        file.close();
      }
      throw new IOException(
          "could not start the fake Logs Ingestion API: port %d of 127.0.0.1 cannot be opened (%s); give another port, or 0 for a free one"
              .formatted(port, e.getMessage()),
          e);
    }
    FakeLogsIngestionApi fake = new FakeLogsIngestionApi(server, file, stream);
    server.createContext("/", fake::handle);
    server.setExecutor(fake.threads);
    server.start();
    return fake;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Adds answers for the next requests, one each. The rows of later requests are taken. */
  public synchronized void answerNext(Answer... answers) {
    script.addAll(List.of(answers));
  }

  /**
   * Makes the fake refuse each later request that has a row of the given detection, with status
   * 400.
   */
  public synchronized void refuse(String detectionId) {
    refused.add(detectionId);
  }

  /** Ends the refusals that {@link #refuse} set. */
  public synchronized void refuseNone() {
    refused.clear();
  }

  /**
   * Sets the largest size in bytes of a request's body, both compressed and decompressed. A larger
   * one is answered with status 413.
   */
  public synchronized void limitBody(int maxBytes) {
    maxBodyBytes = maxBytes;
  }

  /** Returns every row taken so far, in order and with repetitions. */
  public synchronized List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Returns the newest revision of each detection by its id, in order of first arrival. */
  public synchronized Map<String, Row> latest() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(latest));
  }

  /** Returns the number of requests, whatever their outcome. */
  public synchronized int requests() {
    return requests;
  }

  /** Returns the number of scripted answers that are left. */
  public synchronized int answersLeft() {
    return script.size();
  }

  /** Returns the size in bytes of the largest well-formed request body after decompression. */
  public synchronized int largestRequestBytes() {
    return largestRequestBytes;
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new AssertionError(
          "could not make the address 127.0.0.1 from its four bytes; report this bug", e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      int limit;
      synchronized (this) {
        requests++;
        answer = script.isEmpty() ? Answer.taken() : script.removeFirst();
        limit = maxBodyBytes;
      }
      if (answer == Fault.CUT_BEFORE_READING) {
        return;
      }
      FakeRequest request = FakeRequest.read(exchange, RULE_ID, stream, limit);
      if (request instanceof FakeRequest.Denied denied) {
        respond(exchange, denied.status(), denied.json());
      } else if (request instanceof FakeRequest.Accepted accepted) {
        answer(exchange, accepted, answer);
      }
    }
  }

  private void answer(HttpExchange exchange, FakeRequest.Accepted request, Answer answer)
      throws IOException {
    synchronized (this) {
      largestRequestBytes = Math.max(largestRequestBytes, request.bytes());
    }
    if (answer instanceof Fault fault) {
      fail(exchange, request, fault);
      return;
    }
    if (answer instanceof Body body) {
      badBody(exchange, body);
      return;
    }
    Status status = (Status) answer;
    if (status.status() / 100 == 3) {
      exchange.getResponseHeaders().set("Location", "/elsewhere");
    }
    if (status.status() / 100 != 2) {
      if (!status.retryAfter().isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", status.retryAfter());
      }
      respond(
          exchange,
          status.status(),
          new FakeRequest.Denied(status.status(), "Scripted", "As the test asked.").json());
    } else if (isRefused(request.rows())) {
      respond(
          exchange,
          400,
          new FakeRequest.Denied(400, "InvalidRecord", "A record cannot be taken.").json());
    } else {
      take(request.rows());
      exchange.sendResponseHeaders(status.status(), -1);
    }
  }

  private void fail(HttpExchange exchange, FakeRequest.Accepted request, Fault fault)
      throws IOException {
    switch (fault) {
      case HANG -> {
        try {
          closed.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      case TAKE_THEN_CUT -> {
        if (!isRefused(request.rows())) {
          take(request.rows());
        }
      }
      case CUT_MID_ANSWER -> {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(500, 1_000);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
      }
      case CUT_BEFORE_READING ->
          throw new AssertionError(
              "the fake API read a request, although its script says to cut the connection before that;"
                  + " report this bug");
    }
  }

  private void badBody(HttpExchange exchange, Body body) throws IOException {
    byte[] piece = new byte[body.kind() == BodyKind.ENDLESS ? 65_536 : 1];
    Arrays.fill(piece, (byte) 0xff);
    exchange.sendResponseHeaders(body.status(), 0);
    OutputStream out = exchange.getResponseBody();
    try {
      do {
        out.write(piece);
        out.flush();
      } while (body.kind() != BodyKind.GARBAGE
          && !closed.await(body.kind() == BodyKind.SLOW ? 300 : 0, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void respond(HttpExchange exchange, int status, byte[] json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, json.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(json);
    }
  }

  private synchronized boolean isRefused(List<Row> candidates) {
    return candidates.stream().anyMatch(row -> refused.contains(row.detectionId()));
  }

  private synchronized void take(List<Row> taken) throws IOException {
    for (Row row : taken) {
      rows.add(row);
      latest.merge(
          row.detectionId(), row, (old, now) -> now.revision() >= old.revision() ? now : old);
      if (file != null) {
        file.write(EscapedJson.of(row.json()));
        file.write('\n');
      }
    }
    if (file != null) {
      file.flush();
    }
  }

  /**
   * Stops listening, closes open connections, and closes the file of taken rows if there is one.
   */
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
    synchronized (this) {
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          throw new UncheckedIOException(
              "could not close the file of the rows that the fake Logs Ingestion API took", e);
        }
      }
    }
  }
}
