package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksSuggestCommandTest {
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private Path fromDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
      Files.copy(Objects.requireNonNull(in, name), copy);
    }
    return copy;
  }

  private int suggest(String... words) {
    return Main.commandLine(words).setErr(new PrintWriter(err)).execute(words);
  }

  @Test
  void readsACapture_andEndsWithCode0_or3WhereSomethingWasRejected() throws IOException {
    Path config = fromDemo("lockstep.yaml");
    fromDemo("networks.csv");
    fromDemo("partners.yaml");
    String alerts = fromDemo("alerts.jsonl.gz").toString();
    String[] words = {"networks", "suggest", "--quiet", "--config", config.toString(), alerts};
    assertThat(suggest(words)).isEqualTo(ExitCode.DONE);
    String broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"records\":[{]}\n") + "";
    words[5] = broken;
    assertThat(suggest(words)).isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
  }

  @Test
  void refusesACaptureThatIsNotThere_andTooFewUsers() {
    assertThat(suggest("networks", "suggest", folder + "/none.jsonl")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("none.jsonl");
    assertThat(suggest("networks", "suggest", "--min-users", "1", "x")).isEqualTo(2);
    assertThat(suggest("networks", "suggest")).isEqualTo(2);
    assertThat(suggest("networks", "suggest", "--to", "tomorrow", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("could not use --to: \"tomorrow\" is not a time");
  }

  @Test
  void writesNoRow_thatTakesAHighAwayOrMeetsAnAlert_ofTheBundledCapture() throws IOException {
    Path config = fromDemo("lockstep.yaml");
    fromDemo("networks.csv");
    fromDemo("partners.yaml");

    Map<String, JsonNode> rows = rowsOfTheBundledCapture("--config", config.toString());

    assertThat(rows).containsOnlyKeys("198.18.20.0/24", "198.18.20.30", "198.19.70.0/24");
    JsonNode flagged = Objects.requireNonNull(rows.get("198.19.70.0/24"));
    assertThat(flagged.get("findings").intValue()).isEqualTo(230);
    assertThat(flagged.get("suppresses"))
        .hasSize(26)
        .filteredOn(finding -> finding.get("severity").textValue().equals("High"))
        .hasSize(6);
    assertThat(flagged.get("alertedAddresses")).hasSize(33);
    assertThat(flagged.get("reasons"))
        .extracting(JsonNode::textValue)
        .satisfiesExactly(
            reason -> assertThat(reason).startsWith("alerts of Microsoft Defender name 33 addr"),
            reason -> assertThat(reason).startsWith("it would suppress or lower 6 High findings"));
    assertThat(Objects.requireNonNull(rows.get("198.18.20.30")).get("lowers")).isNotEmpty();
  }

  @Test
  @Tag("long")
  void writesNoSuchRow_withoutAConfiguration() throws IOException {
    rowsOfTheBundledCapture("--config", Files.writeString(folder.resolve("no.yaml"), "") + "");
  }

  private Map<String, JsonNode> rowsOfTheBundledCapture(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("networks", "suggest", "--quiet", "--json"));
    words.addAll(List.of(options));
    for (String name : DemoCommand.CAPTURE) {
      words.add(fromDemo(name).toString());
    }
    Ran ran = Ran.run(words.toArray(String[]::new));
    assertThat(ran.code()).isIn(ExitCode.DONE, ExitCode.DONE_WITH_REJECTIONS);
    Map<String, JsonNode> rows = new HashMap<>();
    for (JsonNode row : new ObjectMapper().readTree(ran.out())) {
      rows.put(row.get("cidr").textValue(), row);
      if (!row.get("commentedOut").booleanValue()) {
        assertThat(row.get("alertedAddresses")).as("%s", row).isEmpty();
        assertThat(row.get("suppresses"))
            .as("%s", row)
            .noneMatch(finding -> finding.get("severity").textValue().equals("High"));
      }
    }
    return rows;
  }
}
