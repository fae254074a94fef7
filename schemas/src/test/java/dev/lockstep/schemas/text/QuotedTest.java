package dev.lockstep.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** Hostile text is seen and not obeyed, and a reader of JSON gets it as it was. */
final class QuotedTest {
  /** One of each kind that may not stand raw. */
  private static final int[] HOSTILE = {
    0x00, 0x07, 0x08, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160,
    0x17b4, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e,
    0x2060, 0x2066, 0x2069, 0x2800, 0x3164, 0xd800, 0xdc00, 0xdfff, 0xe000, 0xfe0f, 0xfeff, 0xffa0,
    0xfff9, 0xffff, 0x1bca0, 0xe0001, 0xe0041, 0xe0100, 0xf0000, 0x10ffff
  };

  @Test
  void shows_nothingHidden() {
    for (int point : HOSTILE) {
      String text = "a" + Character.toString(point) + "b";
      assertThat(Quoted.isHidden(point)).as("%x", point).isTrue();
      for (String shown :
          new String[] {Quoted.of(text), Quoted.visible(text), Quoted.excerpt(text, 10)}) {
        assertThat(shown.codePoints().noneMatch(Quoted::isHidden)).as("%x", point).isTrue();
        assertThat(shown).contains("a\\").contains("b");
      }
    }
  }

  @Test
  void shows_codePointsAsTheyAreNumbered() {
    assertThat(Quoted.visible("\u001b[2J")).isEqualTo("\\u001b[2J");
    assertThat(Quoted.visible("x" + Character.toString(0xe0041))).isEqualTo("x\\u{e0041}");
    assertThat(Quoted.visible("\ud83d")).isEqualTo("\\ud83d");
    assertThat(Quoted.visible("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\rd");
  }

  @Test
  void leaves_wordsOfEveryScript() {
    String words = "José 山田 Ольга \u0645\u0631\u062d\u0628\u0627 \ud83d\ude00 100 %";
    assertThat(Quoted.visible(words)).isEqualTo(words);
    assertThat(Quoted.of(words)).isEqualTo('"' + words + '"');
  }

  @Test
  void quotes_quotesAndBackslashes() {
    assertThat(Quoted.of("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
    assertThat(Quoted.visible("CONTOSO\\a \"b\"")).isEqualTo("CONTOSO\\a \"b\"");
    assertThat(Quoted.of(null)).isEqualTo("\"null\"");
  }

  @Test
  void cuts_betweenCodePoints() {
    assertThat(Quoted.of("x".repeat(119) + "\ud83d\ude00" + "tail"))
        .isEqualTo("\"" + "x".repeat(119) + "\ud83d\ude00…\"");
    assertThat(Quoted.excerpt("abc", 3)).isEqualTo("abc");
    assertThat(Quoted.excerpt("abcd", 3)).isEqualTo("abc…");
  }

  @Test
  void cuts_aTextThatStaysAsItIs_butNotWithinACharacter() {
    assertThat(Quoted.cut("a\tb", 3)).isEqualTo("a\tb");
    assertThat(Quoted.cut("a\tbc", 3)).isEqualTo("a\tb…");
    assertThat(Quoted.cut("ab\ud83d\ude00c", 4)).isEqualTo("ab\ud83d\ude00…");
    assertThat(Quoted.cut("ab\ud83d\ude00c", 3)).isEqualTo("ab…");
  }

  @Test
  void escapes_hiddenCharactersInJson_andAParserReadsThemBack() throws IOException {
    StringBuilder all = new StringBuilder("\"\\ é 山 \ud83d\ude00 ");
    for (int point : HOSTILE) {
      if (Character.getType(point) != Character.SURROGATE) { // which no parser takes
        all.appendCodePoint(point).append(' ');
      }
    }
    String text = all.toString();
    StringWriter plain = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(plain)) {
      json.writeStartObject();
      json.writeStringField(text, text);
      json.writeEndObject();
    }
    String json = EscapedJson.of(plain.toString());
    assertThat(json.codePoints().noneMatch(Quoted::isHidden)).isTrue();
    assertThat(json).contains("é 山 \ud83d\ude00");
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      parser.nextToken();
      assertThat(parser.currentName()).isEqualTo(text);
      parser.nextToken();
      assertThat(parser.getText()).isEqualTo(text);
    }
  }

  @Test
  void writes_halfASurrogatePairAsAReplacement() {
    assertThat(EscapedJson.of("\"a\ud83db\"")).isEqualTo("\"a\\ufffdb\"");
  }

  @Test
  void leaves_ordinaryJsonAsItIs() {
    String json = "{\"a\":\"é 山\"}";
    assertThat(EscapedJson.of(json)).isSameAs(json);
  }
}
