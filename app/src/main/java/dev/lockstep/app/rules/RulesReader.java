package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.JudgingCommands;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reader of the section {@code rules}, with the declaration of its keys. The section has the
 * settings of each known rule.
 */
public final class RulesReader {
  /** Key {@code rules} of the configuration, below which the settings of the rules are written. */
  public static final String SECTION = "rules";

  static final ConfigKey<Boolean> ENABLED =
      ConfigKey.flag("enabled", "Whether the rule runs.").byDefault("true");
  static final ConfigKey<Boolean> SHADOW =
      ConfigKey.flag(
              "shadow",
              "Whether the rule runs in shadow: its findings are counted, but not sent to sinks.")
          .byDefault("false");

  /**
   * Key {@code shadow} of a candidate. Its only allowed value is {@code true}, because a candidate
   * always runs in shadow.
   */
  static final ConfigKey<Boolean> CANDIDATE_SHADOW =
      ConfigKey.flag(
              "shadow",
              "Always true: a candidate runs in shadow, and its findings are not sent to sinks.")
          .byDefault("true");

  static final ConfigKey<Path> DIRECTORIES =
      ConfigKey.path(
              "directories",
              "Folders with your rules: jars, and Sigma rules in files that end in .yml.")
          .list();

  static final ConfigKey<Boolean> TOPIC =
      ConfigKey.flag(
              "topic",
              "Whether Sigma rules come from the topic of published rules instead of the folders,"
                  + " as soon as the topic has rules.")
          .byDefault("false");

  private static final ConfigKey<Integer> SET_CAP =
      ConfigKey.integer(
              "setCap",
              16,
              65_536,
              "The largest number of members that a fact keeps of a set, such as its addresses. It"
                  + " is also the largest number of facts of one kind, and of findings, that a rule"
                  + " has for a subject and day. A rule may keep fewer members, or have another"
                  + " limit of facts. If something is left out, the finding has a note of overflow.")
          .byDefault(256);
  private static final ConfigKey<Integer> REPEAT_SECONDS =
      ConfigKey.integer(
              "repeatSeconds",
              0,
              600,
              "The least number of seconds between two revisions of a finding, for all sinks. The"
                  + " wait doubles with each such revision, up to 10 minutes. A change of severity,"
                  + " reason, principal, incident or Defender alerts does not wait. With 0 no change"
                  + " waits.")
          .byDefault(5);

  private static final List<ConfigKey<?>> KEYS =
      List.of(SET_CAP, REPEAT_SECONDS, DIRECTORIES, TOPIC);

  private RulesReader() {}

  /**
   * Returns the keys of the section {@code rules}, with a group of keys for each rule of a
   * catalogue.
   */
  public static ConfigKeys keys(RuleCatalogue catalogue) {
    return keys(KEYS, catalogue.all().stream().map(RuleCatalogue.Entry::keys).toList());
  }

  private static ConfigKeys keys(List<ConfigKey<?>> keys, List<ConfigKeys> rules) {
    return ConfigKeys.mapping(
            SECTION,
            "The rules and their settings. A key RULE@NAME is a candidate of a rule: the rule runs"
                + " a second time, in shadow, with the settings below that key, and the rule's own"
                + " values of all other settings.",
            keys)
        .with(rules)
        .readBy(JudgingCommands.and("dead-letters", "accept", "diff", "doctor"));
  }

  private static List<ConfigKeys> unknown(List<String> ids) {
    // these rules may not be loaded, so their settings are unknown
    return ids.stream().map(id -> ConfigKeys.mapping(id, "", List.of())).toList();
  }

  private static ConfigKeys and(ConfigKeys known, List<String> ids) {
    List<ConfigKeys> all = new ArrayList<>(known.nested());
    all.addAll(unknown(ids));
    return known.with(all);
  }

  /** Returns the folders that {@code rules.directories} names, without reading them. */
  public static List<Path> folders(Section root) {
    List<String> written = root.keysBelow(keys(List.of(), List.of()).name());
    return root
        .section(keys(List.of(DIRECTORIES), unknown(written)))
        .allWritten(DIRECTORIES)
        .stream()
        .map(ConfigValue::path)
        .toList();
  }

