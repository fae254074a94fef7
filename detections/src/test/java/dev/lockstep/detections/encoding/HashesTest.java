package dev.lockstep.detections.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

class HashesTest {
  private static final int TEXTS = 2_000;

  @Test
  void equalsAvrosFingerprint_whateverTheCharacters() {
    long seed = 4177;
    Random random = new Random(seed);
    for (int i = 0; i < TEXTS; i++) {
      StringBuilder text = new StringBuilder();
      int most = i % 2 == 0 ? 0x80 : 0x3000;
      for (int left = random.nextInt(60); left > 0; left--) {
        text.append((char) random.nextInt(most));
      }
      String whole = text.toString();
      assertThat(Hashes.of(text))
          .as("seed %d, text %d", seed, i)
          .isEqualTo(SchemaNormalization.fingerprint64(whole.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void goesOnWithTextsAndNumbers_asIfTheyWereOneText() {
    long[] numbers = {0, 7, 10, 99, 1_000, 64_512, -3, Long.MAX_VALUE, Long.MIN_VALUE};
    for (long number : numbers) {
      long hash = Hashes.more(Hashes.more(Hashes.EMPTY, "Zürich 🚂\n"), number);
      assertThat(Hashes.more(hash, "\nDE"))
          .as("%d", number)
          .isEqualTo(Hashes.of("Zürich 🚂\n" + number + "\nDE"));
    }
  }
}
