package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Environment;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Catalogue of all known rules: the built-in ones and then those of jars. Lists of rules and their
 * configuration keys come from here.
 */
public final class RuleCatalogue {
  private final List<Entry> entries = new ArrayList<>();
  private final List<RuleJar> jars = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();

  private RuleCatalogue() {}

  /**
   * Rule of the catalogue.
   *
   * @param jar jar of the rule; null for a built-in rule
   */
  public record Entry(Rule rule, RuleInfo info, @Nullable RuleJar jar) {
    String id() {
      return info.id();
    }

    /**
     * Returns the word for the rule's origin in lists: {@code built-in}, or the jar's file name.
     */
    public String origin() {
      return jar == null ? "built-in" : jar.name();
    }

    /** Returns the configuration keys of the rule. */
    ConfigKeys keys() {
      List<ConfigKey<?>> keys = new ArrayList<>(List.of(RulesReader.ENABLED, RulesReader.SHADOW));
      info.settings().forEach(setting -> keys.add(RulesReader.key(setting)));
      return ConfigKeys.mapping(info.id(), "Settings of the rule " + info.title() + ".", keys);
    }
  }

  /** Returns a catalogue of the built-in rules. */
  public static RuleCatalogue builtIn() {
    RuleCatalogue catalogue = new RuleCatalogue();
    for (Rule rule : BuiltInRules.all()) {
      Entry entry = new Entry(rule, rule.info(), null);
      catalogue.entries.add(entry);
      catalogue.note(entry);
    }
    return catalogue;
  }

  /**
   * Returns a catalogue of the built-in rules and those in folders with jars.
   *
   * @param folders folders as configured
   * @throws OperatorException if a folder, a jar or a rule cannot be used
   */
  static RuleCatalogue of(List<ConfiguredValue> folders, RuleJars jars) {
    RuleCatalogue catalogue = builtIn();
    Set<Object> seen = new LinkedHashSet<>();
    for (ConfiguredValue folder : folders) {
      if (seen.add(folder.path())) {
        for (RuleJar jar : jars.in(folder)) {
          catalogue.add(folder, jar);
        }
      }
    }
    return catalogue;
  }

  private void add(ConfiguredValue folder, RuleJar jar) {
    jars.add(jar);
    for (RuleJar.Described rule : jar.rules()) {
      Entry entry = new Entry(rule.rule(), rule.info(), jar);
      Entry other = entry(entry.id());
      String name = Quoted.of(entry.id());
      if (other != null) {
        throw RuleJar.bad(
            folder,
            jar.name(),
            "whose rule %s has the id of %s"
                .formatted(
                    name,
                    other.jar() == null
                        ? "a built-in rule"
                        : "a rule of the jar " + Quoted.of(other.origin())),
            other.jar() == null
                ? "give it another id"
                : "remove one of the jars, or give it another id");
      }
      if (entry.id().equals(RulesReader.DIRECTORIES.name())) {
        throw RuleJar.bad(
            folder,
            jar.name(),
            "whose rule %s has the id of a key below rules".formatted(name),
            "give it another id");
      }
      String clash = note(entry);
      if (clash != null) {
        throw RuleJar.bad(
            folder,
            jar.name(),
            "whose rule %s has the environment variable %s".formatted(name, clash),
            "give the rule or its setting another name");
      }
      entries.add(entry);
    }
  }

  /**
   * Records the environment variables of a rule; returns a message about one that is also another
   * key's, or null.
   */
  private @Nullable String note(Entry entry) {
    String prefix = Environment.PREFIX + "_RULES_" + Environment.word(entry.id());
    for (ConfigKey<?> key : entry.keys().keys()) {
      String full = "rules." + entry.id() + "." + key.name();
      for (String variable : Environment.spellings(prefix, key.name())) {
        String other = variables.putIfAbsent(variable, full);
        if (other != null && !other.equals(full)) {
          return variable + ", which is that of " + Quoted.of(other);
        }
      }
    }
    return null;
  }

  /** Returns all rules in the order of lists. */
  List<Entry> all() {
    return List.copyOf(entries);
  }

  /** Returns the jars with rules. */
  public List<RuleJar> jars() {
    return List.copyOf(jars);
  }

  /** Returns the ids of all rules in order. */
  public List<String> ids() {
    return entries.stream().map(Entry::id).toList();
  }

  private @Nullable Entry entry(String id) {
    return entries.stream().filter(entry -> entry.id().equals(id)).findFirst().orElse(null);
  }
}
