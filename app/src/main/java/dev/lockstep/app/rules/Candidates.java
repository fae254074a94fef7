package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reader of candidates: variants of rules that run in shadow with other settings. */
public final class Candidates {
  private static final int MOST_NAME_CHARS = 32;

  /**
   * Settings that have one value for all rules in the engine, so that a candidate cannot have
   * another value.
   */
  private static final List<Setting> SHARED =
      List.of(DefenderCorroboration.SETTLE_MINUTES, DefenderCorroboration.ESCALATE_HOURS);

  private Candidates() {}

  /** Returns whether a variant of a rule may change the value of a setting. */
  public static boolean isOwn(Setting setting) {
    return !SHARED.contains(setting);
  }

  /**
   * Adds to a catalogue the candidates in the section {@code rules}. Each is a variant of a rule:
   * it has other values of settings, and runs in shadow beside the rule. A candidate of an unknown
   * rule is not added, so that its key is refused as unknown.
   *
   * @throws OperatorException if a candidate cannot be used
   */
  static void add(RuleCatalogue catalogue, List<String> written, Section rules) {
    for (String key : written) {
      int mark = key.indexOf(RuleInfo.VARIANT_MARK);
      RuleCatalogue.Entry rule = mark < 0 ? null : catalogue.entry(key.substring(0, mark));
      if (rule == null) {
        continue;
      }
      String name = key.substring(mark + 1);
      if (!isName(name)) {
        throw bad(
            rules.origin(key),
            key,
            "has the name %s, which no candidate may have".formatted(Quoted.of(name)),
            "write at most %d lower-case letters, digits and dashes after @, beginning with a letter and not ending in a dash"
                .formatted(MOST_NAME_CHARS));
      }
      if (rule.info().settings().isEmpty()) {
        throw bad(
            rules.origin(key),
            key,
            "is a candidate, but the rule %s has no settings besides enabled and shadow"
                .formatted(rule.id()),
            "write a separate rule with shadow: true instead");
      }
      if (catalogue.entry(key) != null) {
        continue; // written twice, which opening the section refuses
      }
      String clash = catalogue.addCandidate(rule, name);
      if (clash != null) {
        throw bad(
            rules.origin(key),
            key,
            "has a key with the same environment variable as another key: " + clash,
            "give the candidate another name");
      }
    }
  }

  /**
   * Reads the settings of a candidate from its section of the configuration. A setting that is not
   * in that section has the value of the candidate's rule.
   *
   * @throws OperatorException if a value cannot be used, or the candidate has the same settings as
   *     its rule
   */
  static ConfiguredRule read(
      RuleCatalogue.Entry entry, ConfiguredRule rule, Section rules, int setCap) {
    Section section = rules.section(entry.keys());
    String origin = rules.origin(entry.id());
    Map<String, Double> given = new HashMap<>(rule.given());
    Map<String, String> origins = new HashMap<>();
    for (Setting setting : entry.info().settings()) {
      ConfigValue value = section.written(RulesReader.key(setting));
      if (value == null) {
        String inherited = rule.origins().get(setting.name());
        if (inherited != null) {
          origins.put(setting.name(), inherited);
        }
        continue;
      }
      if (!isOwn(setting)) {
        throw value.bad(
            "is shared by all rules, so a candidate cannot change it",
            "remove this setting here, or set rules.%s.%s, which holds for the rule and its candidates"
                .formatted(rule.id(), setting.name()));
      }
      given.put(setting.name(), section.value(RulesReader.key(setting)));
      origins.put(setting.name(), value.origin());
    }
    boolean enabled = section.value(RulesReader.ENABLED);
    refuseIfAlerting(section, rule.id());
    Settings settings = settings(entry, origin, setCap, enabled, given);
    ConfiguredRule candidate = new ConfiguredRule(entry, settings, origins);
    if (candidate.differences(rule).isEmpty()) {
      String example =
          entry.info().settings().stream()
              .filter(Candidates::isOwn)
              .findFirst()
              .map(setting -> ", such as " + setting.name())
              .orElse("");
      throw bad(
          origin,
          entry.id(),
          "has the same settings as " + rule.id(),
          "change a setting of the candidate" + example + ", or remove it");
    }
    for (Setting setting : entry.info().settings()) {
      section.record(setting.name(), candidate.value(setting), candidate.origin(setting.name()));
    }
    return candidate;
  }

  private static void refuseIfAlerting(Section section, String rule) {
    ConfigValue shadow = section.written(RulesReader.CANDIDATE_SHADOW);
    if (shadow != null && !section.value(RulesReader.CANDIDATE_SHADOW)) {
      throw shadow.bad(
          "is false, but a candidate runs only in shadow",
          "remove the key shadow; to alert with these settings, write them below rules." + rule);
    }
  }

  private static Settings settings(
      RuleCatalogue.Entry entry,
      String origin,
      int setCap,
      boolean enabled,
      Map<String, Double> given) {
    try {
      return Settings.of(entry.info(), enabled, true, setCap, given);
    } catch (IllegalArgumentException e) { // a setting is bounded by another one
      throw bad(
          origin,
          entry.id(),
          "has settings that contradict each other: " + e.getMessage(),
          "change one of the two");
    }
  }

  private static OperatorException bad(String origin, String key, String what, String fix) {
    return OperatorException.inConfig(origin, "rules." + Quoted.visible(key) + " " + what, fix);
  }

  private static boolean isName(String name) {
    boolean good = !name.isEmpty() && name.length() <= MOST_NAME_CHARS && isLetter(name.charAt(0));
    for (int i = 1; i < name.length() && good; i++) {
      char c = name.charAt(i);
      good = isLetter(c) || (c >= '0' && c <= '9') || (c == '-' && i < name.length() - 1);
    }
    return good;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }
}
