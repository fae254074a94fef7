package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the section {@code rules}: which rules there are, and the settings of each. */
public final class RulesReader {
  private static final String RULES = "rules";
  private static final String SET_CAP = "setCap";
  private static final String REPEAT_SECONDS = "repeatSeconds";

  private RulesReader() {}

  public static ConfiguredRules read(Section root, RuleJars jars) {
    List<String> written = root.keysBelow(RULES);
    Section before = root.section(RULES, Keys.of(RuleCatalogue.DIRECTORIES).and(written));
    RuleCatalogue catalogue;
    try {
      catalogue = RuleCatalogue.of(before.settings(RuleCatalogue.DIRECTORIES), jars);
    } catch (OperatorException e) {
      jars.refuse();
      throw e;
    }
    List<String> nested = new ArrayList<>(catalogue.ids());
    if (jars.wereRefused()) { // whose rules are not known
      nested.addAll(written);
      root.passOver(RULES);
    }
    Section rules =
        root.section(
            RULES, Keys.of(SET_CAP, REPEAT_SECONDS, RuleCatalogue.DIRECTORIES).and(nested));
    int setCap = rules.integer(SET_CAP, 256, 16, 65_536);
    int repeatSeconds = rules.integer(REPEAT_SECONDS, 5, 0, 600);
    List<ConfiguredRule> all = new ArrayList<>();
    for (RuleCatalogue.Entry entry : catalogue.all()) {
      all.add(rule(entry, rules.section(entry.id(), Keys.of(entry.keys())), setCap));
    }
    return new ConfiguredRules(catalogue, all, setCap, repeatSeconds);
  }

  private static ConfiguredRule rule(RuleCatalogue.Entry entry, Section section, int setCap) {
    Map<String, Double> given = new HashMap<>();
    Map<String, String> origins = new HashMap<>();
    for (dev.lockstep.rules.Setting setting : entry.info().settings()) {
      ConfiguredValue written = section.setting(setting.name());
      if (written != null) {
        origins.put(setting.name(), written.origin());
        given.put(setting.name(), value(setting, written, most(setting, section)));
      }
    }
    boolean enabled = flag(RuleCatalogue.ENABLED, true, section, origins);
    boolean shadow = flag(RuleCatalogue.SHADOW, false, section, origins);
    return new ConfiguredRule(
        entry, Settings.of(entry.info(), enabled, shadow, setCap, given), origins);
  }

  private static boolean flag(
      String key, boolean otherwise, Section section, Map<String, String> origins) {
    ConfiguredValue written = section.setting(key);
    if (written == null) {
      return otherwise;
    }
    origins.put(key, written.origin());
    return written.yesOrNo();
  }

  /** Returns the largest value of a setting, which another setting may lower. */
  private static double most(dev.lockstep.rules.Setting setting, Section section) {
    dev.lockstep.rules.Setting ceiling = setting.ceiling();
    if (ceiling == null) {
      return setting.most();
    }
    ConfiguredValue written = section.setting(ceiling.name());
    double bound =
        written == null ? ceiling.byDefault() : value(ceiling, written, most(ceiling, section));
    return Math.min(setting.most(), bound);
  }

  private static double value(
      dev.lockstep.rules.Setting setting, ConfiguredValue written, double most) {
    return switch (setting.type()) {
      case FLAG -> written.yesOrNo() ? 1 : 0;
      case INTEGER -> written.integer((int) setting.least(), (int) most);
      case DECIMAL -> written.decimal(setting.least(), most);
    };
  }
}
