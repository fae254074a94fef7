package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lockstep.schemas.text.HostName;
import dev.lockstep.sentinel.delivery.FakeTime;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestionHostsTest {
  private static SentinelConfig to(String endpoint, String... allowed) throws URISyntaxException {
    return SentinelConfig.of(new URI(endpoint), "dcr-1", "Custom-A_CL", Set.of(allowed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://lockstep-abcd.westeurope-1.ingest.monitor.azure.com",
        "https://lockstep-abcd-westeurope.logs.z1.ingest.monitor.azure.com/",
        "https://x.usgovvirginia-1.ingest.monitor.azure.us",
        "https://x.chinanorth3-1.ingest.monitor.azure.cn",
        "HTTPS://X.WestEurope-1.Ingest.Monitor.Azure.COM",
        "https://x.ingest.monitor.azure.com:443",
        "https://127.0.0.1:8443",
        "http://localhost:8080"
      })
  void azuresAndThisMachineMayHaveAToken(String endpoint) {
    assertThatCode(() -> to(endpoint)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "https://evil.example:443",
        "https://ingest.monitor.azure.com",
        "https://ingest.monitor.azure.com.evil.example",
        "https://x.ingest.monitor.azure.com.evil.example",
        "https://x.ingest.monitor.azure.com.",
        "https://x.ingest.monitor.azure.com..",
        "https://x.ingest.monitor.azure.org",
        "https://x.ingest.monitor.azure.co",
        "https://xingest.monitor.azure.com",
        "https://x-ingest.monitor.azure.com",
        "https://x.ingest.monitor.azure.com@evil.example",
        "https://x.ingest.monitor.azure.com:443@evil.example",
        "https://x.ingest.monitor.azure.com%2eevil.example",
        "https://evil.example/x.ingest.monitor.azure.com",
        "https://evil.example?.ingest.monitor.azure.com",
        "https://evil.example#.ingest.monitor.azure.com",
        "https://evil.example\\.ingest.monitor.azure.com",
        "https://evil.example\\@x.ingest.monitor.azure.com",
        "https://evil.example\t.ingest.monitor.azure.com",
        "https://.ingest.monitor.azure.com",
        "https://x..ingest.monitor.azure.com",
        "https://x.\u0456ngest.monitor.azure.com",
        "https://x.ingest.monitor.\u0430zure.com",
        "https://x.ingest\u3002monitor.azure.com",
        "https://x.ingest.monitor.azure\uff0ecom",
        "https://x.xn--ngest-2cf.monitor.azure.com",
        "https://x.ingest.monitor.xn--zure-43d.com",
        "https://10.0.0.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://127.0.0.1.evil.example",
        "https://[2001:db8::1]",
        "https://localhost.evil.example",
        "https://login.microsoftonline.com",
        "https://monitor.azure.com"
      })
  void nobodyElseHasOne(String endpoint) {
    assertThatThrownBy(() -> to(endpoint))
        .isInstanceOfAny(IllegalArgumentException.class, URISyntaxException.class);
  }

  @Test
  void anotherHasOne_onlyByItsWholeName() {
    assertThatCode(() -> to("https://Logs.Contoso.example:8443", "logs.contoso.EXAMPLE"))
        .doesNotThrowAnyException();
    for (String other :
        List.of(
            "https://contoso.example",
            "https://x.logs.contoso.example",
            "https://logs.contoso.example.",
            "https://logs.contoso.example.evil.example")) {
      assertThatThrownBy(() -> to(other, "logs.contoso.example"))
          .hasMessageContaining("sentinel.allowedHosts");
    }
    assertThatThrownBy(() -> to("http://logs.contoso.example", "logs.contoso.example"))
        .hasMessageContaining("use https");
  }

  @Test
  void saysNothingOfAUserBeforeTheHost() {
    assertThatThrownBy(() -> to("https://ada:hunter2@x.ingest.monitor.azure.com"))
        .hasMessageContaining("(hidden)@x.ingest.monitor.azure.com")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "a.", ".a", "a..b", "-a", "a-", "*.a", "a:1", "https://a", "a/b", "ä.b"})
  void aNameIsAHostsNameOnly(String text) {
    assertThat(HostName.isName(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowed_soThatTheTokenStays(int status) throws Exception {
    AtomicInteger reached = new AtomicInteger();
    AtomicInteger redirected = new AtomicInteger();
    HttpServer other = server();
    other.createContext(
        "/",
        exchange -> {
          reached.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
        });
    other.start();
    HttpServer endpoint = server();
    endpoint.createContext(
        "/",
        exchange -> {
          redirected.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          exchange
              .getResponseHeaders()
              .add("Location", "http://127.0.0.1:" + other.getAddress().getPort() + "/x");
          exchange.sendResponseHeaders(status, -1);
        });
    endpoint.start();
    SentinelConfig config =
        to("http://127.0.0.1:" + endpoint.getAddress().getPort())
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (IngestionClient client = new IngestionClient(config, BearerTokens.LOCAL, new FakeTime())) {
      assertThat(client.send("Custom-A_CL", List.of(Map.of("A", 1))).kind())
          .isEqualTo(AnswerClass.UNEXPECTED);
      assertThat(IngestionProbe.ask(config, new BearerToken("token"), new FakeTime()).status())
          .isEqualTo(status);
    } finally {
      endpoint.stop(0);
      other.stop(0);
    }
    assertThat(redirected).hasValue(2);
    assertThat(reached).hasValue(0);
  }

  private static HttpServer server() throws Exception {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }
}
