package dev.lockstep.detections.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.geo.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StateDictionaryTest {
  private static final List<Object> WORDS =
      List.of(
          "SignInLogs",
          new Place("DE", "Berlin", 52.52, 13.4, 20),
          new Place(null, null, -1.5, 0, 0),
          new StateDictionary.Holder(64_500L, "Example", "DE"),
          new StateDictionary.Holder(null, null, null),
          new StateDictionary.EventOrigin("SignInLogs", "entra", "signins", null),
          new StateDictionary.EventOrigin("GatewayLogs", "file", null, "a.jsonl"));

  private record InList(List<byte[]> kept) implements StateDictionary.Keeper {
    @Override
    public void added(int number, byte[] word) {
      assertThat(number).isEqualTo(kept.size());
      kept.add(word);
    }

    @Override
    public void read(StateDictionary into) {
      for (int number = kept.size() - 1; number >= 0; number--) {
        into.kept(number, kept.get(number));
      }
    }
  }

  @Test
  void readsWhatWasKept_underTheSameNumbers() {
    List<byte[]> kept = new ArrayList<>();
    StateDictionary dictionary = new StateDictionary(new InList(kept));
    WORDS.forEach(dictionary::number);
    WORDS.forEach(dictionary::number);
    assertThat(kept).hasSameSizeAs(WORDS);

    StateDictionary read = new StateDictionary(new InList(kept));
    for (int number = 0; number < WORDS.size(); number++) {
      assertThat(read.word(number)).isEqualTo(WORDS.get(number));
      assertThat(read.number(WORDS.get(number))).isEqualTo(number);
    }
    assertThat(kept).hasSameSizeAs(WORDS);
    assertThat(read.number("another")).isEqualTo(WORDS.size());
  }

  @Test
  void writesOut_whatIsTooMuch() {
    StateDictionary dictionary = new StateDictionary();
    int most = 0;
    while (dictionary.number("word " + most) >= 0) {
      most++;
    }
    assertThat(most).isEqualTo(10_000);
    assertThat(dictionary.number("word 1")).isEqualTo(1);

    byte[] bytes = new ByteSink(dictionary).word("one more").word("word 2").word(null).bytes();
    ByteSource from = new ByteSource(bytes, dictionary);
    assertThat(from.word()).isEqualTo("one more");
    assertThat(from.word()).isEqualTo("word 2");
    assertThat(from.word()).isNull();
  }

  @Test
  void refusesANumberThatHasNoWord() {
    assertThatThrownBy(() -> new StateDictionary().word(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number 3");
    assertThatThrownBy(() -> new StateDictionary().word(-2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number -2");
  }
}
