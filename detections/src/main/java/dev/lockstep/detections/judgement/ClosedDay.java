package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.DayFinding;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;

/**
 * Closed day of a subject, with the facts and findings from which a rule learns lessons for later
 * days.
 */
record ClosedDay(Subject subject, RuleState state, RuleDay of, boolean lost) implements Day {
  @Override
  public int day() {
    return of.day();
  }

  @Override
  public Settings settings() {
    return state.rule().settings();
  }

  @Override
  public List<Fact> facts() {
    return new ArrayList<>(of.facts());
  }

  @Override
  public List<Fact> facts(FactKind kind) {
    return new ArrayList<>(of.facts(kind));
  }

  @Override
  public List<Day.GivenOut> findings() {
    List<Day.GivenOut> findings = new ArrayList<>();
    if (lost) {
      of.givenOut().values().forEach(one -> findings.add(one.forRules()));
      return findings;
    }
    RuleInfo info = state.rule().info();
    RuleInfo.Collapse collapse = info.collapse();
    boolean collapsed = collapse != null && of.firing() > collapse.most();
    for (DayFinding finding : of.findings().values()) {
      Severity severity = finding.severity();
      if (severity != null) {
        findings.add(new Day.GivenOut(finding.parts(), finding.reason(info), severity, collapsed));
      }
    }
    return findings;
  }

  @Override
  public boolean overflows() {
    return lost || of.hasMoreFindings();
  }

  @Override
  public boolean hasMoreFindings() {
    return of.hasMoreFindings();
  }
}
