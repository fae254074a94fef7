package dev.lockstep.app.authoring;

import dev.lockstep.detections.sigma.document.SourceLine;
import java.util.List;

/**
 * Outcome of one test of a rule: passed, or failed with the reasons.
 *
 * @param rule id of the rule
 * @param name name of the test
 * @param failures reasons why the test failed, the most important first; empty if the test passed
 * @param nanos duration of the test
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
