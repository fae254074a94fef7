package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Words and sentences of the docs: the glossary's words, the subject first, and no sentence that
 * has to be read twice.
 */
final class DocsWordsTest {
  private static final Path TABLE = Path.of("src/test/resources/house/words.txt");
  private static final Path GLOSSARY = Path.of("docs/glossary.md");
  private static final int MOST_WORDS = 40;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_'’.,-]*");

  /** A sentence that begins like this names its subject late, or has a riddle for one. */
  private static final Pattern LATE_SUBJECT = Pattern.compile("(Of|Whoever)\\b.*");

  /** Pages that are lists by nature, are generated, or quote other words. */
  private static final Set<String> LEFT_OUT = Set.of("docs/fields.md", "docs/glossary.md");

  /** The measured rows of promises are notes with numbers. */
  private static final Path PROMISES = Path.of("docs/promises.md");

  @Test
  void usesTheWordsOfTheGlossary() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> word : table().entrySet()) {
      Pattern pattern =
          Pattern.compile("(?i)\\b" + word.getKey() + "(s|ed|ing|ting)?\\b", Pattern.UNICODE_CASE);
      for (MarkdownPage page : pages()) {
        for (MarkdownPage.Text sentence : page.sentences()) {
          Matcher matcher = pattern.matcher(sentence.value());
          if (matcher.find()) {
            wrong.add(
                "%s:%d: \"%s\"; say \"%s\": %s"
                    .formatted(
                        page.name(),
                        sentence.line(),
                        matcher.group(),
                        word.getValue(),
                        sentence.value()));
          }
        }
      }
    }
    assertThat(wrong).as("words that docs/glossary.md has another word for").isEmpty();
  }

  @Test
  void refusesOnlyWords_thatTheGlossaryReplaces() throws IOException {
    List<String> rows = Files.readAllLines(MarkdownPage.ROOT.resolve(GLOSSARY));
    table()
        .forEach(
            (word, use) ->
                assertThat(rows)
                    .as("a row of docs/glossary.md with %s, not %s", use, word)
                    .anyMatch(
                        row ->
                            row.startsWith("| " + use + " |")
                                && row.substring(row.lastIndexOf('|', row.length() - 3))
                                    .contains(word)));
  }

  @Test
  void hasShortSentences() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (MarkdownPage page : pages()) {
      for (MarkdownPage.Text sentence : page.sentences()) {
        int words = (int) WORD.matcher(sentence.value()).results().count();
        if (words > MOST_WORDS && !page.file().equals(PROMISES)) {
          tooLong.add("%s (%d words)".formatted(sentence, words));
        }
      }
    }
    assertThat(tooLong).as("sentences of more than %d words; make two", MOST_WORDS).isEmpty();
  }

  @Test
  void beginsWithTheSubject() throws IOException {
    List<String> late = new ArrayList<>();
    for (MarkdownPage page : pages()) {
      for (MarkdownPage.Text sentence : page.sentences()) {
        if (LATE_SUBJECT.matcher(sentence.value()).matches()) {
          late.add(sentence.toString());
        }
      }
    }
    assertThat(late).as("sentences that do not begin with their subject").isEmpty();
  }

  private static List<MarkdownPage> pages() throws IOException {
    return MarkdownPage.all().stream().filter(page -> !LEFT_OUT.contains(page.name())).toList();
  }

  /** Returns the word to use for each word that is refused. */
  private static Map<String, String> table() throws IOException {
    Map<String, String> table = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] pair = line.split(" = ", -1);
        table.put(pair[0], pair[1]);
      }
    }
    return table;
  }
}
