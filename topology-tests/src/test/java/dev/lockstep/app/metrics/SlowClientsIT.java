package dev.lockstep.app.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.service.ClassArchive;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowClientsIT {
  private static final int MORE_THAN_WORKERS = 12;

  @TempDir Path folder;

  @Test
  void aProbeIsAnswered_whileOthersDoNotGoOnWithTheirRequests() throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m"));
    words.addAll(ClassArchive.options());
    words.addAll(List.of(Main.class.getName(), "run", "--role", "detect"));
    ProcessBuilder command =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile());
    command.environment().put("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    command.environment().put("LOCKSTEP_METRICS_PORT", "0");
    Process service = command.start();
    List<Socket> slow = new ArrayList<>();
    try {
      URI served = served(service);
      for (int i = 0; i < MORE_THAN_WORKERS; i++) {
        Socket socket = new Socket(served.getHost(), served.getPort());
        slow.add(socket);
        socket.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost:".getBytes(UTF_8));
        socket.getOutputStream().flush();
      }
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(served.resolve("/health/live"))
                      .timeout(Duration.ofSeconds(60))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
      service.destroyForcibly().waitFor();
    }
  }

  private static URI served(Process service) throws Exception {
    BufferedReader out = new BufferedReader(new InputStreamReader(service.getInputStream(), UTF_8));
    String line = out.readLine();
    assertThat(line).startsWith("metrics and health at http://127.0.0.1:");
    int begin = line.indexOf("http://");
    return URI.create(line.substring(begin, line.indexOf("/metrics", begin)));
  }
}
