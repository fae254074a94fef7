package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.document.SigmaDocument;
import java.util.List;

/**
 * Sigma document with the warnings of lint about it.
 *
 * @param kind {@code rule}, {@code correlation} or {@code filter}
 * @param logs service of the log source; empty for a correlation
 * @param cost word for how the index finds the rule: {@code equality}, {@code fragment} or {@code
 *     none}; empty for a correlation or filter
 * @param warnings warnings in the order of lines
 */
public record LintedDocument(
    SigmaDocument document, String kind, String logs, String cost, List<Warning> warnings) {
  public LintedDocument {
    warnings = List.copyOf(warnings);
  }

  /** Returns the number of tests in the document. */
  public int tests() {
    return document.header().tests().size();
  }
}
