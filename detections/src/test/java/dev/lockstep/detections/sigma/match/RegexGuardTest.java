package dev.lockstep.detections.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexGuardTest {
  private static final long SEED = 20261129;
  private static final String[] PIECES = {
    "foo", "Bar", "x", "é", "😀", ".", "a+", "b*", "c?", "\\.", "\\-", "d{2}", "[ef]", "(g)", "h|i",
    "j{k", "l}", "{m|n}", "o{,2}"
  };
  private static final String[] TEXTS = {
    "foo", "Bar", "x", "é", "😀", "aa", "b", "c", ".", "-", "dd", "e", "g", "h", "i", "j{k", "l}",
    "{m", "n}", "o{,2}"
  };

  @Test
  void everyMatchContainsThePlainPart() {
    Random random = new Random(SEED);
    int matched = 0;
    int plain = 0;
    for (int round = 0; round < 20_000; round++) {
      String expression = any(random, PIECES, 3);
      String part = RegexGuard.plainPart(expression);
      plain += part.isEmpty() ? 0 : 1;
      for (int i = 0; i < 20; i++) {
        String text = any(random, TEXTS, 3);
        if (Pattern.compile(expression).matcher(text).find()) {
          matched++;
          assertThat(CaseFolding.fold(text))
              .as("seed %d, round %d: %s", SEED, round, expression)
              .contains(part);
        }
      }
    }
    assertThat(matched).isGreaterThan(10_000);
    assertThat(plain).isGreaterThan(5_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x{2}+", "x{2,}+", "x*+", "x?+", "\\\\{2}+"})
  void refusesAPossessiveQuantifier(String expression) {
    assertThatThrownBy(() -> RegexGuard.compile(expression, 0))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("possessive");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\{2}+", "x\\{2,3}+", "[x{2}]+"})
  void takesNoBraceForAQuantifier_thatIsPlainText(String expression) throws Exception {
    assertThat(RegexGuard.compile(expression, 0)).isNotNull();
  }

  @Test
  void takesAsManyGroupsInEachOther_asItSays() throws Exception {
    assertThat(RegexGuard.compile(nested(32), 0)).isNotNull();
    assertThatThrownBy(() -> RegexGuard.compile(nested(33), 0))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("groups nested more than 32 deep");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{one|two}three", "{one|two", "one{two|three}four", "a{2}{b|c}dddd", "{2|33}444"})
  void takesABraceForPlainText_ifItIsNoQuantifier(String expression) {
    assertThat(RegexGuard.plainPart(expression)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a{((((b{90}){90}){90}){90})", "{(((d{90}){90}){90}){90}"})
  void refusesALargeExpressionBehindAPlainBrace(String expression) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () ->
            assertThatThrownBy(() -> RegexGuard.compile(expression, 0))
                .isInstanceOf(InvalidDetectionException.class)
                .hasMessageContaining("instructions"));
  }

  @Test
  void saysOfAnExpressionThatItDoesNotCompile_onlyItsEstimate() {
    String repeated = "(?:".repeat(12) + "x*" + ")*".repeat(12); // RE2/J would make x* of it
    assertThat(Pattern.compile(repeated).programSize()).isLessThan(10);
    assertThatThrownBy(() -> RegexGuard.compile(repeated, 0))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining(
            "estimated to compile to more than 4,096 instructions; write a shorter"
                + " expression, with fewer repetitions of repetitions, or several values with");
  }

  private static String nested(int groups) {
    return "(?:".repeat(groups) + "x" + ")".repeat(groups);
  }

  private static String any(Random random, String[] of, int most) {
    StringBuilder all = new StringBuilder();
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      all.append(of[random.nextInt(of.length)]);
    }
    return all.toString();
  }
}
