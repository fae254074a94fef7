package dev.lockstep.detections.rule;

import dev.lockstep.detections.encoding.Hashes;
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

/**
 * Instance of a rule under another id, which runs beside the rule with other settings.
 *
 * <p>It has state and findings of its own, so that neither changes what the other finds.
 */
public final class RuleInstance implements Rule {
  private final Rule rule;
  private final RuleInfo info;

  /**
   * Creates an instance.
   *
   * @param name name of the instance, which follows the rule's id and {@code @} in its id
   */
  public RuleInstance(Rule rule, String name) {
    this.rule = rule;
    this.info = rule.info().instance(name);
  }

  /**
   * Returns the id of the finding of an instance that corresponds to a finding of its rule: the one
   * about the same subject, parts and day.
   *
   * @param id id of the rule's finding
   * @param name name of the instance
   */
  public static String findingId(String id, String name) {
    return Hashes.id(List.of(id, name));
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
