package dev.lockstep.rules;

import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.attack.AttackTechniques;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Check of a rule's description, which returns the first problem and its fix, or null if the
 * description is valid. Configuration, commands and metrics rely on a valid one.
 */
final class RuleInfoValidation {
  private static final int MOST_ID_CHARS = 64;
  private static final int MOST_PATH_CHARS = 512;
  private static final int MOST_DAYS = 366;
  private static final List<String> OF_EVERY_RULE = List.of("enabled", "shadow");

  /** Ids that no rule may have, because counters that belong to no rule have these names. */
  private static final List<String> COUNTED_APART = List.of("joins", "networks", "sigma");

  /**
   * Tactics of MITRE ATT&amp;CK for enterprises and for industrial systems, as Sentinel spells
   * them.
   */
  private static final List<String> TACTICS =
      List.of(
          "PreAttack",
          "Reconnaissance",
          "ResourceDevelopment",
          "InitialAccess",
          "Execution",
          "Persistence",
          "PrivilegeEscalation",
          "DefenseEvasion",
          "CredentialAccess",
          "Discovery",
          "LateralMovement",
          "Collection",
          "CommandAndControl",
          "Exfiltration",
          "Impact",
          "ImpairProcessControl",
          "InhibitResponseFunction");

  /**
   * Largest number of kinds of fact that a rule may declare. A state record has the number of a
   * kind in one byte.
   */
  private static final int MOST_KINDS = 100;

  private RuleInfoValidation() {}

  static RuleInfo.@Nullable Problem problem(RuleInfo rule) {
    if (!isId(rule.id())) {
      return new RuleInfo.Problem(
          "its id %s is not a word in lower case with dashes".formatted(Quoted.of(rule.id())),
          "choose an id such as new-country, with at most %d characters".formatted(MOST_ID_CHARS));
    }
    if (COUNTED_APART.contains(rule.id())) {
      return new RuleInfo.Problem(
          "its id %s is the name of counters that belong to no rule"
              .formatted(Quoted.of(rule.id())),
          "choose another id");
    }
    if (rule.version() < 1) {
      return new RuleInfo.Problem("its version is " + rule.version(), "give 1 or more");
    }
    if (rule.title().isBlank() || rule.title().lines().count() != 1) {
      return new RuleInfo.Problem(
          "its title %s is not one line".formatted(Quoted.of(rule.title())), "give it a few words");
    }
    if (rule.subjects().isEmpty() || rule.kinds().isEmpty()) {
      return new RuleInfo.Problem(
          "it declares no facts",
          "declare kinds of subject with about(), and kinds of fact with keeps()");
    }
    if (rule.reasons().isEmpty() || rule.severities().isEmpty()) {
      return new RuleInfo.Problem(
          "it declares no reasons or severities", "declare them with reasons() and severities()");
    }
    for (String name : rule.reasons()) {
      if (!isId(name)) {
        return notAWord("reason", name);
      }
      if (name.equals(DetectionStatus.WITHDRAWN)) {
        return new RuleInfo.Problem(
            "its reason %s is reserved for retracted findings".formatted(Quoted.of(name)),
            "give the reason another name");
      }
    }
    for (String name : rule.gates()) {
      if (!isId(name)) {
        return notAWord("gate", name);
      }
    }
    RuleInfo.Problem attack = attack(rule);
    if (attack != null) {
      return attack;
    }
    if (rule.kinds().size() > MOST_KINDS) {
      return new RuleInfo.Problem(
          "it declares %d kinds of fact".formatted(rule.kinds().size()),
          "declare at most %d with keeps()".formatted(MOST_KINDS));
    }
    for (FactKind kind : rule.judgesOnlyWith()) {
      if (!rule.kinds().contains(kind)) {
        return new RuleInfo.Problem(
            "it judges only with facts of the kind %s, but it keeps no facts of this kind"
                .formatted(Quoted.of(kind.name())),
            "declare the kind with keeps() too");
      }
    }
    for (FactKind kind : rule.kinds()) {
      if ((kind.hasRuns() && (kind.isRetractable() || kind.hasAggregate()))
          || (kind.isRetractable() && kind.hasAggregate())) {
        return new RuleInfo.Problem(
            "its kind of fact %s combines several of retractable(), runs() and aggregates()"
                .formatted(Quoted.of(kind.name())),
            "declare the kind with only one of these methods");
      }
    }
    if (rule.daysBack() < 0 || rule.daysAhead() < 0 || rule.daysKept() > MOST_DAYS) {
      return new RuleInfo.Problem(
          "its reach in days (before a judged day: %d, after: %d) is negative, or the number of days for which it keeps facts (%d) is more than %d"
              .formatted(rule.daysBack(), rule.daysAhead(), rule.daysKept(), MOST_DAYS),
          "call reach() with numbers of at least 0, and choose the numbers for reach() and keptFor() so that facts are kept for at most %d days"
              .formatted(MOST_DAYS));
    }
    Duration longest = Duration.ofDays(rule.daysKept() - rule.daysBack() - 1L);
    if (rule.grace().isNegative() || rule.grace().compareTo(longest) > 0) {
      return new RuleInfo.Problem(
          "its grace of %s is negative, or longer than the %s after which its facts may be evicted"
              .formatted(
                  rule.grace(), longest.toDays() == 1 ? "1 day" : longest.toDays() + " days"),
          "choose another grace, or keep facts for more days with keptFor()");
    }
    RuleInfo.Problem raw = rawFields(rule);
    return raw != null ? raw : settings(rule);
  }

