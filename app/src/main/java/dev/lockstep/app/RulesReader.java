package dev.lockstep.app;

import dev.lockstep.app.Section.Keys;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the numbers of the rules. */
final class RulesReader {
  private RulesReader() {}

  static Config.Rules read(Section root) {
    Section rules =
        root.section(
            "rules",
            Keys.of("setCap", "repeatSeconds")
                .and(
                    "directories",
                    "impossible-travel",
                    "token-replay",
                    "partner-ip-drift",
                    "defender-corroboration"));
    refuseDirectories(rules);
    return new Config.Rules(
        impossibleTravel(rules),
        tokenReplay(rules),
        partnerIpDrift(rules),
        defenderCorroboration(rules),
        rules.integer("setCap", 256, 16, 65_536),
        rules.integer("repeatSeconds", 5, 0, 600));
  }

  private static void refuseDirectories(Section rules) {
    Setting variable = rules.variable("directories");
    List<Node> entries = rules.entries("directories");
    if (variable == null && entries.isEmpty()) {
      return;
    }
    throw OperatorException.inConfig(
        variable == null ? rules.origin(entries.get(0)) : variable.origin(),
        "rules.directories names rules, and this version reads none but its own",
        "remove it");
  }

  private static Config.ImpossibleTravel impossibleTravel(Section rules) {
    Section section =
        rules.section(
            "impossible-travel",
            Keys.of(
                "enabled",
                "shadow",
                "minDistanceKm",
                "maxSpeedKmh",
                "maxHours",
                "commuteDays",
                "workloads"));
    return new Config.ImpossibleTravel(
        section.yesOrNo("enabled", true),
        section.yesOrNo("shadow", false),
        section.integer("minDistanceKm", 500, 1, 20_000),
        section.integer("maxSpeedKmh", 900, 1, 100_000),
        section.integer("maxHours", 24, 1, 24),
        section.integer("commuteDays", 3, 1, 29),
        section.yesOrNo("workloads", false));
  }

  private static Config.TokenReplay tokenReplay(Section rules) {
    Section section =
        rules.section(
            "token-replay", Keys.of("enabled", "shadow", "maxHours", "expirySkewMinutes"));
    return new Config.TokenReplay(
        section.yesOrNo("enabled", true),
        section.yesOrNo("shadow", false),
        section.integer("maxHours", 48, 24, 48),
        section.integer("expirySkewMinutes", 5, 0, 1_440));
  }

  private static Config.PartnerIpDrift partnerIpDrift(Section rules) {
    Section section =
        rules.section(
            "partner-ip-drift",
            Keys.of(
                "enabled", "shadow", "learningDays", "learningMinutes", "knownDays", "windowDays"));
    int windowDays = section.integer("windowDays", 60, 1, 365);
    return new Config.PartnerIpDrift(
        section.yesOrNo("enabled", true),
        section.yesOrNo("shadow", false),
        section.integer("learningDays", 7, 1, 60),
        section.integer("learningMinutes", 50, 1, 86_400),
        section.integer("knownDays", Math.min(14, windowDays), 1, windowDays),
        windowDays);
  }

  private static Config.DefenderCorroboration defenderCorroboration(Section rules) {
    Section section =
        rules.section(
            "defender-corroboration",
            Keys.of("enabled", "shadow", "settleMinutes", "escalateHours", "flagMinutes"));
    return new Config.DefenderCorroboration(
        section.yesOrNo("enabled", true),
        section.yesOrNo("shadow", false),
        section.integer("settleMinutes", 10, 0, 1_440),
        section.integer("escalateHours", 24, 1, 72),
        section.integer("flagMinutes", 60, 1, 1_440));
  }
}
