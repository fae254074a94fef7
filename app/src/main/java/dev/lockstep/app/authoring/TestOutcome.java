package dev.lockstep.app.authoring;

import dev.lockstep.detections.sigma.document.SourceLine;
import java.util.List;

/**
 * Outcome of a test.
 *
 * @param rule id of the rule
 * @param name name of the test
 * @param failures reasons of its failure, the first the most important; empty if it passed
 * @param nanos time that it took
 */
record TestOutcome(String rule, String name, SourceLine at, List<String> failures, long nanos) {
  TestOutcome {
    failures = List.copyOf(failures);
  }

  boolean passed() {
    return failures.isEmpty();
  }

  double seconds() {
    return nanos / 1e9;
  }
}
