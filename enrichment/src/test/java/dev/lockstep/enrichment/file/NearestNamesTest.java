package dev.lockstep.enrichment.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNamesTest {
  @Test
  void findsTheWordWithFewestEdits_theFirstOfSeveral() {
    Random random = new Random(7);
    LevenshteinDistance edits = LevenshteinDistance.getDefaultInstance();
    for (int round = 0; round < 2_000; round++) {
      List<String> known = new ArrayList<>();
      int size = 1 + random.nextInt(12);
      for (int i = 0; i < size; i++) {
        known.add(word(random));
      }
      String found = word(random);

      assertThat(NearestNames.among(known, found))
          .as("%s among %s", found, known)
          .isEqualTo(
              known.stream()
                  .min(
                      Comparator.<String>comparingInt(word -> edits.apply(word, found))
                          .thenComparing(Comparator.naturalOrder()))
                  .orElseThrow());
    }
  }

  private static String word(Random random) {
    return random
        .ints(random.nextInt(9), 'a', 'e')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @ParameterizedTest
  @CsvSource({
    "hihg, high",
    "servicelog, service_log",
    "severe, ''",
    "foo, ''",
    "ab, ''",
    "lowest, ''",
    "MEDIM, medium"
  })
  void findsNoWordThatIsUnlike(String found, String expected) {
    List<String> known = List.of("high", "medium", "low", "service_log", "id");

    assertThat(NearestNames.similarAmong(known, found)).isEqualTo(expected);
    assertThat(NearestNames.similarAmong(List.of(), found)).isEmpty();
  }

  @Test
  void ignoresCase_andKnowsNoWordAmongNone() {
    assertThat(NearestNames.among(List.of("resultType", "UserName"), "RESULTTYP"))
        .isEqualTo("resultType");
    assertThat(NearestNames.among(List.of(), "word")).isEmpty();
  }

  @Test
  void cutsBothWords_soThatALongOneIsNearestToItself() {
    String named = "a".repeat(64) + "-and-a-long-end";
    String other = "a".repeat(60) + "bbbb";

    assertThat(NearestNames.among(List.of(other, named), named)).isEqualTo(named);
    assertThat(NearestNames.similarAmong(List.of(other, named), named + "s")).isEqualTo(named);
  }
}
