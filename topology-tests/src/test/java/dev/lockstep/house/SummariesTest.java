package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SummariesTest {
  private static final String ACT = "Reads records.";

  @TempDir Path module;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Reader of records.",
        "The records of one partition; others have their own.",
        "Counts of records by category.",
        "GeoIP databases, of which each may be absent."
      })
  void takesANounThatDefinesAClass(String sentence) throws IOException {
    assertThat(faults(sentence, ACT + " ", "Counts records.")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What a record says.",
        "How far a partition is read.",
        "Whose turn it is.",
        "Reads records.",
        "It is a record.",
        "Something to close.",
        "Reader of records; of rows; of lines.",
        "Reader, e.g. of records."
      })
  void refusesARiddle_aVerb_orAPronounForAClass(String sentence) throws IOException {
    assertThat(faults(sentence, ACT)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Whether it is a record.",
        "The records of a partition.",
        "Copies",
        "What is read.",
        "This one."
      })
  void wantsAVerbForAMethod(String sentence) throws IOException {
    boolean isVerb = sentence.equals("Copies");
    assertThat(faults("Reader of records.", sentence)).hasSize(isVerb ? 0 : 1);
  }

  @Test
  void countsTheWordsOfASentence() throws IOException {
    String most = "Reader" + " a".repeat(Summaries.MOST_WORDS - 1) + ".";
    assertThat(faults(most, ACT)).isEmpty();
    assertThat(faults(most.replace(".", " b."), ACT))
        .singleElement()
        .asString()
        .contains("has 25 words");
  }

  @Test
  void namesTheClassThePlaceAndTheFix() throws IOException {
    assertThat(faults("Reads records.", ACT))
        .containsExactly(
            "could not accept the summary of Records at Records.java:3: \"Reads records.\" begins"
                + " with a verb; begin with a noun that defines it");
  }

  private List<String> faults(String ofClass, String... ofMethods) throws IOException {
    StringBuilder source = new StringBuilder();
    source.append("package records;\n/** ").append(ofClass).append(" */\nfinal class Records {\n");
    for (int i = 0; i < ofMethods.length; i++) {
      source
          .append("/** ")
          .append(ofMethods[i])
          .append(" */\nvoid act")
          .append(i)
          .append("() {}\n");
    }
    Path folder = Files.createDirectories(module.resolve("src/main/java/records"));
    Files.writeString(folder.resolve("Records.java"), source.append("}\n"));
    return Summaries.of(List.of(module)).faults();
  }
}
