package dev.lockstep.capture;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Findings as they grow: the highest severity with the first of its reasons, and a set. */
final class Verdicts {
  private static final List<String> SEVERITIES = List.of("Low", "Medium", "High");

  private static final class Finding {
    private int severity = -1;
    private String reason = "";
    private int rank;
    private final Set<Object> counted = new HashSet<>();
  }

  private final String rule;
  private final Map<String, Finding> findings = new TreeMap<>();

  Verdicts(String rule) {
    this.rule = rule;
  }

  /** Adds to the finding of a day, a subject and what else makes it one. */
  void add(
      LocalDate day,
      String subject,
      String rest,
      int severity,
      int rank,
      String reason,
      List<?> counted) {
    Finding finding =
        findings.computeIfAbsent(day + " " + subject + "|" + rest, any -> new Finding());
    if (severity > finding.severity || (severity == finding.severity && rank < finding.rank)) {
      finding.severity = severity;
      finding.reason = reason;
      finding.rank = rank;
    }
    finding.counted.addAll(counted);
  }

  /** Returns a line for each: rule, reason, severity, count, day, subject. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    findings.forEach(
        (key, finding) ->
            lines.add(
                String.join(
                    " ",
                    rule,
                    finding.reason,
                    SEVERITIES.get(finding.severity),
                    Integer.toString(Math.max(1, finding.counted.size())),
                    key.substring(0, key.indexOf('|')))));
    return lines;
  }
}
