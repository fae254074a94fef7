package dev.lockstep.detections.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
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
  void mixesUnlikeTextsIntoUnlikeHashes_howeverTheyAreCut() {
    Set<Long> hashes = new HashSet<>();
    int texts = 0;
    for (int i = 0; i < 100_000; i++) {
      texts += 2;
      hashes.add(Hashes.mixed(0, "user" + i) >>> 20);
      hashes.add(Hashes.mixed(Hashes.mixed(0, "user"), Integer.toString(i)) >>> 20);
    }
    for (int length = 0; length < 40; length++) {
      texts++;
      hashes.add(Hashes.mixed(7, "\0".repeat(length)) >>> 20);
    }
    assertThat(hashes).as("the highest 44 bits").hasSize(texts);
  }
}