  private static RuleInfo.@Nullable Problem attack(RuleInfo rule) {
    for (String tactic : rule.tactics()) {
      if (!TACTICS.contains(tactic)) {
        String nearest = NearestNames.similarAmong(TACTICS, tactic);
        return new RuleInfo.Problem(
            "its tactic %s is no tactic of MITRE ATT&CK as Sentinel spells it"
                .formatted(Quoted.of(tactic)),
            nearest.isEmpty()
                ? "write one of " + String.join(", ", TACTICS)
                : "the nearest known one is " + nearest);
      }
    }
    for (String technique : rule.techniques()) {
      if (!AttackTechniques.isTechnique(technique)) {
        return new RuleInfo.Problem(
            "its technique %s is not the id of a technique of MITRE ATT&CK"
                .formatted(Quoted.of(technique)),
            "write it like T1078 or T1078.004");
      }
      if (!AttackTechniques.mayExist(technique)) {
        String nearest = AttackTechniques.nearestTo(technique);
        return new RuleInfo.Problem(
            "its technique %s is no technique of MITRE ATT&CK".formatted(Quoted.of(technique)),
            nearest.isEmpty()
                ? "write the id of a technique listed at attack.mitre.org, like T1078.004"
                : "the nearest known one is " + nearest);
      }
    }
    return null;
  }

  private static RuleInfo.@Nullable Problem rawFields(RuleInfo rule) {
    if (!rule.rawFields().isEmpty() && rule.categories().isEmpty()) {
      return new RuleInfo.Problem(
          "it declares raw fields, but no log category", "name the categories with reads()");
    }
    for (String path : rule.rawFields()) {
      if (path.isBlank() || path.length() > MOST_PATH_CHARS) {
        return new RuleInfo.Problem(
            "its raw field %s is blank or has more than %d characters"
                .formatted(Quoted.of(path), MOST_PATH_CHARS),
            "give a path like properties.userAgent");
      }
    }
    return null;
  }

  private static RuleInfo.Problem notAWord(String what, String name) {
    return new RuleInfo.Problem(
        "its %s %s is not a word in lower case with dashes".formatted(what, Quoted.of(name)),
        "choose a word such as known-country");
  }

  private static RuleInfo.@Nullable Problem settings(RuleInfo rule) {
    Map<String, String> words = new TreeMap<>();
    for (Setting setting : rule.settings()) {
      String name = Quoted.of(setting.name());
      if (OF_EVERY_RULE.contains(setting.name().toLowerCase(Locale.ROOT))) {
        return new RuleInfo.Problem(
            "its setting %s has the name of a setting that every rule has".formatted(name),
            "give it another name");
      }
      if (!isCamelCase(setting.name())) {
        return new RuleInfo.Problem(
            "its setting %s is not a word in camel case".formatted(name),
            "choose a name such as learningDays");
      }
      String other = words.put(setting.name().toUpperCase(Locale.ROOT), setting.name());
      if (other != null) {
        return new RuleInfo.Problem(
            "its settings %s and %s have the same environment variable"
                .formatted(Quoted.of(other), name),
            "give one of them another name");
      }
      Setting ceiling = setting.ceiling();
      if (ceiling != null && !rule.settings().contains(ceiling)) {
        return new RuleInfo.Problem(
            "its setting %s is bounded by %s, which is not a setting of the rule"
                .formatted(name, Quoted.of(ceiling.name())),
            "add that to its settings");
      }
      RuleInfo.Problem unbound = bounds(setting, name);
      if (unbound != null) {
        return unbound;
      }
    }
    return null;
  }

  private static RuleInfo.@Nullable Problem bounds(Setting setting, String name) {
    boolean isWhole = setting.type() == Setting.Type.INTEGER;
    if (isWhole && (setting.least() < Integer.MIN_VALUE || setting.most() > Integer.MAX_VALUE)) {
      return new RuleInfo.Problem(
          "its setting %s has a bound below %d or above %d"
              .formatted(name, Integer.MIN_VALUE, Integer.MAX_VALUE),
          "make it a decimal");
    }
    if (setting.byDefault() >= setting.least() && setting.byDefault() <= setting.most()) {
      return null;
    }
    return new RuleInfo.Problem(
        "its setting %s has the default %s, out of its own bounds %s to %s"
            .formatted(
                name,
                setting.written(setting.byDefault()),
                setting.written(setting.least()),
                setting.written(setting.most())),
        "change the default or the bounds");
  }

  private static boolean isId(String text) {
    boolean wasDash = true; // it begins with a letter
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isDash = c == '-';
      boolean isLetter = c >= 'a' && c <= 'z';
      boolean isDigit = c >= '0' && c <= '9';
      if (!(isLetter || (isDigit && i > 0) || isDash) || (isDash && wasDash)) {
        return false;
      }
      wasDash = isDash;
    }
    return !wasDash && text.length() <= MOST_ID_CHARS;
  }

  private static boolean isCamelCase(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLower = c >= 'a' && c <= 'z';
      boolean isUpper = c >= 'A' && c <= 'Z';
      if (!(isLower || (i > 0 && (isUpper || (c >= '0' && c <= '9'))))) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MOST_ID_CHARS;
  }
}
