package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of {@code info.yml}, the file of SigmaHQ's regression format that lists tests, each with a
 * file of records.
 */
public final class RegressionReader {
  private static final int MOST_CHARS = 1_024;
  private static final int MOST_DIGITS = 9;

  private RegressionReader() {}

  /**
   * Tests of a file, or the fault for which the file was refused.
   *
   * @param tests tests; none if there is a fault
   */
  public record Reading(List<RegressionCase> tests, @Nullable DocumentFault fault) {
    public Reading {
      tests = List.copyOf(tests);
    }
  }

  /** Reads a file that lists tests in SigmaHQ's regression format. */
  public static Reading read(String file, String text) {
    try {
      YamlValue value = new YamlStream(file, text).only();
      if (value == null) {
        throw DocumentPart.refusal(
            new SourceLine(file, 1),
            "has no document",
            "add the key regression_tests_info with a list of tests");
      }
      return new Reading(tests(DocumentPart.of(value, "a document")), null);
    } catch (DocumentException e) {
      return new Reading(List.of(), e.fault());
    }
  }

  private static List<RegressionCase> tests(DocumentPart info) throws DocumentException {
    YamlValue value =
        info.needed(
            "regression_tests_info", "add a list of tests, each with the keys name, type and path");
    List<RegressionCase> tests = new ArrayList<>();
    List<YamlValue> items =
        value instanceof YamlValue.Sequence sequence ? sequence.items() : List.of(value);
    for (YamlValue item : items) {
      DocumentPart test = DocumentPart.of(item, "an entry of regression_tests_info");
      String name = test.text("name", MOST_CHARS);
      String type = test.text("type", MOST_CHARS);
      YamlValue path = test.needed("path", "name the file with the records");
      tests.add(
          new RegressionCase(
              name == null ? "regression test " + (tests.size() + 1) : name,
              DocumentPart.text(path, "path", MOST_CHARS),
              type == null ? "" : type,
              matches(test),
              test.at()));
    }
    return tests;
  }

  private static @Nullable Integer matches(DocumentPart test) throws DocumentException {
    String text = test.text("match_count", MOST_CHARS);
    if (text == null) {
      return null;
    }
    if (text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw DocumentPart.refusal(
          test.at("match_count"),
          "has %s for match_count".formatted(Quoted.of(text)),
          "write the number of records that match as a whole number, such as 3");
    }
    return Integer.valueOf(text);
  }
}
