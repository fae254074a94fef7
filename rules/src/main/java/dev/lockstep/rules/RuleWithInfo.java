package dev.lockstep.rules;

import java.util.List;
import java.util.Map;

/**
 * Rule that delegates to another rule and has a description of its own.
 *
 * @param rule rule that observes, judges, learns and tells
 * @param info description that replaces the one of the rule
 */
public record RuleWithInfo(Rule rule, RuleInfo info) implements Rule {
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
  public boolean keepsLessons(int day, Learned learned, Settings settings) {
    return rule.keepsLessons(day, learned, settings);
  }

  @Override
  public String shown(String kept) {
    return rule.shown(kept);
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
