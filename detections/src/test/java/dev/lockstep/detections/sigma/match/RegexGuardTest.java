package dev.lockstep.detections.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RegexGuardTest {
  private static final long SEED = 20261129;
  private static final String[] PIECES = {
    "foo", "Bar", "x", "é", "😀", ".", "a+", "b*", "c?", "\\.", "\\-", "d{2}", "[ef]", "(g)", "h|i"
  };
  private static final String[] TEXTS = {
    "foo", "Bar", "x", "é", "😀", "aa", "b", "c", ".", "-", "dd", "e", "g", "h", "i"
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

  private static String any(Random random, String[] of, int most) {
    StringBuilder all = new StringBuilder();
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      all.append(of[random.nextInt(of.length)]);
    }
    return all.toString();
  }
}
