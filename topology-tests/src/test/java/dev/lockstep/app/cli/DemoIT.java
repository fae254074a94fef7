package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoIT {
  @TempDir Path folder;

  @Test
  void showsTheDetections_andLeavesTheRowsTheReportAndTheMetrics() throws IOException {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    SortedSet<Verdict> expected = Verdict.of(capture.replay().detections());
    Path output = folder.resolve("output");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    int exitCode;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      exitCode = Main.commandLine().execute("demo", "--output", output.toString());
    } finally {
      System.setOut(out);
    }
    String text = printed.toString(StandardCharsets.UTF_8);

    assertThat(exitCode).as(text).isEqualTo(ExitCode.DONE);
    assertThat(text)
        .contains("impossible-travel", "token-replay", "partner-ip-drift")
        .contains(
            "%d detections arrived".formatted(expected.size()),
            "gives the same " + expected.size());
    assertThat(Verdict.differences(expected, delivered(output.resolve("rows.jsonl")))).isEmpty();
    Path signIns = output.resolve("capture/signins.jsonl.gz");
    assertThat(signIns).as("what the report's evidence names").isNotEmptyFile();
    assertThat(output.resolve("report.html"))
        .content()
        .contains("\"" + signIns + ":\"", "lockstep.yaml --detection \"");
    assertThat(output.resolve("capture/exceptions.yaml")).exists();
    assertThat(output.resolve("metrics.txt")).content().contains("lockstep_");
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
