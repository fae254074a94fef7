package dev.lockstep.app.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rules with their settings.
 *
 * @param catalogue all known rules
 * @param all rules with their settings, in the catalogue's order
 * @param setCap largest number of members of a counted set, 16 to 65,536
 * @param repeatSeconds delay of the first revision that only changes counts, 0 to 600
 */
public record ConfiguredRules(
    RuleCatalogue catalogue, List<ConfiguredRule> all, int setCap, int repeatSeconds) {
  /** Creates the rules with a copy of the list. */
  public ConfiguredRules {
    all = List.copyOf(all);
  }

  /** Returns the ids of all rules, by which exceptions name them. */
  public List<String> ids() {
    return catalogue.ids();
  }

  /** Returns the rule with an id, or null. */
  public @Nullable ConfiguredRule rule(String id) {
    return all.stream().filter(rule -> rule.id().equals(id)).findFirst().orElse(null);
  }
}
