package dev.lockstep.app.sweep;

import dev.lockstep.app.rules.Candidates;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.CommaList;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.schemas.text.Quoted;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Setting of a rule with the values to try.
 *
 * @param values distinct values in ascending order; for a flag, 1 is true
 */
public record SweptSetting(ConfiguredRule rule, Setting setting, List<Double> values) {
  /** Largest number of values of a sweep; each value needs separate state. */
  static final int MOST_VALUES = 100;

  private static final String EXAMPLE = "impossible-travel.maxSpeedKmh=600..1200:50";
  private static final int MOST_NUMBER_CHARS = 40;

  /** Keys that every rule has in addition to its settings. */
  private static final Set<String> SWITCHES = Set.of("enabled", "shadow");

  /**
   * Name of the variant that is created before the sweep only to check whether a value is allowed.
   */
  private static final String NAME = "sweep";

  private static final String VARIANT = RuleInfo.VARIANT_MARK + NAME;

  public SweptSetting {
    values = List.copyOf(values);
  }

  /**
   * Parses {@code RULE.SETTING=FROM..TO:STEP} or {@code RULE.SETTING=VALUE,VALUE}.
   *
   * @throws OperatorException if the text has another form, or names no rule, setting or allowed
   *     value
   */
  public static SweptSetting parse(String text, ConfiguredRules rules) {
    int equals = text.indexOf('=');
    int dot = equals < 0 ? -1 : text.lastIndexOf('.', equals);
    if (dot <= 0 || dot == equals - 1 || equals == text.length() - 1) {
      throw bad(
          Quoted.of(text) + " is not RULE.SETTING=VALUES",
          "write FROM..TO:STEP or a list with commas, such as " + EXAMPLE);
    }
    ConfiguredRule rule = rule(text.substring(0, dot), rules);
    Setting setting = setting(text.substring(dot + 1, equals), rule);
    TreeSet<Double> values = values(text.substring(equals + 1), rule, setting);
    for (double value : values) {
      try {
        rule.variant(NAME, setting, value);
      } catch (IllegalArgumentException e) { // out of its bounds, or above another setting
        String what = String.valueOf(e.getMessage()).replace(rule.id() + VARIANT, rule.id());
        throw bad(what, "choose other values");
      }
    }
    return new SweptSetting(rule, setting, List.copyOf(values));
  }

  private static ConfiguredRule rule(String id, ConfiguredRules rules) {
    ConfiguredRule rule = rules.rule(id);
    if (rule == null) {
      String nearest = NearestNames.similarAmong(rules.ids(), id);
      throw bad(
          "there is no rule " + Quoted.of(id),
          nearest.isEmpty()
              ? "name one that %s lists".formatted(ShellCommand.call("rules list"))
              : "did you mean " + nearest + "?");
    }
    if (!rule.candidate().isEmpty()) {
      throw bad(
          Quoted.of(id) + " is a candidate, which cannot be swept",
          "name the rule of the candidate");
    }
    if (rule.info().settings().isEmpty()) {
      throw bad(
          "the rule " + id + " has no settings besides enabled and shadow", "name another rule");
    }
    return rule;
  }

  private static Setting setting(String name, ConfiguredRule rule) {
    List<Setting> all = rule.info().settings();
    for (Setting setting : all) {
      if (setting.name().equals(name)) {
        if (!Candidates.isOwn(setting)) {
          throw bad(
              "the setting %s of %s is shared by all rules, so one replay cannot try several values"
                  .formatted(name, rule.id()),
              "replay once for each value, and compare with " + ShellCommand.call("diff"));
        }
        return setting;
      }
    }
    if (SWITCHES.contains(name)) {
      throw bad(
          "the keys enabled and shadow say whether a rule runs and whether its findings are sent, so there are no values to try",
          "name one of the settings that %s lists"
              .formatted(ShellCommand.call("rules show " + rule.id())));
    }
    String nearest = NearestNames.similarAmong(all.stream().map(Setting::name).toList(), name);
    throw bad(
        "the rule %s has no setting %s".formatted(rule.id(), Quoted.of(name)),
        nearest.isEmpty()
            ? "name one of the settings that %s lists"
                .formatted(ShellCommand.call("rules show " + rule.id()))
            : "did you mean " + nearest + "?");
  }

  private static TreeSet<Double> values(String text, ConfiguredRule rule, Setting setting) {
    int dots = text.indexOf("..");
    if (dots >= 0) {
      return range(text, dots, setting);
    }
    TreeSet<Double> values = new TreeSet<>();
    for (String part : CommaList.of(text)) {
      values.add(
          setting.type() == Setting.Type.FLAG
              ? flag(part, rule, setting)
              : number(part, setting).doubleValue());
    }
    refuseTooMany(values.size());
    return values;
  }

  private static TreeSet<Double> range(String text, int dots, Setting setting) {
    if (setting.type() == Setting.Type.FLAG) {
      throw bad(
          setting.name() + " takes only true or false, not a range",
          "write " + setting.name() + "=true,false");
    }
    int colon = text.indexOf(':', dots);
    if (colon < 0) {
      throw bad(Quoted.of(text) + " has no step", "write FROM..TO:STEP, such as " + EXAMPLE);
    }
    BigDecimal from = number(text.substring(0, dots), setting);
    BigDecimal to = number(text.substring(dots + 2, colon), setting);
    BigDecimal step = number(text.substring(colon + 1), setting);
    if (step.signum() <= 0 || from.compareTo(to) > 0) {
      throw bad(
          "the range "
              + Quoted.of(text)
              + (step.signum() <= 0 ? " has no step above 0" : " begins above its end"),
          "write FROM..TO:STEP, where FROM is not above TO, and STEP is above 0");
    }
    refuseTooMany(to.subtract(from).divideToIntegralValue(step).doubleValue() + 1);
    TreeSet<Double> values = new TreeSet<>();
    for (BigDecimal value = from; value.compareTo(to) <= 0; value = value.add(step)) {
      values.add(value.doubleValue());
    }
    return values;
  }

  private static void refuseTooMany(double number) {
    if (number > MOST_VALUES) {
      throw bad(
          "there are more than %d values".formatted(MOST_VALUES),
          "use a larger step or fewer values");
    }
  }

  private static double flag(String text, ConfiguredRule rule, Setting setting) {
    return switch (text) {
      case "true" -> 1;
      case "false" -> 0;
      default ->
          throw bad(
              "%s of %s takes only true or false, not %s"
                  .formatted(setting.name(), rule.id(), Quoted.of(text)),
              "write " + setting.name() + "=true,false");
    };
  }

  private static BigDecimal number(String text, Setting setting) {
    boolean plain =
        !text.isEmpty()
            && text.length() <= MOST_NUMBER_CHARS
            && text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == '-');
    try {
      BigDecimal number = plain ? new BigDecimal(text) : null;
      if (number != null
          && (setting.type() != Setting.Type.INTEGER || number.stripTrailingZeros().scale() <= 0)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below with the text
    }
    throw bad(
        "%s is not a %snumber"
            .formatted(Quoted.of(text), setting.type() == Setting.Type.INTEGER ? "whole " : ""),
        "write FROM..TO:STEP or a list with commas, such as " + EXAMPLE);
  }

  private static OperatorException bad(String what, String fix) {
    return new OperatorException("could not use --set: " + what + "; " + fix);
  }

  /** Returns the configured value of the setting; for a flag, 1 is true. */
  public double now() {
    return rule.number(setting);
  }

  ConfiguredRule variant(double value) {
    return rule.variant(name(value), setting, value);
  }

  String name(double value) {
    return setting.written(value);
  }
}
