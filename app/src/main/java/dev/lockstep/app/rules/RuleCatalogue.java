package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Environment;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.rule.RuleVariant;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Catalogue of all known rules: built-in rules, rules in jars, and Sigma rules. It also gives the
 * order of rules in lists, and their configuration keys.
 */
public final class RuleCatalogue {
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Entry> byId = new HashMap<>();
  private final List<RuleJar> jars = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();

  private RuleCatalogue() {}

  /**
   * Rule of the catalogue, or candidate of such a rule.
   *
   * @param jar jar of the rule; null for a rule that is in no jar
   */
  public record Entry(Rule rule, RuleInfo info, @Nullable RuleJar jar) {
    @Nullable Header document() {
      return rule instanceof SigmaSetRule sigma ? sigma.document().header() : null;
    }

    String id() {
      return info.id();
    }

    boolean isCandidate() {
      return !info.variant().isEmpty();
    }

    Entry variant(String name) {
      Rule variant = RuleVariant.of(rule, name);
      return new Entry(variant, variant.info(), jar);
    }

    ConfigKey<Boolean> shadow() {
      return isCandidate() ? RulesReader.CANDIDATE_SHADOW : RulesReader.SHADOW;
    }

    /**
     * Returns the origin of the rule, as lists and messages show it. It is {@code built-in}, the
     * jar's file name, or the file and line of the Sigma document.
     */
    public String origin() {
      Header document = document();
      return document != null ? document.at().toString() : jar == null ? "built-in" : jar.name();
    }

    String located(String field) {
      return rule instanceof SigmaSetRule sigma ? field + " (" + sigma.line(field) + ")" : field;
    }

    ConfigKeys keys() {
      List<ConfigKey<?>> keys = new ArrayList<>(List.of(RulesReader.ENABLED, shadow()));
      info.settings().forEach(setting -> keys.add(RulesReader.key(setting)));
      return ConfigKeys.mapping(info.id(), "Settings of the rule " + info.title() + ".", keys);
    }
  }

  public static RuleCatalogue builtIn() {
    RuleCatalogue catalogue = new RuleCatalogue();
    for (Rule rule : BuiltInRules.all()) {
      Entry entry = new Entry(rule, rule.info(), null);
      catalogue.put(entry);
      catalogue.record(entry);
    }
    return catalogue;
  }

  /**
   * Returns a catalogue of built-in rules, rules of jars, and Sigma rules.
   *
   * @param folders configured folders, each once
   * @throws OperatorException if a folder, a jar or a rule cannot be used
   */
  static RuleCatalogue of(List<ConfigValue> folders, RuleLoader loader) {
    RuleCatalogue catalogue = builtIn();
    for (ConfigValue folder : folders) {
      for (RuleJar jar : loader.in(folder)) {
        catalogue.add(folder, jar);
      }
    }
    loader.added(folders).forEach((place, jar) -> catalogue.add(place, jar));
    if (!folders.isEmpty() || loader.hasAdded()) {
      catalogue.add(loader.foldersOrFile(folders), loader.sigma(folders).set());
    }
    return catalogue;
  }

  /**
   * Returns a copy of this catalogue, in which the Sigma rules of a set replace the Sigma rules of
   * this catalogue.
   *
   * @param folders folders of the Sigma rules, for messages about a rule
   * @throws OperatorException if a Sigma rule has the id or an environment variable of another rule
   */
  RuleCatalogue with(SigmaSet set, List<ConfigValue> folders) {
    RuleCatalogue catalogue = new RuleCatalogue();
    catalogue.jars.addAll(jars);
    for (Entry entry : entries) {
      if (entry.document() == null) {
        catalogue.put(entry);
        catalogue.record(entry);
      }
    }
    catalogue.add(folders, set);
    return catalogue;
  }

  private void add(List<ConfigValue> folders, SigmaSet set) {
    for (SigmaSetRule rule : set.rules()) {
      Entry entry = new Entry(rule, rule.info(), null);
      ConfigValue folder = SigmaFolders.holding(folders, rule.document().header().at().file());
      Clash clash = addOrClash(entry);
      if (clash != null) {
        throw folder.bad(
            "contains the Sigma rule at %s, %s".formatted(Quoted.of(entry.origin()), clash.what()),
            clash.fix());
      }
    }
  }

  private record Clash(String what, String fix) {}

  /** Adds a Sigma rule, or returns why the catalogue cannot have the rule. */
  private @Nullable Clash addOrClash(Entry entry) {
    Entry other = byId.get(entry.id());
    if (other != null || RulesReader.isKey(entry.id())) {
      return new Clash(
          "whose id is also "
              + (other == null
                  ? key(entry.id())
                  : other.jar() == null
                      ? "the id of a built-in rule"
                      : "the id of a rule of the jar " + Quoted.of(other.origin())),
          "rename the file, because its name is the id of the rule");
    }
    String variable = record(entry);
    if (variable != null) {
      return new Clash(
          "which has a setting with an environment variable that another key already uses: "
              + variable,
          "rename the file; the rule's id and the variable's name contain the file's name");
    }
    put(entry);
    return null;
  }

