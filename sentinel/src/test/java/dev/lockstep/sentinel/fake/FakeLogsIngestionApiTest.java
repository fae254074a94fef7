package dev.lockstep.sentinel.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeLogsIngestionApiTest {
  private static final String UPLOADS =
      "/dataCollectionRules/%s/streams/%s"
          .formatted(FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM);
  private static final String VERSION = "?api-version=2023-01-01";
  private static final String ROW =
      "{\"TimeGenerated\":\"2026-11-02T09:00:00Z\",\"DetectionId\":\"a\",\"Revision\":%d,"
          + "\"Evidence\":[{\"Revision\":9,\"b\":\"é\"}]}";

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private FakeLogsIngestionApi fake = start(null);

  private static FakeLogsIngestionApi start(@Nullable Path file) {
    try {
      return FakeLogsIngestionApi.start(file, 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    fake.close();
  }

  @Test
  void takesRowsAndKeepsTheirText() {
    String rows = "[ " + ROW.formatted(1) + " ,\n" + ROW.formatted(2) + "]";
    assertThat(post(UPLOADS + VERSION, gzip(rows)).statusCode()).isEqualTo(204);
    assertThat(fake.rows())
        .extracting(FakeLogsIngestionApi.Row::json)
        .containsExactly(ROW.formatted(1), ROW.formatted(2));
    assertThat(fake.latest()).hasSize(1);
    assertThat(fake.latest().get("a")).extracting("revision").isEqualTo(2);
  }

  @Test
  void appendsRowsToItsFile() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    for (int revision = 1; revision < 3; revision++) {
      fake.close();
      fake = start(file);
      post(UPLOADS + VERSION, gzip("[" + ROW.formatted(revision) + "]"));
    }
    fake.close();
    assertThat(Files.readAllLines(file)).containsExactly(ROW.formatted(1), ROW.formatted(2));
  }

  @Test
  void takesABodyOfExactlyTheLimit_andRefusesOneByteMore() {
    String start = "[{\"TimeGenerated\":\"2026-11-02T09:00:00Z\",\"A\":\"";
    String fits = start + "x".repeat(1_048_576 - start.length() - 3) + "\"}]";
    assertThat(post(UPLOADS + VERSION, gzip(fits)).statusCode()).isEqualTo(204);
    assertThat(post(UPLOADS + VERSION, gzip(fits + " ")).statusCode()).isEqualTo(413);
    byte[] noise = new byte[1_048_577];
    new Random(1).nextBytes(noise);
    assertThat(post(UPLOADS + VERSION, noise).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[1]",
        "[[]]",
        "[{}]",
        "[{\"TimeGenerated\":\"today\"}]",
        "[{\"TimeGenerated\":1}]",
        "[{\"TimeGenerated\":\"2026-11-02T09:00:00Z\",\"A\":1,\"A\":2}]",
        "[{\"TimeGenerated\":\"2026-11-02T09:00:00Z\"}",
        "[{\"TimeGenerated\":\"2026-11-02T09:00:00Z\"},]",
        "[]{}",
        "nonsense"
      })
  void refusesWhatIsNoArrayOfRows(String body) {
    HttpResponse<String> answer = post(UPLOADS + VERSION, gzip(body));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":{\"code\":\"Invalid");
    assertThat(fake.rows()).isEmpty();
  }

  @Test
  void refusesABodyThatIsNotGzip() {
    byte[] body = "[]".getBytes(StandardCharsets.UTF_8);
    assertThat(post(UPLOADS + VERSION, body).statusCode()).isEqualTo(400);
  }

  @Test
  void refusesAnotherMethodTypeEncodingVersionOrNobodysCall() {
    byte[] body = gzip("[]");
    assertThat(send(request(UPLOADS + VERSION).GET()).statusCode()).isEqualTo(405);
    assertThat(
            send(request(UPLOADS + VERSION).setHeader("Content-Type", "text/plain").POST(of(body)))
                .statusCode())
        .isEqualTo(415);
    assertThat(
            send(request(UPLOADS + VERSION).setHeader("Content-Encoding", "br").POST(of(body)))
                .statusCode())
        .isEqualTo(415);
    assertThat(post(UPLOADS, body).statusCode()).isEqualTo(400);
    assertThat(post(UPLOADS + "?api-version=2016-04-01", body).statusCode()).isEqualTo(400);
    for (String nobody : new String[] {"Bearer ", "Basic abc"}) {
      assertThat(
              send(request(UPLOADS + VERSION).setHeader("Authorization", nobody).POST(of(body)))
                  .statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void knowsOneRuleAndOneStream() {
    byte[] body = gzip("[]");
    assertThat(post(UPLOADS + VERSION, body).statusCode()).isEqualTo(204);
    assertThat(post("/" + VERSION, body).statusCode()).isEqualTo(404);
    assertThat(post(UPLOADS + "x" + VERSION, body).statusCode()).isEqualTo(404);
    assertThat(
            post(UPLOADS.replace(FakeLogsIngestionApi.RULE_ID, "dcr-other") + VERSION, body)
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void saysWhichPortIsTaken() {
    int port = fake.endpoint().getPort();
    assertThatThrownBy(() -> FakeLogsIngestionApi.start(null, port))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(String.valueOf(port));
  }

  private HttpResponse<String> post(String path, byte[] body) {
    return send(request(path).POST(of(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(fake.endpoint() + path))
        .header("Authorization", "Bearer local")
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpRequest.BodyPublisher of(byte[] body) {
    return HttpRequest.BodyPublishers.ofByteArray(body);
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
