package dev.lockstep.ingest.amqp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A container of blobs on loopback, as far as the store of ownership asks: no content, metadata.
 */
final class FakeBlobStorage implements AutoCloseable {
  private static final String PATH = "/account/ownership";
  private static final String META = "x-ms-meta-";

  private final HttpServer server;
  private final Map<String, Blob> blobs = new TreeMap<>();
  private long writes;
  private volatile boolean refusing;

  private record Blob(long version, Instant at, Map<String, String> metadata) {}

  private FakeBlobStorage(HttpServer server) {
    this.server = server;
  }

  static FakeBlobStorage start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeBlobStorage fake = new FakeBlobStorage(server);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "blobs");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", fake::answer);
    server.start();
    return fake;
  }

  URI container() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  String connectionString() {
    return "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:"
        + server.getAddress().getPort()
        + "/account;";
  }

  /** Refuses every request from now on, or none. */
  void refuse(boolean all) {
    refusing = all;
  }

  /** Returns one word of the metadata of each blob whose name has a part. */
  synchronized Map<String, String> metadata(String part, String word) {
    Map<String, String> found = new TreeMap<>();
    blobs.forEach(
        (name, blob) -> {
          if (name.contains(part)) {
            found.put(name, String.valueOf(blob.metadata().get(word)));
          }
        });
    return found;
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (refusing) {
      answer(exchange, 403, null);
      return;
    }
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String path = exchange.getRequestURI().getPath();
    String name = path.length() > PATH.length() ? path.substring(PATH.length() + 1) : "";
    Blob there = blobs.get(name);
    if (exchange.getRequestMethod().equals("GET") && query.contains("comp=list")) {
      list(exchange, prefix(query));
    } else if (exchange.getRequestMethod().equals("HEAD")) {
      answer(exchange, there == null ? 404 : 200, there);
    } else if (exchange.getRequestMethod().equals("PUT")) {
      boolean metadataOnly = query.contains("comp=metadata");
      String match = exchange.getRequestHeaders().getFirst("If-Match");
      boolean fresh = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
      if (metadataOnly && there == null) {
        answer(exchange, 404, null);
      } else if (fresh && there != null) {
        answer(exchange, 409, null);
      } else if (match != null && (there == null || !match.equals(tag(there)))) {
        answer(exchange, 412, null);
      } else {
        Blob written = new Blob(++writes, Instant.now(), metadata(exchange));
        blobs.put(name, written);
        answer(exchange, metadataOnly ? 200 : 201, written);
      }
    } else {
      answer(exchange, 400, null);
    }
  }

  private static String prefix(String query) {
    int start = query.indexOf("prefix=");
    if (start >= 0) {
      int end = query.indexOf('&', start);
      return query.substring(start + 7, end < 0 ? query.length() : end);
    }
    return "";
  }

  private static Map<String, String> metadata(HttpExchange exchange) {
    Map<String, String> metadata = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) -> {
              if (header.toLowerCase(Locale.ROOT).startsWith(META)) {
                metadata.put(
                    header.substring(META.length()).toLowerCase(Locale.ROOT), values.get(0));
              }
            });
    return metadata;
  }

  private void list(HttpExchange exchange, String prefix) throws IOException {
    List<String> items = new ArrayList<>();
    blobs.forEach(
        (name, blob) -> {
          if (name.startsWith(prefix)) {
            StringBuilder metadata = new StringBuilder();
            blob.metadata()
                .forEach(
                    (word, value) -> metadata.append("<%s>%s</%s>".formatted(word, value, word)));
            items.add(
                ("<Blob><Name>%s</Name><Properties><Last-Modified>%s</Last-Modified><Etag>%s</Etag>"
                        + "<Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType>"
                        + "</Properties><Metadata>%s</Metadata></Blob>")
                    .formatted(name, date(blob.at()), tag(blob), metadata));
          }
        });
    byte[] body =
        ("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"x\""
                + " ContainerName=\"ownership\"><Blobs>"
                + String.join("", items)
                + "</Blobs><NextMarker/></EnumerationResults>")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, @Nullable Blob blob)
      throws IOException {
    if (blob != null) {
      exchange.getResponseHeaders().set("ETag", tag(blob));
      exchange.getResponseHeaders().set("Last-Modified", date(blob.at()));
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static String tag(Blob blob) {
    return "\"0x" + blob.version() + "\"";
  }

  private static String date(Instant at) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
