package dev.lockstep.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of a text saves time, and changes nothing of what is found. */
final class CredentialFinderTest {
  private static final long SEED = 20261130;
  private static final int TEXTS = 20_000;

  /** Pieces whose combinations reach each form, and the borders between them. */
  private static final String[] PIECES = {
    "a=",
    "=",
    "/",
    " ",
    "\n",
    "\"",
    "'",
    "${",
    "(hidden)",
    "null",
    "pwd=",
    "password=",
    "authorization:",
    "://",
    "@",
    "Bearer ",
    "=Basic ",
    "eyJ",
    "xLoginModule ",
    ";",
    "====",
    "aB3dE5gH7",
    "x9Y8z7W6v5U4t3S2r1Q0p9O8n7M6l5K4",
    "abcdefghijklmnopqrstuvwxyz",
    "A.b-1_",
    "\\",
    "\\\"",
    "\\\\\\'"
  };

  /** Text that counts how often one of its characters is read. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long reads;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int at) {
      reads++;
      return text.charAt(at);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }
  }

  private static List<CredentialFinder.Span> spans(
      int length, IntFunction<CredentialFinder> finders) {
    List<CredentialFinder.Span> spans = new ArrayList<>();
    int at = 0;
    while (at < length) {
      CredentialFinder.Span span = finders.apply(at).spanAt(at);
      if (span != null) {
        spans.add(span);
      }
      at = span == null ? at + 1 : span.to();
    }
    return spans;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int pieces = random.nextInt(24); pieces >= 0; pieces--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=",
        "=",
        "a/a=",
        "aB3=",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz/a=",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz ",
        "pwd=${",
        "pwd=\"${pwd=${",
        "authorization=${",
        "aLoginModule ${",
        "=Bearer ",
        "://",
        "://${@",
        "eyJ=",
        "password=\"",
        "password=\\",
        "pwd=\\\\a",
        "pwd=\"${\\",
        "pwd=\"${pwd='${pwd=\\\"${pwd=\\'${pwd=\\\\\\\"${pwd=\\\\\\'${pwd=${",
        "authorization=\"${",
        "\\\"\\' =",
        "\"\" :",
        "x=aB3dE5gH7aB3dE5gH7aB3dE5gH7aB3dE5gH7/"
      })
  void readsEachCharacterAFewTimes_ofALongHostileText(String piece) {
    Counted text = new Counted(piece.repeat(65_536 / piece.length()));
    CredentialFinder finder = new CredentialFinder(text);
    spans(text.length(), at -> finder);
    assertThat(text.reads).isLessThan(20L * text.length());
  }

  @Test
  void finds_whatAFinderFindsThatRemembersNothing() {
    Random random = new Random(SEED);
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      CredentialFinder one = new CredentialFinder(text);
      assertThat(spans(text.length(), at -> one))
          .as("seed %d, text %d: %s", SEED, i, text)
          .isEqualTo(spans(text.length(), at -> new CredentialFinder(text)));
    }
  }

  @Test
  void masksTheBeginning_asThatOfTheWholeText() {
    Random random = new Random(SEED);
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      int most = random.nextInt(80);
      String whole = SecretMask.of(text);
      String beginning = SecretMask.beginning(text, most);
      assertThat(whole).as("seed %d, text %d: %s", SEED, i, text).startsWith(beginning);
      assertThat(beginning.length() >= most + 2 || beginning.equals(whole))
          .as("seed %d, text %d: %s", SEED, i, text)
          .isTrue();
    }
  }
}
