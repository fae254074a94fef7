import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * Takes rows as the Logs Ingestion API would, on loopback, and prints each request's JSON array on
 * a line: {@code java docs/try/PrintRows.java 8480}. A second argument is the status that it answers
 * with, such as 403. For trying things out; it keeps nothing.
 */
final class PrintRows {
  public static void main(String[] arguments) throws IOException {
    int port = arguments.length == 0 ? 8480 : Integer.parseInt(arguments[0]);
    int status = arguments.length < 2 ? 204 : Integer.parseInt(arguments[1]);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, 16);
    server.createContext(
        "/",
        exchange -> {
          try (InputStream rows = new GZIPInputStream(exchange.getRequestBody())) {
            System.out.println(new String(rows.readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status, -1);
          } finally {
            exchange.close();
          }
        });
    server.start();
    System.err.println("prints what is posted to http://127.0.0.1:" + port);
  }
}
