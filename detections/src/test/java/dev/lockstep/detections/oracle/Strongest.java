package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Severity;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One finding in the making: everything that fired in it. */
final class Strongest {
  private final String rule;
  private final String subject;
  private final List<String> reasons;
  private final Set<Said> said = new HashSet<>();
  private final Set<String> counted = new TreeSet<>();

  private record Said(String reason, Severity severity) {}

  /** Starts a finding of a rule whose reasons are listed first to last. */
  Strongest(String rule, String subject, List<String> reasons) {
    this.rule = rule;
    this.subject = subject;
    this.reasons = reasons;
  }

  void fires(String reason, Severity severity) {
    said.add(new Said(reason, severity));
  }

  void counts(String what) {
    counted.add(what);
  }

  /** Returns the highest severity and the first reason that goes with it. */
  Verdict verdict() {
    Said told =
        said.stream()
            .min(
                Comparator.comparing(Said::severity, Comparator.reverseOrder())
                    .thenComparingInt(each -> reasons.indexOf(each.reason())))
            .orElseThrow();
    return new Verdict(rule, subject, told.reason(), told.severity(), Math.max(1, counted.size()));
  }
}
