package dev.lockstep.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WrappedTextTest {
  private static String printed(int width, Consumer<WrappedText> what) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    what.accept(new WrappedText(new PrintStream(bytes, true, StandardCharsets.UTF_8), width));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void breaksBetweenWords_andGoesOnUnderTheText() {
    String words = "word ".repeat(20).strip();
    assertThat(printed(60, lines -> lines.labelled(2, "label", 10, words)))
        .isEqualTo(
            "  label     "
                + "word ".repeat(9).strip()
                + "\n            "
                + "word ".repeat(9).strip()
                + "\n            word word\n");
  }

  @Test
  void leavesAWordWhole_thatIsLongerThanALine() {
    String word = "x".repeat(90);
    assertThat(printed(60, lines -> lines.text(4, word))).isEqualTo("    " + word + "\n");
  }

  @Test
  void wrapsATextAfterItsStart_onlyWhereATerminalIs() {
    String words = "word ".repeat(15).strip();
    assertThat(WrappedText.fitted(Terminal.NONE, "ok    ", words)).isEqualTo("ok    " + words);
    assertThat(WrappedText.fitted(new Terminal(60, false), "ok    ", words))
        .isEqualTo("ok    " + "word ".repeat(11).strip() + "\n      " + "word ".repeat(4).strip());
  }

  @Test
  void letsNothingMoveTheCursor() {
    assertThat(printed(80, lines -> lines.text(0, "a\u001b[2Jb\u202ec")))
        .isEqualTo("a\\u001b[2Jb\\u202ec\n");
  }

  @Test
  void saysDaysAsSpans() {
    LocalDate first = LocalDate.parse("2026-12-30");
    assertThat(
            DisplayFormat.days(
                List.of(
                    first,
                    first.plusDays(1),
                    first.plusDays(2),
                    first.plusDays(4),
                    first.plusDays(6))))
        .isEqualTo("2026-12-30 to 2027-01-01, 01-03, 01-05");
  }

  @Test
  void saysLengthsAndNumbers() {
    assertThat(DisplayFormat.length(59_000)).isEqualTo("59 s");
    assertThat(DisplayFormat.length(61_000)).isEqualTo("1 min 1 s");
    assertThat(DisplayFormat.length(4_800_000)).isEqualTo("1 h 20 min");
    assertThat(DisplayFormat.number(10_071.7)).isEqualTo("10,071.7");
    assertThat(DisplayFormat.count(1, "pair")).isEqualTo("1 pair");
    assertThat(DisplayFormat.count(2_000, "pair")).isEqualTo("2,000 pairs");
  }
}
