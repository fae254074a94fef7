package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.delivery.FakeTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSinkTest {
  private static final String SECRET = "correct horse battery staple";

  private record Posted(String timestamp, String signature, String type, String text) {}

  private final List<Posted> posted = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger status = new AtomicInteger(200);
  private HttpServer receiver;
  private WebhookSink sink;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          posted.add(
              new Posted(
                  exchange.getRequestHeaders().getFirst("X-Lockstep-Timestamp"),
                  exchange.getRequestHeaders().getFirst("X-Lockstep-Signature"),
                  exchange.getRequestHeaders().getFirst("Content-Type"),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          exchange.getResponseHeaders().set("Location", "/again");
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    receiver.start();
    sink =
        new WebhookSink(
            "soar",
            RowFormat.PLAIN,
            URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hooks/s3cret"),
            SECRET,
            new FakeTime());
  }

  @AfterEach
  void stop() {
    sink.close();
    receiver.stop(0);
  }

  private Answer send(String... ids) throws InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (String id : ids) {
      rows.add(sink.row(Findings.small(id, 1)));
    }
    return sink.send(rows, FakeTime.START);
  }

  @Test
  void postsDetectionsAsAReplayPrintsThem_signedByTheSharedSecret()
      throws InterruptedException, GeneralSecurityException {
    assertThat(send("a", "é").kind()).isEqualTo(AnswerClass.TAKEN);
    Posted one = posted.get(0);
    assertThat(one.type()).isEqualTo("application/json");
    assertThat(one.text())
        .isEqualTo(
            "["
                + AvroJson.of(Findings.small("a", 1))
                + ","
                + AvroJson.of(Findings.small("é", 1))
                + "]");
    assertThat(one.timestamp()).isEqualTo(Long.toString(FakeTime.START.getEpochSecond()));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signed = (one.timestamp() + "." + one.text()).getBytes(StandardCharsets.UTF_8);
    assertThat(one.signature())
        .isEqualTo("sha256=" + HexFormat.of().formatHex(mac.doFinal(signed)));
  }

  @ParameterizedTest
  @CsvSource({
    "204, TAKEN",
    "202, TAKEN",
    "301, UNEXPECTED",
    "400, REFUSED",
    "422, REFUSED",
    "401, UNAUTHORISED",
    "403, UNAUTHORISED",
    "404, MISCONFIGURED",
    "410, MISCONFIGURED",
    "413, TOO_LARGE",
    "429, THROTTLED",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE"
  })
  void saysWhatTheReceiverMeans(int answered, AnswerClass kind) throws InterruptedException {
    status.set(answered);
    assertThat(send("a").kind()).isEqualTo(kind);
    assertThat(posted).as("no redirect is followed").hasSize(1);
  }

  @Test
  void saysThatNobodyIsThere() throws InterruptedException {
    receiver.stop(0);
    assertThat(send("a").kind()).isEqualTo(AnswerClass.CUT);
  }

  @Test
  void namesTheHostAndNotThePath() {
    assertThat(sink.place()).contains("127.0.0.1").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://soar.example.com/x",
        "ftp://soar.example.com",
        "https:x",
        "https://u:p@soar.example",
        "https://soar.example.com:70000/x"
      })
  void refusesWhatWouldTravelInTheOpen_orNowhere(String url) {
    assertThatThrownBy(
            () -> new WebhookSink("soar", RowFormat.PLAIN, URI.create(url), SECRET, new FakeTime()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("soar")
        .hasMessageContaining("https")
        .hasMessageContaining("a user name, a # or a port outside 1 to 65535 is not allowed");
  }

  @Test
  void refusesASecretThatIsSoonGuessed() {
    assertThatThrownBy(
            () ->
                new WebhookSink(
                    "soar",
                    RowFormat.PLAIN,
                    URI.create("https://soar.example.com"),
                    "short",
                    new FakeTime()))
        .hasMessageContaining("at least 16")
        .hasMessageNotContaining("short;");
  }
}
