package dev.lockstep.app.tune;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of the tuning of a rule: proposed filters or exceptions, each with the findings closed as
 * false that it would remove.
 *
 * @param rule id of the rule
 * @param findings number of findings of the rule in the replay or the file
 * @param falses findings closed as false among these
 * @param trues number of findings closed as true among these
 * @param unknown ids of closed findings that the replay or the file does not have
 * @param proposals proposed filters or exceptions
 * @param refused filters and exceptions that are not proposed, because they would hide findings
 *     closed as true
 * @param untried number of further filters or exceptions that were found and not tried
 * @param left findings closed as false that no proposal removes
 */
record Tuning(
    String rule,
    int findings,
    List<ComparedDetection> falses,
    long trues,
    List<String> unknown,
    List<Proposal> proposals,
    List<Refused> refused,
    int untried,
    List<ComparedDetection> left) {
  Tuning {
    falses = List.copyOf(falses);
    unknown = List.copyOf(unknown);
    proposals = List.copyOf(proposals);
    refused = List.copyOf(refused);
    left = List.copyOf(left);
  }

  /**
   * Proposed filter or exception.
   *
   * @param words what it compares
   * @param lines lines of the filter or exception in YAML
   * @param removes removed findings that are closed as false
   * @param others other removed findings
   * @param replaced exception about the same findings, which has to be removed for this one; null
   *     if there is none
   */
  record Proposal(
      String words,
      List<String> lines,
      List<ComparedDetection> removes,
      List<ComparedDetection> others,
      @Nullable ExceptionEntry replaced) {
    Proposal {
      lines = List.copyOf(lines);
      removes = List.copyOf(removes);
      others = List.copyOf(others);
    }
  }

  /**
   * Filter or exception that is not proposed, because it hides findings closed as true.
   *
   * @param words what it compares
   * @param hides hidden findings that are closed as true
   */
  record Refused(String words, List<ComparedDetection> hides) {
    Refused {
      hides = List.copyOf(hides);
    }
  }
}