  /**
   * Returns a fault for each Sigma rule whose id or environment variable belongs to a built-in
   * rule, a configuration key or another Sigma rule.
   */
  public static List<DocumentFault> clashes(SigmaSet set) {
    RuleCatalogue catalogue = builtIn();
    List<DocumentFault> faults = new ArrayList<>();
    for (SigmaSetRule rule : set.rules()) {
      Clash clash = catalogue.addOrClash(new Entry(rule, rule.info(), null));
      if (clash != null) {
        faults.add(
            new DocumentFault(
                rule.document().header().at(), "is a rule " + clash.what(), clash.fix()));
      }
    }
    return faults;
  }

  /**
   * Returns words for what an id already belongs to, such as {@code the id of a built-in rule}. If
   * the id is free, the result is null. An id is taken if it is the id of a built-in rule or a key
   * of the section {@code rules}; a new rule cannot have it. Rules of jars are not looked at.
   */
  public static @Nullable String holderOf(String id) {
    return RulesReader.isKey(id)
        ? key(id)
        : builtIn().entry(id) == null ? null : "the id of a built-in rule";
  }

  private static String key(String name) {
    return "the key rules." + name + " of the configuration";
  }

  private void put(Entry entry) {
    entries.add(entry);
    byId.put(entry.id(), entry);
  }

  /**
   * Adds a candidate to the catalogue right after its rule, or returns the reason why it is not
   * added. It is not added if one of its environment variables belongs to another key.
   *
   * @return reason why the candidate cannot be added, or null
   */
  @Nullable String addCandidate(Entry rule, String name) {
    Entry candidate = rule.variant(name);
    String clash = record(candidate);
    if (clash == null) {
      entries.add(entries.indexOf(rule) + 1, candidate);
      byId.put(candidate.id(), candidate);
    }
    return clash;
  }

  /**
   * Refuses a rule of a jar that has the same identity or the same meaning as another rule. Such
   * rules would share ids of findings, or state.
   */
  private static void refuseAlike(
      RuleJar.Found at, Entry rule, String what, Function<RuleInfo, String> text, Entry other) {
    if (text.apply(rule.info()).equals(text.apply(other.info()))) {
      throw at.bad(
          "whose rule %s has the same %s as the rule %s"
              .formatted(Quoted.of(rule.id()), what, Quoted.of(other.id())),
          "set another %s in its description, or none".formatted(what));
    }
  }

  private void add(ConfigValue folder, RuleJar jar) {
    jars.add(jar);
    RuleJar.Found at = new RuleJar.Found(folder, jar.name());
    for (RuleJar.Described rule : jar.rules()) {
      Entry entry = new Entry(rule.rule(), rule.info(), jar);
      Entry other = entry(entry.id());
      String name = Quoted.of(entry.id());
      if (other != null && jar.equals(other.jar())) {
        throw at.bad("which has two rules with the id " + name, "give one of them another id");
      }
      if (other != null) {
        throw at.bad(
            "whose rule %s has the same id as %s"
                .formatted(
                    name,
                    other.jar() == null
                        ? "a built-in rule"
                        : "a rule of the jar " + Quoted.of(other.origin())),
            other.jar() == null
                ? "give the rule another id"
                : "remove one of the jars, or give the rule another id");
      }
      for (Entry each : entries) {
        refuseAlike(at, entry, "identity", RuleInfo::identity, each);
        refuseAlike(at, entry, "meaning", RuleInfo::meaning, each);
      }
      if (RulesReader.isKey(entry.id())) {
        throw at.bad(
            "whose rule %s has an id that is already the name of a setting: %s"
                .formatted(name, key(entry.id())),
            "give the rule another id");
      }
      String clash = record(entry);
      if (clash != null) {
        throw at.bad(
            "whose rule %s has a setting with an environment variable that another key already uses: %s"
                .formatted(name, clash),
            "give the rule or its setting another name");
      }
      put(entry);
    }
  }

  /**
   * Adds the environment variables of a rule's configuration keys to the known variables, and
   * returns the first conflict, or null if there is none. A conflict is a variable that belongs to
   * another key already; it is returned with that key. The variables after it are not added.
   */
  private @Nullable String record(Entry entry) {
    String prefix = Environment.PREFIX + "_RULES_" + Environment.word(entry.id());
    for (ConfigKey<?> key : entry.keys().keys()) {
      String full = "rules." + entry.id() + "." + key.name();
      for (String variable : Environment.spellings(prefix, key.name())) {
        String other = variables.putIfAbsent(variable, full);
        if (other != null && !other.equals(full)) {
          return variable + " of " + Quoted.of(other);
        }
      }
    }
    return null;
  }

  List<Entry> all() {
    return List.copyOf(entries);
  }

  public Map<String, Rule> byId() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    entries.forEach(entry -> rules.put(entry.id(), entry.rule()));
    return rules;
  }

  public List<RuleJar> jars() {
    return List.copyOf(jars);
  }

  /** Returns the ids of all rules that are not candidates, in the order of the catalogue. */
  public List<String> ids() {
    return entries.stream().filter(entry -> !entry.isCandidate()).map(Entry::id).toList();
  }

  @Nullable Entry entry(String id) {
    return byId.get(id);
  }
}
