package dev.lockstep.app.suggest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.enrichment.network.NetworkClass;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SuggestedNetworksTextTest {
  private static List<String> table(SuggestedNetworksText suggested) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, UTF_8));
    System.setProperty(Terminal.ERROR_COLUMNS, "80");
    try {
      suggested.printTable(System.err);
    } finally {
      System.clearProperty(Terminal.ERROR_COLUMNS);
      System.setErr(before);
    }
    return printed.toString(UTF_8).lines().toList();
  }

  @Test
  void fitsItsTable_toTheTerminalOnStandardError() {
    RowEffect nothing = RowEffect.between(List.of(), List.of(), event -> false);
    NetworkSuggestion row =
        new NetworkSuggestion(
            "198.51.100.0/24",
            NetworkClass.CORPORATE,
            "an office",
            Map.of("users", 1_166, "events", 2_242, "days", 17, "managedShare", 0.94),
            "AS64500 Harbour Net DE");
    JudgedRow judged = new JudgedRow(row, nothing, List.of(), List.of("alerts name it"));

    List<String> lines =
        table(new SuggestedNetworksText(new RowTrials.Judged(List.of(judged), nothing)));

    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.length() <= 80);
    assertThat(lines)
        .anyMatch(line -> line.startsWith("198.51.100.0/24  corporate"))
        .contains("    commented out  AS64500 Harbour Net DE; interactive -, managed 94 %");
  }
}
