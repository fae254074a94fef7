package dev.lockstep.detections.rule;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import java.util.List;

/**
 * Rule that runs.
 *
 * @param place among the rules that run
 * @param settings as configured
 */
public record ActiveRule(int place, Rule rule, Settings settings, RuleInfo info) {
  /** Creates one. */
  public ActiveRule(int place, Rule rule, Settings settings) {
    this(place, rule, settings, rule.info());
  }

  /** Returns the number that its records in state carry: of another version's another one. */
  public int code() {
    return (int) Hashes.of(info.id() + ":" + info.version());
  }

  public int kindOf(FactKind kind) {
    List<FactKind> kinds = info.kinds();
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i) == kind) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "rule %s has not declared the kind of fact %s".formatted(info.id(), kind.name()));
  }
}
