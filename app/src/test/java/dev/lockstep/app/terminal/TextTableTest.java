package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TextTableTest {
  private static final String ID = "57394b39c7f5bd1f8c32954e8379cd46";

  private static List<String> printed(TextTable table, Terminal terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new PrintStream(bytes, true, UTF_8), terminal);
    return bytes.toString(UTF_8).lines().toList();
  }

  private static TextTable table() {
    TextTable table = new TextTable("Id", "Severity", "Findings", "Of");
    table.row(
        List.of(ID, "High", "1,204", "a principal with a long name of many words in one cell"));
    table.row(List.of(ID, "Low", "7", "kim"));
    return table;
  }

  @Test
  void alignsNumbersToTheRight_andAddressesToTheLeft() {
    TextTable table = new TextTable("Address", "Count");
    table.row(List.of("192.0.2.100", "1,204"));
    table.row(List.of("192.0.2.1", "7"));
    assertThat(printed(table, Terminal.NONE))
        .containsExactly("Address      Count", "192.0.2.100  1,204", "192.0.2.1        7");
  }

  @Test
  void isAsWideAsItsCells_whereThereIsNoTerminal() {
    assertThat(printed(table(), Terminal.NONE))
        .containsExactly(
            "Id                                Severity  Findings  Of",
            ID + "  High         1,204  a principal with a long name of many words in one cell",
            ID + "  Low              7  kim");
  }

  @Test
  void wrapsTheWidestCellsBetweenWords_onANarrowTerminal() {
    assertThat(printed(table(), new Terminal(80, false)))
        .containsExactly(
            "Id                                Severity  Findings  Of",
            ID + "  High         1,204  a principal with a long",
            " ".repeat(54) + "name of many words in one",
            " ".repeat(54) + "cell",
            ID + "  Low              7  kim");
  }

  @Test
  void breaksCodesAtTheirMarks_beforeWordsOfSentences_andIdsLast() {
    TextTable table = new TextTable("Id", "Rule", "What");
    table.row(
        List.of(
            "57394b39c7f5",
            "workload-credential-drift",
            "token of nuria.kruse@northwindtraders.example used"));

    assertThat(printed(table, new Terminal(70, false)))
        .containsExactly(
            "Id            Rule                What",
            "57394b39c7f5  workload-           token of",
            "              credential-drift    nuria.kruse@northwindtraders.example",
            "                                  used");
    assertThat(printed(table, new Terminal(46, false)))
        .containsExactly(
            "Id            Rule         What",
            "57394b39c7f5  workload-    token of",
            "              credential-  nuria.kruse@",
            "              drift        northwindtraders.",
            "                           example used");
    assertThat(printed(table, new Terminal(40, false)))
        .contains("57394b39c7f5  workload-    token of")
        .allMatch(line -> line.length() <= 40);
  }

  @Test
  void breaksAWordWithoutMarksAtTheWidth_butNoCharacterOfTwo() {
    assertThat(CellLines.of("abcdefghijkl", 5)).containsExactly("abcde", "fghij", "kl");
    assertThat(CellLines.of("abc  defgh", 5)).containsExactly("abc", "defgh");
    assertThat(CellLines.of("ab \ud83d\ude00\ud83d\ude00", 3))
        .containsExactly("ab", "\ud83d\ude00", "\ud83d\ude00");
    assertThat(CellLines.of("https://a.example/b", 8))
        .containsExactly("https://", "a.", "example/", "b");
  }

  @Test
  void breaksANameOfALogBeforeACapital() {
    assertThat(CellLines.of("FrontDoorWebApplicationFirewallLog", 29))
        .containsExactly("FrontDoorWebApplication", "FirewallLog");
    assertThat(CellLines.of("FrontDoorWebApplicationFirewallLog", 9))
        .containsExactly("FrontDoor", "WebApplic", "ation", "Firewall", "Log");
  }

  @Test
  void fitsEveryTerminal_andLosesNoCharacter() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      TextTable table = new TextTable("A", "B", "C");
      if (i % 2 == 0) {
        table.whole("A").movable("C");
      }
      StringBuilder all = new StringBuilder();
      for (int row = 0; row < 4; row++) {
        List<String> cells =
            random
                .ints(3, 0, 90)
                .mapToObj(length -> random.ints(length, 0, 9).mapToObj(" -/.@xyzw"::charAt))
                .map(chars -> chars.map(String::valueOf).collect(Collectors.joining()).strip())
                .toList();
        table.row(cells);
        cells.forEach(all::append);
      }
      int width = 40 + random.nextInt(60);
      List<String> lines = printed(table, new Terminal(width, false));
      assertThat(lines).as("seed %d, table %d", seed, i).allMatch(line -> line.length() <= width);
      assertThat(sorted(String.join("", lines)))
          .as("seed %d, table %d", seed, i)
          .isEqualTo(sorted("ABC" + all));
    }
  }

  private static String sorted(String text) {
    return text.chars()
        .filter(c -> c != ' ')
        .sorted()
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  @Test
  void cutsALongCell_betweenWordsWhereOneEndsNear() {
    String cell = "an address that Microsoft Defender alerts on";
    assertThat(TextTable.shown(cell, 30)).isEqualTo("an address that Microsoft…");
    assertThat(TextTable.shown("x".repeat(99), 30)).isEqualTo("x".repeat(29) + "…");
    assertThat(TextTable.shown("a " + "x".repeat(99), 30)).isEqualTo("a " + "x".repeat(27) + "…");
  }

  @Test
  void keepsEveryWord_andTheWidthWhereWordsLetIt() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      TextTable table = new TextTable("A", "B", "C");
      StringBuilder all = new StringBuilder();
      for (int row = 0; row < 4; row++) {
        List<String> cells =
            random.ints(3, 0, 12).mapToObj(words -> "word ".repeat(words).strip()).toList();
        table.row(cells);
        cells.forEach(all::append);
      }
      List<String> lines = printed(table, new Terminal(40, false));
      assertThat(lines).as("seed %d, table %d", seed, i).allMatch(line -> line.length() <= 40);
      assertThat(words(String.join(" ", lines))).isEqualTo(words(all.toString()));
    }
  }

  private static long words(String text) {
    long words = 0;
    for (int at = text.indexOf("word"); at >= 0; at = text.indexOf("word", at + 1)) {
      words++;
    }
    return words;
  }

  @Test
  void coloursSeveritiesAndVerdicts_onATerminal_butNoHeading() {
    TextTable table = new TextTable("High", "Of");
    table.row(List.of("High", "no " + "x".repeat(40) + " Low"));
    assertThat(printed(table, new Terminal(48, true)))
        .containsExactly(
            "High  Of", "\u001b[1;31mHigh\u001b[0m  no", "      " + "x".repeat(40), "      Low");
    assertThat(new Terminal(80, true).coloured("ok")).isEqualTo("\u001b[32mok\u001b[0m");
    assertThat(new Terminal(80, true).coloured("FAILED")).isEqualTo("\u001b[1;31mFAILED\u001b[0m");
    assertThat(Terminal.NONE.coloured("fail")).isEqualTo("fail");
  }

  @Test
  void takesTheWidthOfTheLauncher_orOfTheEnvironment() {
    assertThat(Terminal.of(null, Map.of())).isEqualTo(Terminal.NONE);
    assertThat(Terminal.of("132", Map.of())).isEqualTo(new Terminal(132, true));
    assertThat(Terminal.of("", Map.of())).isEqualTo(new Terminal(80, true));
    assertThat(Terminal.of("7", Map.of())).isEqualTo(new Terminal(40, true));
    assertThat(Terminal.of("132", Map.of("COLUMNS", "100"))).isEqualTo(new Terminal(100, true));
    assertThat(Terminal.of(null, Map.of("COLUMNS", "100"))).isEqualTo(new Terminal(100, false));
    assertThat(Terminal.of(null, Map.of("COLUMNS", "wide"))).isEqualTo(Terminal.NONE);
    for (Map<String, String> plain : List.of(Map.of("NO_COLOR", "1"), Map.of("TERM", "dumb"))) {
      assertThat(Terminal.of("132", plain)).as("%s", plain).isEqualTo(new Terminal(132, false));
    }
  }

  private static TextTable findings() {
    TextTable table =
        new TextTable("Id", "Rule", "Reason", "Start", "What", "Count")
            .whole("Id", "Rule", "Start")
            .movable("What", "Reason");
    table.row(
        List.of(
            "57394b39",
            "workload-credential-drift",
            "two-networks",
            "2026-11-20 17:37Z",
            "Token of nuria.kruse@northwindtraders.example used from two networks",
            "2"));
    return table;
  }

  @Test
  void keepsTimesAndIdsWhole_andMovesWideColumnsBelow_onANarrowTerminal() {
    assertThat(printed(findings(), new Terminal(120, false)))
        .containsExactly(
            "Id        Rule                       Reason        Start              What"
                + " ".repeat(41)
                + "Count",
            "57394b39  workload-credential-drift  two-networks  2026-11-20 17:37Z  Token of"
                + " ".repeat(41)
                + "2",
            " ".repeat(70) + "nuria.kruse@northwindtraders.example used",
            " ".repeat(70) + "from two networks");
    assertThat(printed(findings(), new Terminal(80, false)))
        .containsExactly(
            "Id        Rule                       Reason        Start              Count",
            "    What",
            "57394b39  workload-credential-drift  two-networks  2026-11-20 17:37Z      2",
            "    Token of nuria.kruse@northwindtraders.example used from two networks");
    assertThat(printed(findings(), new Terminal(66, false)))
        .containsExactly(
            "Id        Rule                       Start              Count",
            "    Reason  What",
            "57394b39  workload-credential-drift  2026-11-20 17:37Z      2",
            "    two-networks  Token of nuria.kruse@northwindtraders.example",
            "    used from two networks");
    assertThat(printed(findings(), new Terminal(40, false)))
        .contains("    two-networks  Token of")
        .allMatch(line -> line.length() <= 40);
  }

  @Test
  void showsHiddenCharacters() {
    TextTable table = new TextTable("A");
    table.row(List.of("a\u001b[2J\u202eb"));
    assertThat(printed(table, new Terminal(80, true)).stream().collect(Collectors.joining()))
        .endsWith("a\\u001b[2J\\u202eb");
  }
}
