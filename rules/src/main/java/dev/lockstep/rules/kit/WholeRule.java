package dev.lockstep.rules.kit;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import java.util.List;
import java.util.Map;

/** Rule that delegates to another and always judges whole days. */
final class WholeRule implements Rule {
  private final Rule rule;
  private final RuleInfo info;

  WholeRule(Rule rule) {
    this.rule = rule;
    this.info = rule.info().judgingWhole();
  }

  @Override
  public RuleInfo info() {
    return info;
  }

  @Override
  public void observe(Event event, Facts facts) {
    rule.observe(event, facts);
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    rule.judge(day, verdicts);
  }

  @Override
  public void learn(Day day, Lessons lessons) {
    rule.learn(day, lessons);
  }

  @Override
  public boolean remembers(int day, Learned learned, Settings settings) {
    return rule.remembers(day, learned, settings);
  }

  @Override
  public Words tell(Finding finding) {
    return rule.tell(finding);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    return rule.mattered(fired, fact);
  }

  @Override
  public List<EventReference> evidence(Fired fired, int fact) {
    return rule.evidence(fired, fact);
  }
}