  public static ConfiguredRules read(Section root, RuleLoader loader) {
    List<String> written = root.keysBelow(keys(List.of(), List.of()).name());
    List<ConfigValue> folders = distinctFolders(root, written);
    String hash = folders.isEmpty() ? "" : SigmaFolders.hash(folders);
    RuleCatalogue catalogue;
    try {
      catalogue = RuleCatalogue.of(folders, loader);
    } catch (OperatorException e) {
      loader.refuse();
      throw e;
    }
    Candidates.add(catalogue, written, root.section(keys(List.of(DIRECTORIES), unknown(written))));
    ConfigKeys known = keys(catalogue);
    if (loader.wereRefused()) { // the settings of the refused rules are unknown
      known = and(known, written);
      root.passOver(known.name());
    }
    if (loader.leavesOut()) { // keys of rules that are left out
      known = and(known, written.stream().filter(id -> !known(catalogue, id)).toList());
    }
    ConfiguredRules rules;
    try {
      rules = read(root, known, catalogue);
    } catch (OperatorException e) {
      throw withEmptyFolder(ofCandidate(e, written, catalogue), written, folders);
    }
    return rules.readBy(
        loader.wereRefused()
            ? null
            : new SigmaRulesReader(
                root, folders, root.section(known).value(TOPIC), catalogue, hash));
  }

  private static OperatorException withEmptyFolder(
      OperatorException failure, List<String> written, List<ConfigValue> folders) {
    String origin = failure.origin();
    boolean isRule = written.stream().anyMatch(key -> failure.what().equals(unknownKey(key)));
    for (ConfigValue folder : folders) {
      if (origin != null && isRule && SigmaFolders.isEmpty(folder)) {
        return OperatorException.inConfig(
            origin,
            failure.what(),
            "no rule has this id, and the folder %s of rules.directories has no file that ends in .yml and no jar; put the rule into it, or correct the id"
                .formatted(Quoted.of(folder.path())));
      }
    }
    return failure;
  }

  /**
   * Adds the nearest known key to a failure about an unknown key {@code RULE@CANDIDATE}. Any other
   * failure is returned unchanged.
   */
  private static OperatorException ofCandidate(
      OperatorException failure, List<String> written, RuleCatalogue catalogue) {
    String origin = failure.origin();
    for (String key : written) {
      int mark = key.indexOf(RuleInfo.VARIANT_MARK);
      if (origin != null && mark >= 0 && failure.what().equals(unknownKey(key))) {
        String nearest = NearestNames.among(catalogue.ids(), key.substring(0, mark));
        return OperatorException.inConfig(
            origin,
            failure.what(),
            "the nearest known one is " + Quoted.of(SECTION + "." + nearest + key.substring(mark)));
      }
    }
    return failure;
  }

  private static String unknownKey(String key) {
    return "unknown key " + Quoted.of(SECTION + "." + key);
  }

  private static List<ConfigValue> distinctFolders(Section root, List<String> written) {
    Map<Path, ConfigValue> distinct = new LinkedHashMap<>();
    root.section(keys(List.of(DIRECTORIES), unknown(written)))
        .allWritten(DIRECTORIES)
        .forEach(folder -> distinct.putIfAbsent(folder.path(), folder));
    return List.copyOf(distinct.values());
  }

  static ConfiguredRules read(Section root, ConfigKeys known, RuleCatalogue catalogue) {
    Section rules = root.section(known);
    int setCap = rules.value(SET_CAP);
    int repeatSeconds = rules.value(REPEAT_SECONDS);
    List<ConfiguredRule> all = new ArrayList<>();
    ConfiguredRule rule = null;
    for (RuleCatalogue.Entry entry : catalogue.all()) {
      if (!entry.isCandidate()) {
        rule = rule(entry, rules.section(entry.keys()), setCap);
        all.add(rule);
      } else if (rule != null) { // candidates come behind their rule
        all.add(Candidates.read(entry, rule, rules, setCap));
      }
    }
    return new ConfiguredRules(catalogue, all, setCap, repeatSeconds);
  }

