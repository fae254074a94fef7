package dev.lockstep.detections.sigma.document;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a file with tests of a Java rule: the rule's id, and tests in the form of Sigma
 * documents.
 */
public final class CasesReader {
  private static final int MOST_ID_CHARS = 128;

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

  /** Reads a file with the tests of one rule. */
  public static Reading read(String file, String text) {
    try {
      YamlValue value = new YamlStream(file, text).only();
      if (value == null) {
        throw DocumentPart.refusal(
            new SourceLine(file, 1), "has no document", "write the keys rule and tests");
      }
      DocumentPart document = DocumentPart.of(value, "a document");
      document.only(List.of("rule", "tests"));
      String rule =
          DocumentPart.text(
              document.needed("rule", "write the id of the tested rule"), "rule", MOST_ID_CHARS);
      document.needed("tests", "add a list of tests with name, records and fires");
      return new Reading(rule, TestsReader.read(document), null);
    } catch (DocumentException e) {
      return new Reading("", List.of(), e.fault());
    }
  }
}
