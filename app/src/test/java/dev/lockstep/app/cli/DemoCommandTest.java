package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  private static final String TITLE =
      "jannis.ahlers@northwindtraders.example at 198.19.70.36, an address that Microsoft Defender"
          + " alerts on";

  private static Detection detection() {
    Detection detection = new Detection();
    detection.setId("b40e1ccb9d0f4a7c8e21b40e1ccb9d0f");
    detection.setRule("defender-corroboration");
    detection.setReason("flagged-address");
    detection.setSeverity(Severity.High);
    detection.setTitle(TITLE);
    detection.setCount(1);
    detection.setEvidence(List.of());
    detection.setIp("198.19.70.36");
    return detection;
  }

  private static List<String> printed(TextTable table, int width) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    table.print(new PrintStream(out, true, UTF_8), new Terminal(width, false));
    return out.toString(UTF_8).lines().toList();
  }

  @Test
  void showsTitlesWhole() {
    assertThat(printed(DemoCommand.detections(List.of(detection())), 0))
        .anySatisfy(line -> assertThat(line).contains(TITLE));
  }

  @Test
  void showsEachFindingInFewLines_onANarrowTerminal() {
    List<String> lines = printed(DemoCommand.detections(List.of(detection())), 80);
    assertThat(lines).allMatch(line -> line.length() <= 80);
    assertThat(lines.subList(2, lines.size()))
        .hasSize(3)
        .first()
        .asString()
        .matches("High +[0-9a-f]{8} +defender-corroboration +[0-9-]{10} [0-9:]{5}Z +1");
  }

  @Test
  void showsTheHeadingsOfTheWorstWhole() {
    TextTable worst = DemoCommand.worst(DemoFindings.of(List.of(detection())));
    assertThat(printed(worst, 80))
        .allMatch(line -> line.length() <= 80)
        .first()
        .asString()
        .matches("Severity +Id +Start +Of");
    assertThat(printed(worst, 80).get(1)).isEqualTo("    What");
    assertThat(printed(worst, 80).get(2)).startsWith("High ");
  }
}
