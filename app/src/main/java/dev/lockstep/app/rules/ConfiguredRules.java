package dev.lockstep.app.rules;

import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.rules.RuleInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All rules with their configured settings, and the raw fields that ingest looks for.
 *
 * @param catalogue all known rules
 * @param all rules with their settings, in the catalogue's order
 * @param rawFields raw fields that enabled rules name, which ingest looks for
 * @param sigma reader of the Sigma rules; null if no folder with rules is configured
 * @param setCap largest number of members of a counted set, 16 to 65,536
 * @param repeatSeconds seconds for which a revision that only changes counts is first delayed, 0 to
 *     600
 */
public record ConfiguredRules(
    RuleCatalogue catalogue,
    List<ConfiguredRule> all,
    RawFieldPlan rawFields,
    @Nullable SigmaRulesReader sigma,
    int setCap,
    int repeatSeconds) {
  /**
   * Creates a set of rules that has no reader to read its Sigma rules again. The raw fields are
   * those of the enabled rules.
   */
  public ConfiguredRules(
      RuleCatalogue catalogue, List<ConfiguredRule> all, int setCap, int repeatSeconds) {
    this(catalogue, List.copyOf(all), rawFields(all), null, setCap, repeatSeconds);
  }

  ConfiguredRules readBy(@Nullable SigmaRulesReader reader) {
    return new ConfiguredRules(catalogue, all, rawFields, reader, setCap, repeatSeconds);
  }

  /**
   * Returns warnings about files that look like rules but are not read, and about folders without
   * rules.
   */
  public List<String> skipped() {
    return sigma == null ? List.of() : sigma.skipped();
  }

  /**
   * Returns a remark that published rules are not among these rules, or an empty text if the
   * configuration takes no published rules.
   */
  public String notShown() {
    return sigma == null ? "" : sigma.notShown();
  }

  public static RawFieldPlan rawFields(List<ConfiguredRule> rules) {
    Map<String, Set<String>> paths = new HashMap<>();
    for (ConfiguredRule rule : rules) {
      if (rule.settings().isEnabled()) {
        addRawFields(rule.info(), paths);
      }
    }
    return RawFieldPlan.of(paths);
  }

  /** Adds a rule's raw fields to the raw fields of each log category that the rule reads. */
  public static void addRawFields(RuleInfo rule, Map<String, Set<String>> paths) {
    for (String category : rule.categories()) {
      paths.computeIfAbsent(category, name -> new HashSet<>()).addAll(rule.rawFields());
    }
  }

  /** Returns the ids of all rules that are not candidates. Exceptions may name only these ids. */
  public List<String> ids() {
    return catalogue.ids();
  }

  /** Returns the ids of all rules and candidates, as findings name them. */
  public List<String> idsWithCandidates() {
    return all.stream().map(ConfiguredRule::id).toList();
  }

  public ConfiguredRules withoutCandidates() {
    return new ConfiguredRules(
        catalogue,
        all.stream().filter(rule -> rule.candidate().isEmpty()).toList(),
        setCap,
        repeatSeconds);
  }

  public ConfiguredRules and(List<ConfiguredRule> others) {
    List<ConfiguredRule> both = new ArrayList<>(all);
    both.addAll(others);
    return new ConfiguredRules(catalogue, both, setCap, repeatSeconds);
  }

  /**
   * Returns whether each finding of a rule needs at least two events, such as a sign-in and a call.
   * The answer is false for an unknown rule.
   */
  public boolean firesByPairs(String id) {
    ConfiguredRule rule = rule(id);
    return rule != null && rule.info().firesByPairs();
  }

  public @Nullable ConfiguredRule rule(String id) {
    return all.stream().filter(rule -> rule.id().equals(id)).findFirst().orElse(null);
  }
}
