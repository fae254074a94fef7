package dev.lockstep.ingest.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AmqpClientsTest {
  /** The address at which machines of Azure get tokens is as near as the loopback address. */
  @Test
  void asksTheMachineItself_withoutTheProxy() throws Exception {
    AtomicInteger proxied = new AtomicInteger();
    HttpServer proxy = answering(407, proxied);
    HttpServer near = answering(200, new AtomicInteger());
    try {
      HttpClient web = Objects.requireNonNull(clients(proxy.getAddress().getPort()).web());
      int port = near.getAddress().getPort();
      assertThat(status(web, "http://127.0.0.1:" + port + "/msi/token")).isEqualTo(200);
      assertThat(status(web, "http://localhost:" + port + "/msi/token")).isEqualTo(200);
      assertThat(proxied).hasValue(0);
      assertThat(status(web, "http://login.invalid/token")).isEqualTo(407);
      assertThat(proxied).hasValue(1);
    } finally {
      near.stop(0);
      proxy.stop(0);
    }
  }

  private static HttpServer answering(int status, AtomicInteger asked) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static int status(HttpClient web, String url) {
    try (HttpResponse response = web.sendSync(new HttpRequest(HttpMethod.GET, url), Context.NONE)) {
      return response.getStatusCode();
    }
  }

  private static AmqpClients clients(int proxyPort) {
    return new AmqpClients(
        new AmqpSourceConfig(
            "src",
            "contoso.servicebus.windows.net",
            "signins",
            AmqpSourceConfig.DEFAULT_GROUP,
            new AmqpSourceConfig.ConnectionString("secret"),
            null,
            true,
            new AmqpSourceConfig.Proxy("127.0.0.1", proxyPort, null, null),
            "earliest"));
  }
}
