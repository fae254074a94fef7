package dev.lockstep.detections.rule;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import java.util.List;

/**
 * Rule that runs, with its settings, its description and its number in state records.
 *
 * @param place index among the active rules
 * @param settings settings as configured
 * @param code number of this rule in state records; a rule of another meaning, such as another
 *     version, has another number
 * @param observes if the rule observes events; otherwise it only judges facts that were stated
 *     earlier or by another instance
 */
public record ActiveRule(
    int place, Rule rule, Settings settings, RuleInfo info, int code, boolean observes) {
  /**
   * Creates an active rule that observes events, with the description that {@link Rule#info}
   * returns.
   */
  public ActiveRule(int place, Rule rule, Settings settings) {
    this(place, rule, settings, rule.info());
  }

  /**
   * Creates an active rule that observes events, with the description {@code info} in place of the
   * one that {@link Rule#info} returns.
   */
  public ActiveRule(int place, Rule rule, Settings settings, RuleInfo info) {
    this(place, rule, settings, info, (int) Hashes.of(info.meaning()), true);
  }

  ActiveRule at(int other, boolean isObserving) {
    return new ActiveRule(other, rule, settings, info, code, isObserving);
  }

  /**
   * Returns whether facts of a day are so old that they are evicted.
   *
   * @param low UTC day up to which everything has passed
   */
  public boolean evicts(int day, int low) {
    return day < low - info.daysKept();
  }

  public int kindOf(FactKind kind) {
    List<FactKind> kinds = info.kinds();
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i) == kind) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "rule %s has not declared the kind of fact %s; name it in keeps() of its description"
            .formatted(info.id(), kind.name()));
  }
}
