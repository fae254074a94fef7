package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Words of the identifiers of main: the glossary's, as in the docs. */
final class IdentifierWordsTest {
  private static final Path WORDS = Path.of("src/test/resources/house/words.txt");
  private static final Path MORE_WORDS = Path.of("src/test/resources/house/identifiers.txt");
  private static final Path GLOSSARY = MarkdownPage.ROOT.resolve("docs/glossary.md");

  /** A comment, a literal or an import of a library, none of which has identifiers of ours. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "(?s)\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]++|\\\\.)*+\"|'(?:[^'\\\\\n]++|\\\\.)*+'"
              + "|//[^\n]*+|/\\*.*?\\*/|\nimport (?!dev\\.lockstep)[^\n]*+");

  /**
   * A name of a method has its parentheses, so that a variable of that name can be told from it.
   */
  private static final Pattern IDENTIFIER =
      Pattern.compile("(?<![\\p{L}\\p{N}_])([\\p{L}_][\\p{L}\\p{N}_]*+)(\\s*+\\()?");

  private static final Pattern WORD = Pattern.compile("\\p{Lu}+(?!\\p{Ll})|\\p{Lu}?\\p{Ll}+");
  private static final Pattern EXCEPTION =
      Pattern.compile("class (\\w+)(?:<[^{]*>)? extends \\w*(?:Exception|Error)\\b");

  @Test
  void identifiersHaveTheWordsOfTheGlossary() throws IOException {
    Set<String> exceptions = exceptions().keySet();
    Map<Pattern, String> words = patterns();
    List<String> wrong = new ArrayList<>();
    identifiers()
        .forEach(
            (name, file) -> {
              String use = refused(name, words);
              if (!use.isEmpty() && !exceptions.contains(name)) {
                wrong.add("%s in %s; say \"%s\"".formatted(name, file, use));
              }
            });
    assertThat(wrong)
        .as("identifiers with a word that docs/glossary.md has another word for")
        .isEmpty();
  }

  @Test
  void everyExceptionOfTheListIsNeeded() throws IOException {
    Set<String> names = identifiers().keySet();
    Map<Pattern, String> words = patterns();
    for (Map.Entry<String, String> each : exceptions().entrySet()) {
      assertThat(names).as("identifiers of main: drop the exception").contains(each.getKey());
      assertThat(refused(each.getKey(), words))
          .as("%s: drop the exception", each.getKey())
          .isNotEmpty();
      assertThat(each.getValue()).as("the reason of %s", each.getKey()).isNotBlank();
    }
  }

  @Test
  void refusesOnlyWords_thatTheGlossaryReplaces() throws IOException {
    List<String> rows = Files.readAllLines(GLOSSARY);
    words(MORE_WORDS)
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
  void classesOfExceptionsAreNamedSo() throws IOException {
    Set<String> wrong = new TreeSet<>();
    for (Path file : sources()) {
      Matcher matcher = EXCEPTION.matcher(NO_CODE.matcher(Files.readString(file)).replaceAll(" "));
      while (matcher.find()) {
        if (!matcher.group(1).endsWith("Exception")) {
          wrong.add(matcher.group(1));
        }
      }
    }
    assertThat(wrong).as("classes of exceptions whose names do not end in Exception").isEmpty();
  }

  /**
   * Returns the glossary's word for a refused word of an identifier, or an empty text if none of
   * its words is refused.
   */
  private static String refused(String name, Map<Pattern, String> patterns) {
    StringBuilder words = new StringBuilder();
    WORD.matcher(name)
        .results()
        .forEach(word -> words.append(word.group().toLowerCase(Locale.ROOT)).append(' '));
    for (Map.Entry<Pattern, String> pattern : patterns.entrySet()) {
      if (pattern.getKey().matcher(words).find()) {
        return pattern.getValue();
      }
    }
    return "";
  }

  private static Map<Pattern, String> patterns() throws IOException {
    Map<Pattern, String> patterns = new LinkedHashMap<>();
    for (Path table : List.of(WORDS, MORE_WORDS)) {
      words(table)
          .forEach(
              (word, use) ->
                  patterns.put(Pattern.compile("\\b" + word + "(s|d|ed|ing|ting)?\\b"), use));
    }
    return patterns;
  }

  /** Returns the identifiers of main, each with a file that has it. */
  private static Map<String, String> identifiers() throws IOException {
    Map<String, String> identifiers = new TreeMap<>();
    for (Path file : sources()) {
      Matcher matcher = IDENTIFIER.matcher(NO_CODE.matcher(Files.readString(file)).replaceAll(" "));
      while (matcher.find()) {
        identifiers.putIfAbsent(
            matcher.group(1) + (matcher.group(2) == null ? "" : "()"),
            file.getFileName().toString());
      }
    }
    return identifiers;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(MarkdownPage.ROOT)) {
      for (Path module : modules.sorted().toList()) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            sources.addAll(
                files.filter(file -> file.toString().endsWith(".java")).sorted().toList());
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(500);
    return sources;
  }

  private static Map<String, String> words(Path file) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.contains(" = ") && !line.startsWith("#")) {
        String[] pair = line.split(" = ", -1);
        words.put(pair[0], pair[1]);
      }
    }
    return words;
  }

  /** Returns the reason of each identifier that has a refused word all the same. */
  private static Map<String, String> exceptions() throws IOException {
    Map<String, String> exceptions = new LinkedHashMap<>();
    for (String line : Files.readAllLines(MORE_WORDS)) {
      if (line.startsWith("- ")) {
        String[] pair = line.substring(2).split(": ", 2);
        for (String name : pair[0].split(", ")) {
          exceptions.put(name, pair[1]);
        }
      }
    }
    return exceptions;
  }
}
