package dev.lockstep.app.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lockstep.app.process.BoundedHttpServer;
import dev.lockstep.app.report.HtmlReport;
import dev.lockstep.app.report.ReportData;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.SecretMask;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP server that gives the page of a running service to browsers on this machine.
 *
 * <p>{@code /} is the page, {@code /events} tells it of changes, {@code /data} returns the current
 * findings, and {@code /state} answers a question about the kept state. The server listens on
 * loopback only and changes nothing.
 */
public final class LivePage implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);
  private static final int WORKERS = 16;
  private static final int LOOKS = 20; // of a second each, and then the browser asks again

  /**
   * Host names of this machine that the Host header of a request may have. A request with another
   * name is refused, because a page of another site may have caused it.
   */
  private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

  private final PageContent content;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final BoundedHttpServer server;

  private LivePage(int port, PageContent content) throws IOException {
    this.content = content;
    this.server =
        BoundedHttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            "page-server",
            WORKERS,
            this::answer);
  }

  /**
   * Starts the HTTP server of the page on loopback.
   *
   * @param port port on loopback; 0 takes a free one
   * @throws OperatorException if the port cannot be bound
   */
  public static LivePage start(int port, PageContent content) {
    try {
      return new LivePage(port, content);
    } catch (IOException | IllegalArgumentException e) {
      throw new OperatorException(
          "could not serve the page: port %d of loopback cannot be bound (%s); give another port with --page, or --page 0 for a free port"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  public String address() {
    return "http://127.0.0.1:" + server.port() + "/";
  }

  @Override
  public void close() {
    closing.countDown();
    server.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      Headers headers = exchange.getResponseHeaders();
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Content-Security-Policy", HtmlReport.livePolicy() + "; frame-ancestors 'none'");
      String path = exchange.getRequestURI().getPath();
      if (!HOSTS.contains(host(exchange.getRequestHeaders().getFirst("Host")))) {
        BoundedHttpServer.send(exchange, 421, TEXT, "ask for 127.0.0.1 or localhost\n");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        headers.set("Allow", "GET, HEAD");
        BoundedHttpServer.send(exchange, 405, TEXT, "GET and HEAD only\n");
      } else if (!path.equals("/") && isOfAnotherSite(exchange.getRequestHeaders())) {
        BoundedHttpServer.send(
            exchange, 403, TEXT, "only the live page itself may request this path\n");
      } else {
        switch (path) {
          case "/" -> page(exchange);
          case "/data" ->
              answer(
                  exchange,
                  out -> ReportData.of(content.page()),
                  "The findings cannot be read; the log says why.");
          case "/events" -> events(exchange);
          case "/favicon.ico" -> exchange.sendResponseHeaders(204, -1); // which browsers ask for
          case "/state" -> state(exchange);
          default -> BoundedHttpServer.send(exchange, 404, TEXT, "try /\n");
        }
      }
    }
  }

  private void page(HttpExchange exchange) throws IOException {
    String page = made(() -> HtmlReport.of(content.page()));
    if (page == null) {
      BoundedHttpServer.send(exchange, 500, TEXT, "could not build the page; see the log\n");
    } else {
      BoundedHttpServer.send(exchange, 200, "text/html; charset=utf-8", page);
    }
  }

  /** Function that makes text for a browser from the content of the page. */
  private interface Making {
    String make() throws IOException;
  }

  private static @Nullable String made(Making making) throws IOException {
    try {
      return making.make();
    } catch (RuntimeException e) {
      LOG.error(
          "could not answer a request of the live page; the service continues; report the failure",
          e);
      return null;
    }
  }

  private static String problem(String sentence) {
    return JsonText.object(json -> json.writeStringField("problem", sentence));
  }

  private static boolean isOfAnotherSite(Headers headers) {
    String site = headers.getFirst("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin") && !site.equals("none");
  }

  /** Function that returns the answer to a request, and may send progress before the answer. */
  private interface Answering {
    String answer(OutputStream out) throws IOException;
  }

  private void state(HttpExchange exchange) throws IOException {
    StateQuestion question = StateQuestion.of(exchange.getRequestURI().getRawQuery());
    if (question == null) {
      BoundedHttpServer.send(exchange, 400, TEXT, "ask GET /state?kind=principal&text=ID\n");
      return;
    }
    answer(
        exchange,
        out -> content.look(question, sentence -> event(out, "progress", quoted(sentence))),
        "The look-up failed; the log says why.");
  }

  private static String quoted(String text) {
    return JsonText.of(json -> json.writeString(text));
  }

  private static void answer(HttpExchange exchange, Answering answering, String problem)
      throws IOException {
    OutputStream out = eventStream(exchange);
    if (out == null) {
      return;
    }
    String answer = made(() -> answering.answer(out));
    event(out, "answer", answer == null ? problem(problem) : answer);
  }

  private static @Nullable OutputStream eventStream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, isHead ? -1 : 0);
    return isHead ? null : exchange.getResponseBody();
  }

  private static void event(OutputStream out, String name, String data) throws IOException {
    out.write(("event: " + name + "\ndata: " + data + "\n\n").getBytes(UTF_8));
    out.flush();
  }

  private static String host(@Nullable String header) {
    if (header == null) {
      return "";
    }
    int port = header.lastIndexOf(':');
    return port > header.lastIndexOf(']') ? header.substring(0, port) : header;
  }

  private void events(HttpExchange exchange) throws IOException {
    OutputStream out = eventStream(exchange);
    if (out == null) {
      return;
    }
    out.write("retry: 1000\n\n".getBytes(UTF_8));
    try {
      String last = "";
      String lastTables = "";
      for (int look = 0; look < LOOKS; look++) {
        String now = made(this::news);
        String tables = now == null ? null : made(() -> ReportData.of(content.sections()));
        if (now == null || tables == null) {
          event(out, "failure", problem("The page cannot be updated; the log says why."));
          // the browser asks again at the end, and the log gets an entry each time
          closing.await(LOOKS - look, TimeUnit.SECONDS);
          return;
        }
        if (!tables.equals(lastTables)) {
          event(out, "service", tables);
        }
        out.write((now.equals(last) ? ":\n\n" : "data: " + now + "\n\n").getBytes(UTF_8));
        out.flush();
        last = now;
        lastTables = tables;
        if (closing.await(1, TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String news() {
    List<String> problems = content.problems().stream().map(SecretMask::of).toList();
    return JsonText.object(
        json -> {
          json.writeNumberField("changes", content.changes());
          JsonText.writeTexts(json, "problems", problems);
        });
  }
}
