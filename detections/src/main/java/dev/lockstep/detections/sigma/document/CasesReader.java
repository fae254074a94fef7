package dev.lockstep.detections.sigma.document;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a file with tests of a Java rule: the rule's id, and tests in the form of Sigma
 * documents.
 */
public final class CasesReader {
  /** Ending of the names of files with tests of a Java rule. */
  public static final String ENDING = ".tests.yaml";

  static final List<String> KEYS = List.of("rule", "tests");

  private static final int MOST_ID_CHARS = 128;
  private static final List<String> SIMILAR_ENDINGS =
      List.of(".tests.yaml", ".tests.yml", ".test.yaml", ".test.yml");
  private static final List<String> YAML_ENDINGS = List.of(".yaml", ".yml");

  private CasesReader() {}

  /**
   * Tests of a rule, or the fault for which the file was refused.
   *
   * @param rule id of the rule; empty if there is a fault
   * @param tests tests; none if there is a fault
   */
  public record Reading(String rule, List<RuleCase> tests, @Nullable DocumentFault fault) {
    public Reading {
      tests = List.copyOf(tests);
    }
  }

  /**
   * Returns whether a file's name looks like a misspelt name of a file with tests, for example
   * because the name ends in {@code .test.yaml}. Lockstep does not read the tests in such a file.
   */
  public static boolean isMisnamed(String file) {
    return !file.endsWith(ENDING)
        && SIMILAR_ENDINGS.stream().anyMatch(file.toLowerCase(Locale.ROOT)::endsWith);
  }

  /** Returns the name that a file of YAML has to have if it contains tests of a Java rule. */
  public static String fileName(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    for (List<String> endings : List.of(SIMILAR_ENDINGS, YAML_ENDINGS)) {
      for (String ending : endings) {
        if (lower.endsWith(ending)) {
          return file.substring(0, file.length() - ending.length()) + ENDING;
        }
      }
    }
    return file + ENDING;
  }

  /** Reads a file with the tests of one rule. */
  public static Reading read(String file, String text) {
    try {
      YamlValue value = new YamlStream(file, text).only();
      if (value == null) {
        throw DocumentPart.refusal(
            new SourceLine(file, 1), "has no document", "write the keys rule and tests");
      }
      DocumentPart document = DocumentPart.of(value, "a document");
      document.only(KEYS);
      String rule =
          DocumentPart.text(
              document.needed("rule", "write the id of the tested rule"), "rule", MOST_ID_CHARS);
      document.needed("tests", "add a list of tests, each with the keys name, records and fires");
      return new Reading(rule, TestsReader.read(document), null);
    } catch (DocumentException e) {
      return new Reading("", List.of(), e.fault());
    }
  }
}
