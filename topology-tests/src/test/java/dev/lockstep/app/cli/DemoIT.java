package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo in a process of its own, under a umask that closes nothing: it finds what a replay
 * finds, and what it leaves is its owner's alone.
 */
final class DemoIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final String METRICS = "Metrics at http://127.0.0.1:";
  private static final String FOLDER = "rwx------";
  private static final String FILE = "rw-------";

  @TempDir Path folder;

  @Test
  void showsTheDetections_andLeavesTheRowsTheReportAndTheMetricsToItsOwner() throws Exception {
    SortedSet<Verdict> expected = Verdict.of(CaptureFolder.bundledDetections());
    Path output = folder.resolve("shown/deep");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path printed = folder.resolve("printed");
    Process demo = start(temporary, printed, "demo", "--output", output.toString());
    try {
      await("its folder for the broker's data")
          .atMost(TIMEOUT)
          .until(() -> list(temporary).stream().anyMatch(DemoIT::isWork));
      for (String name : list(temporary)) {
        if (isWork(name)) {
          assertThat(mode(temporary.resolve(name))).isEqualTo(FOLDER);
        }
      }
      assertThat(demo.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      demo.destroyForcibly();
    }
    String text = Files.readString(printed);

    assertThat(demo.exitValue()).as(text).isEqualTo(ExitCode.DONE);
    assertThat(text)
        .contains("impossible-travel", "token-replay", "partner-ip-drift")
        .contains("The worst incidents", "lockstep explain --config " + output.resolve("capture"))
        .contains(
            "These are the 20 most severe of %d detections, the latest first within each severity;"
                .formatted(expected.size()))
        .contains("lockstep rules new --config " + output.resolve("capture/lockstep.yaml my_rule"))
        .contains("--rule my_rule.yml " + output.resolve("capture"))
        .contains(
            "%d detections arrived".formatted(expected.size()),
            "gives the same " + expected.size());
    assertThat(Verdict.differences(expected, delivered(output.resolve("rows.jsonl")))).isEmpty();
    Path signIns = output.resolve("capture/signins.jsonl.gz");
    assertThat(signIns).as("what the report's evidence names").isNotEmptyFile();
    assertThat(output.resolve("report.html"))
        .content()
        .contains("\"" + signIns + ":\"", "lockstep.yaml --detection \"");
    assertThat(output.resolve("report.html")).content().contains("\"id\":\"hygiene\"");
    assertThat(text).doesNotContain("Exceptions hold back");
    assertThat(output.resolve("capture/exceptions.yaml")).exists();
    assertThat(output.resolve("metrics.txt")).content().contains("lockstep_");
    assertThat(mode(folder.resolve("shown"))).isEqualTo(FOLDER);
    assertThat(mode(output)).isEqualTo(FOLDER);
    for (String name : List.of("rows.jsonl", "report.html", "metrics.txt")) {
      assertThat(mode(output.resolve(name))).as(name).isEqualTo(FILE);
    }
    assertThat(list(temporary)).noneMatch(each -> each.contains("rocksdb") || isWork(each));
  }

  @Test
  void endsARequestThatIsNeverComplete() throws Exception {
    Path printed = folder.resolve("printed");
    Path output = folder.resolve("shown");
    Process demo =
        start(
            Files.createDirectory(folder.resolve("tmp")),
            printed,
            "demo",
            "--page",
            "--output",
            output.toString());
    try {
      await("the port of its metrics").atMost(TIMEOUT).until(() -> metricsPort(printed) > 0);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), metricsPort(printed))) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(demo.isAlive()).isTrue();
    } finally {
      demo.destroyForcibly();
    }
  }

  private static int metricsPort(Path printed) throws IOException {
    String text = Files.readString(printed);
    int from = text.indexOf(METRICS);
    int to = text.indexOf("/metrics", from);
    return from < 0 || to < 0 ? 0 : Integer.parseInt(text.substring(from + METRICS.length(), to));
  }

  private Process start(Path temporary, Path printed, String... arguments) throws IOException {
    return new ProcessBuilder(OpenUmask.command(temporary, arguments))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(printed.toFile())
        .start();
  }

  private static boolean isWork(String name) {
    return name.startsWith("lockstep");
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static SortedSet<Verdict> delivered(Path rows) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, JsonNode> latest = new HashMap<>();
    for (String line : Files.readAllLines(rows)) {
      JsonNode row = json.readTree(line);
      latest.merge(
          row.get("DetectionId").asText(),
          row,
          (old, now) -> now.get("Revision").asInt() >= old.get("Revision").asInt() ? now : old);
    }
    SortedSet<Verdict> delivered = new TreeSet<>();
    latest.values().forEach(row -> delivered.add(Verdict.ofRow(row)));
    delivered.removeIf(verdict -> !verdict.stands());
    return delivered;
  }
}
