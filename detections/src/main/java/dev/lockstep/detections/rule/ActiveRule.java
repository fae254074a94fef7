package dev.lockstep.detections.rule;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import java.util.List;

/**
 * Rule that runs, with its settings, its description and its number in state records.
 *
 * @param place index among the active rules
 * @param settings settings as configured
 * @param code number of this rule in state records, a hash of the rule's meaning; in a store whose
 *     facts have another {@link #layout}, the rule has another number
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

  /** Returns whether the rule came in a jar, and so is not a built-in rule. */
  public boolean isOfJar() {
    return info.builtFor() > 0;
  }

  /**
   * Returns a hash of the layout of the rule's facts. The layout is the kinds of facts in their
   * order. Each kind has its fields, and the options that decide what its facts keep and how they
   * are told apart. Facts that were written with another layout cannot be read.
   *
   * <p>The name of a kind counts only for a rule that is written in code. If a text, such as a
   * Sigma file, defines the rule, the name may contain a title, which may change.
   */
  public int layout() {
    StringBuilder text = new StringBuilder();
    for (FactKind kind : info.kinds()) {
      text.append(info.sha256().isEmpty() ? kind.name() : "").append('\n');
      for (Field field : kind.fields()) {
        text.append(field.type()).append(' ').append(field.name()).append('\n');
      }
      text.append(kind.where()).append(' ').append(kind.aggregatedSet());
      text.append(kind.isByPrincipal() ? " byPrincipal" : "");
      text.append(kind.keepsMinutes() ? " minutes" : "");
      text.append(kind.hasExactMinutes() ? " exact" : "");
      text.append(kind.keepsAddresses() ? " addresses" : "");
      text.append(kind.isRetractable() ? " retractable" : "");
      text.append(kind.hasRuns() ? " runs" : "").append('\n');
    }
    return (int) Hashes.of(text);
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
        "rule %s has not declared the kind of fact %s; add it to keeps() in the description of the rule"
            .formatted(info.id(), kind.name()));
  }
}
