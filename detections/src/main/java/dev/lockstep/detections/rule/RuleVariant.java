package dev.lockstep.detections.rule;

import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleWithInfo;

/**
 * Factory of variants of a rule, which run beside the rule under other ids and with other settings.
 *
 * <p>A variant has state and findings of its own, so that rule and variants do not change each
 * other's findings.
 */
public final class RuleVariant {
  private RuleVariant() {}

  /**
   * Returns a variant of a rule, with state and findings of its own.
   *
   * @param name name of the variant; its id is the rule's id, {@code @} and this name
   */
  public static Rule of(Rule rule, String name) {
    return new RuleWithInfo(rule, rule.info().variant(name));
  }
}