  /**
   * Returns whether a name in the section {@code rules} is a key such as {@code directories}, and
   * not a rule id.
   */
  static boolean isKey(String id) {
    return KEYS.stream().anyMatch(key -> key.name().equals(id));
  }

  private static boolean known(RuleCatalogue catalogue, String key) {
    return catalogue.entry(key) != null || isKey(key);
  }

  private static ConfiguredRule rule(RuleCatalogue.Entry entry, Section section, int setCap) {
    Map<String, Double> given = new HashMap<>();
    Map<String, String> origins = new HashMap<>();
    for (Setting setting : entry.info().settings()) {
      if (isWritten(key(setting), section, origins)) {
        given.put(setting.name(), section.value(key(setting, most(setting, section))));
      }
    }
    isWritten(ENABLED, section, origins);
    isWritten(SHADOW, section, origins);
    Header document = entry.document();
    boolean isShadow = section.value(SHADOW);
    if (document != null && document.shadow() && !origins.containsKey(SHADOW.name())) {
      isShadow = true;
      origins.put(SHADOW.name(), document.shadowAt().toString());
    }
    Settings settings = Settings.of(entry.info(), section.value(ENABLED), isShadow, setCap, given);
    RuleJar jar = entry.jar();
    if (jar != null && settings.isEnabled()) {
      checkFunctions(entry.info(), jar, settings);
    }
    ConfiguredRule rule = new ConfiguredRule(entry, settings, origins);
    for (Setting setting : entry.info().settings()) {
      section.record(setting.name(), rule.value(setting), rule.origin(setting.name()));
    }
    return rule;
  }

  private static void checkFunctions(RuleInfo info, RuleJar jar, Settings settings) {
    // if one of these functions failed later, it would end the detect role
    try {
      long unused = info.daysLearned(settings);
      unused += info.daysToLearn(settings);
      for (FactKind kind : info.kinds()) {
        unused += kind.gapMillis(settings);
      }
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) { // an author may throw any of them
      throw new OperatorException(
          "could not use the rule %s of the jar %s: a function in its RuleInfo fails with the configured settings (%s); correct the rule, or set enabled: false for it"
              .formatted(Quoted.of(info.id()), Quoted.of(jar.name()), Failures.message(e)),
          e);
    }
  }

  private static boolean isWritten(ConfigKey<?> key, Section section, Map<String, String> origins) {
    ConfigValue written = section.written(key);
    if (written != null) {
      origins.put(key.name(), written.origin());
    }
    return written != null;
  }

  private static double most(Setting setting, Section section) {
    Setting ceiling = setting.ceiling();
    if (ceiling == null) {
      return setting.most();
    }
    boolean isWritten = section.written(key(ceiling)) != null;
    double bound =
        isWritten ? section.value(key(ceiling, most(ceiling, section))) : ceiling.byDefault();
    return Math.min(setting.most(), bound);
  }

  static ConfigKey<Double> key(Setting setting) {
    return key(setting, setting.most());
  }

  private static ConfigKey<Double> key(Setting setting, double most) {
    String name = setting.name();
    double least = setting.least();
    String sentence = setting.sentence();
    ConfigKey<Double> key =
        switch (setting.type()) {
          case FLAG -> ConfigKey.flag(name, value -> value.yesOrNo() ? 1.0 : 0.0, sentence);
          case INTEGER ->
              ConfigKey.number(
                  name,
                  ConfigKey.Type.INTEGER,
                  least,
                  most,
                  value -> (double) value.integer((int) least, (int) most),
                  sentence);
          case DECIMAL ->
              ConfigKey.number(
                  name,
                  ConfigKey.Type.DECIMAL,
                  least,
                  most,
                  value -> value.decimal(least, most),
                  sentence);
        };
    return key.byDefault(setting.written(setting.byDefault()));
  }
}
