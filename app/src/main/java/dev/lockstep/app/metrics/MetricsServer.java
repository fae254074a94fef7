package dev.lockstep.app.metrics;

import com.sun.net.httpserver.HttpExchange;
import dev.lockstep.app.process.BoundedHttpServer;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/**
 * HTTP server of {@code /metrics} for Prometheus, {@code /health/live} and {@code /health/ready}.
 *
 * <p>A probe answers 200 if there is no problem, otherwise 503 with the problems as JSON. If
 * readiness only has warnings, the answer is 200 with {@code degraded} and the warnings.
 */
public final class MetricsServer implements AutoCloseable {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int WORKERS = 8;

  private final BoundedHttpServer server;

  private MetricsServer(BoundedHttpServer server) {
    this.server = server;
  }

  /**
   * Starts a server for the metrics of a registry and the health of the process.
   *
   * @param host address to listen on, {@code 127.0.0.1} unless the network of a container protects
   *     it
   * @param port port; 0 takes a free one
   * @param notLive reasons to restart the process; called for every probe by any thread
   * @param notReady reasons why the process does not do all its work; called likewise
   * @param degraded warnings while the process does all its work; called likewise
   * @throws OperatorException if the port cannot be bound
   */
  public static MetricsServer start(
      String host,
      int port,
      PrometheusMeterRegistry registry,
      Supplier<List<String>> notLive,
      Supplier<List<String>> notReady,
      Supplier<List<String>> degraded) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new OperatorException(
          "could not serve the metrics: metrics.host %s does not resolve; set it to 127.0.0.1, or to 0.0.0.0 if other machines read the metrics"
              .formatted(Quoted.of(host)));
    }
    try {
      return new MetricsServer(
          BoundedHttpServer.start(
              address,
              "metrics-server",
              WORKERS,
              exchange -> answer(exchange, registry, notLive, notReady, degraded)));
    } catch (IOException | IllegalArgumentException e) {
      throw new OperatorException(
          "could not serve the metrics: address "
              + Quoted.of((isBareIpv6(host) ? "[" + host + "]" : host) + ":" + port)
              + " cannot be bound ("
              + e.getMessage()
              + "); choose another metrics.port, or 0 for a free port, or a metrics.host of this"
              + " machine",
          e);
    }
  }

  private static boolean isBareIpv6(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[");
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  private static void answer(
      HttpExchange exchange,
      PrometheusMeterRegistry registry,
      Supplier<List<String>> notLive,
      Supplier<List<String>> notReady,
      Supplier<List<String>> degraded)
      throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        BoundedHttpServer.send(exchange, 405, "text/plain; charset=utf-8", "GET and HEAD only\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/metrics" -> BoundedHttpServer.send(exchange, 200, PROMETHEUS, registry.scrape());
        case "/health/live" -> probe(exchange, "live", notLive.get());
        case "/health/ready" -> ready(exchange, notReady.get(), degraded);
        default ->
            BoundedHttpServer.send(
                exchange,
                404,
                "text/plain; charset=utf-8",
                "try /metrics, /health/live or /health/ready\n");
      }
    }
  }

  private static void ready(
      HttpExchange exchange, List<String> notReady, Supplier<List<String>> degraded)
      throws IOException {
    List<String> reasons = notReady.isEmpty() ? degraded.get() : List.of();
    if (reasons.isEmpty()) {
      probe(exchange, "ready", notReady);
    } else {
      BoundedHttpServer.send(exchange, 200, "application/json", json("degraded", reasons));
    }
  }

  private static void probe(HttpExchange exchange, String state, List<String> reasons)
      throws IOException {
    boolean well = reasons.isEmpty();
    BoundedHttpServer.send(
        exchange,
        well ? 200 : 503,
        "application/json",
        json(well ? state : "not-" + state, reasons));
  }

  private static String json(String status, List<String> reasons) {
    return JsonText.of(
            json -> {
              json.writeStartObject();
              json.writeStringField("status", status);
              if (!reasons.isEmpty()) {
                JsonText.writeTexts(json, "reasons", reasons.stream().map(SecretMask::of).toList());
              }
              json.writeEndObject();
            })
        + "\n";
  }
}
