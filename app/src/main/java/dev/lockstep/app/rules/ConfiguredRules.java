package dev.lockstep.app.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rules with their settings.
 *
 * @param catalogue the rules that there are
 * @param all the same with their settings, in their order
 * @param setCap how many members a counted set keeps, 16 to 65,536
 * @param repeatSeconds how long a change that only counts a finding up waits at first, 0 to 600
 */
public record ConfiguredRules(
    RuleCatalogue catalogue, List<ConfiguredRule> all, int setCap, int repeatSeconds) {
  /** Copies. */
  public ConfiguredRules {
    all = List.copyOf(all);
  }

  /** Returns the ids of all rules, which are the words that an exception names a rule by. */
  public List<String> ids() {
    return catalogue.ids();
  }

  /** Returns a rule; null if there is none of that id. */
  public @Nullable ConfiguredRule rule(String id) {
    return all.stream().filter(rule -> rule.id().equals(id)).findFirst().orElse(null);
  }
}
