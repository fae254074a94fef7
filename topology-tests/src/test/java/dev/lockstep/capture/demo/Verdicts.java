package dev.lockstep.capture.demo;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Findings as they grow: the highest severity with the first of its reasons, and a set. */
final class Verdicts {
  private static final List<String> SEVERITIES = List.of("Low", "Medium", "High");

  /** A finding: its events, and the alerts that name one of them or whom it is about. */
  static final class Finding {
    private final String key;
    private int severity = -1;
    private String reason = "";
    private int rank;
    private final Set<Object> counted = new HashSet<>();
    private final Set<String> alerts = new TreeSet<>();
    final Set<Observed> events = new HashSet<>();

    private Finding(String key) {
      this.key = key;
    }

    boolean isAbout(String subject) {
      return key.substring(11, key.indexOf('|')).startsWith(subject);
    }

    /** Names an alert that it rests on. */
    void cite(String alert) {
      alerts.add(alert);
    }

    /** Carries an alert; the first raises it. */
    void carry(String alert) {
      if (alerts.isEmpty()) {
        severity = Math.min(severity + 1, SEVERITIES.size() - 1);
      }
      alerts.add(alert);
    }
  }

  private final String rule;
  private final Map<String, Finding> findings = new TreeMap<>();

  Verdicts(String rule) {
    this.rule = rule;
  }

  /** Adds to the finding of a day, a subject and what else makes it one. */
  Finding add(
      LocalDate day,
      String subject,
      String rest,
      int severity,
      int rank,
      String reason,
      List<?> counted,
      Observed... events) {
    Finding finding = findings.computeIfAbsent(day + " " + subject + "|" + rest, Finding::new);
    finding.events.addAll(List.of(events));
    if (severity > finding.severity || (severity == finding.severity && rank < finding.rank)) {
      finding.severity = severity;
      finding.reason = reason;
      finding.rank = rank;
    }
    finding.counted.addAll(counted);
    return finding;
  }

  Collection<Finding> findings() {
    return findings.values();
  }

  /** Returns a line for each: rule, reason, severity, count, day, subject, alerts. */
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
                    key.substring(0, key.indexOf('|')) + " " + finding.alerts)));
    return lines;
  }
}
