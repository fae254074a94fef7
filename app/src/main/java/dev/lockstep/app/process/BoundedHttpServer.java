package dev.lockstep.app.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * HTTP server whose requests end after a time, so that clients which begin a request and stop do
 * not block its workers forever.
 */
public final class BoundedHttpServer implements AutoCloseable {
  private static final int BACKLOG = 16;

  private final HttpServer server;
  private final ExecutorService workers;

  private BoundedHttpServer(HttpServer server, ExecutorService workers) {
    this.server = server;
    this.workers = workers;
  }

  /**
   * Limits the time of requests to all HTTP servers of this process. The JDK reads the limits when
   * the first HTTP server of the process is made. Later calls of this method have no effect.
   */
  public static void limitRequests() {
    bound("sun.net.httpserver.maxReqTime", 5);
    bound("sun.net.httpserver.maxRspTime", 90); // a look-up of the page takes up to a minute
  }

  private static void bound(String property, int seconds) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(seconds));
    }
  }

  /**
   * Starts a server.
   *
   * @param threads name of the threads that answer
   * @param workers number of requests that are answered at once
   * @param handler handler of every request
   * @throws IOException if the address cannot be bound
   * @throws IllegalArgumentException if the port cannot exist
   */
  public static BoundedHttpServer start(
      InetSocketAddress address, String threads, int workers, HttpHandler handler)
      throws IOException {
    limitRequests();
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService executor =
        Executors.newFixedThreadPool(workers, new DaemonThreadFactory(threads));
    server.setExecutor(executor);
    server.createContext("/", handler);
    server.start();
    return new BoundedHttpServer(server, executor);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  /**
   * Answers a request with a text, which no cache may keep. The answer to HEAD has no body.
   *
   * @param type media type of the text
   */
  public static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }
}
