package dev.lockstep.app.rules;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Differences between the Sigma rules of an old and a new set: added, removed and changed rules.
 * Changed rules lose or keep their state.
 *
 * @param added names of rules that only the new set has
 * @param gone names of rules that only the old set has
 * @param restarted names of rules whose meaning changed, so that they lose their state
 * @param revised names of changed rules that keep their state
 */
public record RuleChanges(
    List<String> added, List<String> gone, List<String> restarted, List<String> revised) {
  private static final int MOST_NAMES = 20;

  public RuleChanges {
    added = List.copyOf(added);
    gone = List.copyOf(gone);
    restarted = List.copyOf(restarted);
    revised = List.copyOf(revised);
  }

  public static RuleChanges between(ConfiguredRules before, ConfiguredRules next) {
    Map<String, ConfiguredRule> former = byIdentity(before);
    List<String> added = new ArrayList<>();
    List<String> restarted = new ArrayList<>();
    List<String> revised = new ArrayList<>();
    byIdentity(next)
        .forEach(
            (identity, rule) -> {
              ConfiguredRule was = former.remove(identity);
              if (was == null) {
                added.add(rule.id());
              } else if (!was.info().meaning().equals(rule.info().meaning())) {
                restarted.add(rule.id());
              } else if (!was.info().sha256().equals(rule.info().sha256())
                  || !was.id().equals(rule.id())
                  || was.settings().isEnabled() != rule.settings().isEnabled()
                  || was.settings().isShadow() != rule.settings().isShadow()) {
                revised.add(rule.id());
              }
            });
    List<String> gone = former.values().stream().map(ConfiguredRule::id).toList();
    return new RuleChanges(added, gone, restarted, revised);
  }

  private static Map<String, ConfiguredRule> byIdentity(ConfiguredRules rules) {
    Map<String, ConfiguredRule> all = new LinkedHashMap<>();
    for (ConfiguredRule rule : rules.all()) {
      if (rule.entry().document() != null) {
        all.put(rule.info().identity(), rule);
      }
    }
    return all;
  }

  /**
   * Returns whether any rule is new or has changed in meaning. The facts of such a rule have to be
   * accepted for a while before the rule observes events.
   */
  public boolean needsAnnouncement() {
    return !added.isEmpty() || !restarted.isEmpty();
  }

  public String text() {
    List<String> parts = new ArrayList<>();
    add(parts, "new", added);
    add(parts, "gone", gone);
    add(parts, "changed in meaning, so they start without state", restarted);
    add(parts, "changed, but keep their state", revised);
    return parts.isEmpty() ? "no rule differs" : String.join("; ", parts);
  }

  private static void add(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(what + ": " + DisplayFormat.first(MOST_NAMES, names));
    }
  }

  /**
   * Refuses a set in which two rules have the same number, and would therefore share state.
   *
   * @throws OperatorException if two rules have the same number
   */
  public static void refuseSameNumber(RuleSet set) {
    Map<Integer, ActiveRule> byCode = new HashMap<>();
    for (ActiveRule rule : set.rules()) {
      ActiveRule other = byCode.put(rule.code(), rule);
      if (other != null) {
        throw new OperatorException(
            "could not use the rules: %s and %s would have the same number in the state; this number is a hash of a rule's id and of what the rule matches, so write another value of the key \"id\" into the Sigma file of one of the two rules"
                .formatted(Quoted.of(other.info().id()), Quoted.of(rule.info().id())));
      }
    }
  }
}
