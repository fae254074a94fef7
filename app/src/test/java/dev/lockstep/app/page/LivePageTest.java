package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
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
    private volatile String state = "Ready.";
    private volatile RuntimeException failure = new IllegalStateException("no failure");
    private volatile boolean fails;

    @Override
    public long changes() {
      return changes;
    }

    @Override
    public List<String> problems() {
      return problems;
    }

    @Override
    public List<ReportSection> sections() {
      if (fails) {
        throw failure;
      }
      return List.of(new ReportSection("health", "Health", List.of("State"), List.of(), state));
    }

    @Override
    public String look(StateQuestion question, StateLookUp.Progress progress) throws IOException {
      if (fails) {
        throw failure;
      }
      progress.report("Reading \u202e.");
      return "{\"asked\":\"%s %s %s\"}"
          .formatted(question.kind(), question.text(), question.isFinding());
    }

    @Override
    public ReportPage page() {
      return new ReportPage(
          new ReportOrigin("service", "test", null, null, null, null, changes),
          List.of(),
          List.of(),
          0,
          0,
          sections(),
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
    assertThat(ask("POST", "state?kind=any&text=a").statusCode()).isEqualTo(405);
    assertThat(ask("GET", "favicon.ico").statusCode()).isEqualTo(204);
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

  /** A page of another site may send a request to loopback, though it cannot read the answer. */
  @Test
  void refusesWhatAnotherSitesPageAsksFor() throws Exception {
    for (String path : List.of("data", "events", "state?kind=any&text=a")) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(page.address() + path))
              .header("Sec-Fetch-Site", "cross-site")
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .as(path)
          .isEqualTo(403);
    }
  }

  @Test
  void givesTheDataAnew_andAnswersAboutTheState() throws Exception {
    assertThat(ask("GET", "data").headers().firstValue("Content-Type"))
        .contains("text/event-stream");
    assertThat(ask("GET", "data").body())
        .startsWith("event: answer\ndata: {\"about\":{")
        .contains("\"changes\":1")
        .endsWith("}\n\n");
    assertThat(ask("HEAD", "data").body()).isEmpty();
    assertThat(ask("GET", "state?kind=principal&text=alice%40contoso.example").body())
        .isEqualTo(
            """
            event: progress
            data: "Reading \\u202e."

            event: answer
            data: {"asked":"PRINCIPAL alice@contoso.example false"}

            """);
    assertThat(ask("GET", "state?text=0a1b&kind=finding").body()).contains("null 0a1b true");
    assertThat(ask("GET", "state?text=+x+y+&kind=any").body()).contains("null x y false");
    for (String query :
        List.of(
            "",
            "?kind=any",
            "?kind=any&text=",
            "?kind=ship&text=a",
            "?kind=any&text=" + "x".repeat(301))) {
      assertThat(ask("GET", "state" + query).statusCode()).as(query).isEqualTo(400);
    }
    content.fails = true;
    assertThat(ask("GET", "state?kind=any&text=a").body())
        .isEqualTo(
            "event: answer\ndata: {\"problem\":\"The look-up failed; the log says why.\"}\n\n");
  }

  @Test
  void saysThatThePageCannotBeUpdated_andEndsWithTheService() throws Exception {
    content.fails = true;
    HttpResponse<Stream<String>> events =
        client.send(
            HttpRequest.newBuilder(URI.create(page.address() + "events")).build(),
            HttpResponse.BodyHandlers.ofLines());
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(() -> events.body().forEach(lines::add));
    await()
        .until(
            () ->
                lines.contains(
                    "data: {\"problem\":\"The page cannot be updated; the log says why.\"}"));
    assertThat(lines).contains("event: failure");
    assertThat(end).isNotDone();
    page.close();
    await().until(end::isDone);
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
    await().until(() -> lines.stream().anyMatch(line -> line.contains("\"note\":\"Ready.\"")));
    content.state = "Not ready.";
    content.changes = 7;
    content.problems = List.of("ingest: source hub: no answer");
    await()
        .until(
            () ->
                lines.contains(
                    "data: {\"changes\":7,\"problems\":[\"ingest: source hub: no answer\"]}"));
    assertThat(lines).anyMatch(line -> line.contains("\"note\":\"Not ready.\""));
    page.close();
    await().until(end::isDone);
  }
}
