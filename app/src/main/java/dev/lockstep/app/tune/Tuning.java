package dev.lockstep.app.tune;

import dev.lockstep.app.detection.WrittenDetection;
import java.util.List;

/**
 * Proposals by which findings of a rule that were closed as false would not have gone out.
 *
 * @param rule id of the rule
 * @param findings number of findings of the rule in what was read
 * @param falses findings closed as false among these
 * @param trues number of findings closed as true among these
 * @param unknown findings with a classification that what was read does not give
 * @param proposals proposals in the order of what they remove
 * @param refused what is not proposed, because it would hide findings closed as true
 * @param left findings closed as false that no proposal removes
 */
record Tuning(
    String rule,
    int findings,
    List<WrittenDetection> falses,
    long trues,
    List<String> unknown,
    List<Proposal> proposals,
    List<Refused> refused,
    List<WrittenDetection> left) {
  /** Creates a result with copies of its lists. */
  Tuning {
    falses = List.copyOf(falses);
    unknown = List.copyOf(unknown);
    proposals = List.copyOf(proposals);
    refused = List.copyOf(refused);
    left = List.copyOf(left);
  }

  /**
   * Filter or exception that is proposed.
   *
   * @param words what it compares
   * @param lines its lines in YAML
   * @param removes findings closed as false that it removes
   * @param others other findings that it removes
   */
  record Proposal(
      String words,
      List<String> lines,
      List<WrittenDetection> removes,
      List<WrittenDetection> others) {
    /** Creates a proposal with copies of its lists. */
    Proposal {
      lines = List.copyOf(lines);
      removes = List.copyOf(removes);
      others = List.copyOf(others);
    }
  }

  /**
   * Filter or exception that is not proposed.
   *
   * @param words what it compares
   * @param hides findings closed as true that it would hide
   */
  record Refused(String words, List<WrittenDetection> hides) {
    /** Creates a refusal with a copy of the findings. */
    Refused {
      hides = List.copyOf(hides);
    }
  }
}
