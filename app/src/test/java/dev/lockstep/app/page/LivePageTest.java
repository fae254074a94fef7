package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.report.ReportSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LivePageTest {
  private static final class Content implements PageContent {
    private volatile long changes = 1;
    private volatile List<String> problems = List.of();

    @Override
    public long changes() {
      return changes;
    }

    @Override
    public List<String> problems() {
      return problems;
    }

    @Override
    public ReportPage page() {
      return new ReportPage(
          new ReportSource("service", "test", null, null, null, null, changes),
          List.of(),
          List.of(),
          0,
          0,
          List.of(new ReportSection("health", "Health", List.of("State"), List.of(), "Ready.")),
          "");
    }
  }

  private final Content content = new Content();
  private final LivePage page = LivePage.start(0, content);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    page.close();
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(page.address() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersWithAPageThatMayAskOnlyItsOwnServer() throws Exception {
    HttpResponse<String> answer = ask("GET", "");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"changes\":1", "connect-src 'self'", "Health");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'sha256-")
        .contains("connect-src 'self'; frame-ancestors 'none'")
        .doesNotContain("unsafe", "http:", "https:");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(ask("HEAD", "").body()).isEmpty();
  }

  @Test
  void changesNothing_andKnowsNothingElse() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      assertThat(ask(method, "").statusCode()).as(method).isEqualTo(405);
    }
    for (String path : List.of("metrics", "../etc/passwd", "%2e%2e/x", "events/")) {
      assertThat(ask("GET", path).statusCode()).as(path).isEqualTo(404);
    }
  }

  /** Otherwise another site's name that leads to loopback would be let in by the browser. */
  @Test
  void refusesAnotherHostsName() throws Exception {
    assertThat(status("evil.example")).startsWith("HTTP/1.1 421");
    assertThat(status("127.0.0.1.evil.example:80")).startsWith("HTTP/1.1 421");
    assertThat(status("localhost:9999")).startsWith("HTTP/1.1 200");
    assertThat(status("127.0.0.1")).startsWith("HTTP/1.1 200");
  }

  private String status(String host) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(page.address()).getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }

  @Test
  void tellsOfChangesAndProblems_andEndsWithTheService() throws Exception {
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    HttpResponse<Stream<String>> events =
        client.send(
            HttpRequest.newBuilder(URI.create(page.address() + "events")).build(),
            HttpResponse.BodyHandlers.ofLines());
    assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(() -> events.body().forEach(lines::add));
    await().until(() -> lines.contains("data: {\"changes\":1,\"problems\":[]}"));
    content.changes = 7;
    content.problems = List.of("ingest: source hub: no answer");
    await()
        .until(
            () ->
                lines.contains(
                    "data: {\"changes\":7,\"problems\":[\"ingest: source hub: no answer\"]}"));
    page.close();
    await().until(end::isDone);
  }
}
