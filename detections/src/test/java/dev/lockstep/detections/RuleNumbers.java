package dev.lockstep.detections;

import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Numbers of the built-in rules, as a test sets them.
 *
 * @param setCap how many members a set keeps
 * @param repeatSeconds how long after a revision of a finding one goes out that only counts up
 */
public record RuleNumbers(
    Travel travel, Token token, Drift drift, Defender defender, int setCap, int repeatSeconds) {

  /** Returns the numbers of the specification. */
  public static RuleNumbers defaults() {
    return new RuleNumbers(
        new Travel(true, false, 500, 900, 24, 3, false),
        new Token(true, false, 48, 5),
        new Drift(true, false, 7, 50, 14, 60),
        new Defender(true, false, 10, 24, 60),
        256,
        5);
  }

  /** Returns the numbers of the specification, by which each revision goes out at once. */
  public static RuleNumbers atOnce() {
    return defaults().atOnce(256);
  }

  /** Returns the same rules with another cap of sets, by which each revision goes out at once. */
  public RuleNumbers atOnce(int otherCap) {
    return new RuleNumbers(travel, token, drift, defender, otherCap, 0);
  }

  public RuleNumbers with(Travel other) {
    return new RuleNumbers(other, token, drift, defender, setCap, repeatSeconds);
  }

  public RuleNumbers with(Token other) {
    return new RuleNumbers(travel, other, drift, defender, setCap, repeatSeconds);
  }

  public RuleNumbers with(Drift other) {
    return new RuleNumbers(travel, token, other, defender, setCap, repeatSeconds);
  }

  public RuleNumbers with(Defender other) {
    return new RuleNumbers(travel, token, drift, other, setCap, repeatSeconds);
  }

  /** Returns the numbers with one rule alone that runs. */
  public RuleNumbers only(String rule) {
    return new RuleNumbers(
        travel.enabled(rule.equals("impossible-travel")),
        token.enabled(rule.equals("token-replay")),
        drift.enabled(rule.equals("partner-ip-drift")),
        defender.enabled(rule.equals(DefenderCorroboration.ID)),
        setCap,
        repeatSeconds);
  }

  /** Numbers of {@code impossible-travel}. */
  public record Travel(
      boolean enabled,
      boolean shadow,
      double minDistanceKm,
      double maxSpeedKmh,
      int maxHours,
      int commuteDays,
      boolean workloads,
      int colleagues,
      int colleagueDays) {
    /** Creates numbers with those of colleagues' places that the specification names. */
    public Travel(
        boolean enabled,
        boolean shadow,
        double minDistanceKm,
        double maxSpeedKmh,
        int maxHours,
        int commuteDays,
        boolean workloads) {
      this(enabled, shadow, minDistanceKm, maxSpeedKmh, maxHours, commuteDays, workloads, 10, 5);
    }

    Travel enabled(boolean is) {
      return new Travel(
          is,
          shadow,
          minDistanceKm,
          maxSpeedKmh,
          maxHours,
          commuteDays,
          workloads,
          colleagues,
          colleagueDays);
    }

    /** Returns the numbers with others of colleagues' places. */
    public Travel colleagues(int users, int days) {
      return new Travel(
          enabled,
          shadow,
          minDistanceKm,
          maxSpeedKmh,
          maxHours,
          commuteDays,
          workloads,
          users,
          days);
    }

    Map<String, Double> given() {
      return Map.of(
          "minDistanceKm",
          minDistanceKm,
          "maxSpeedKmh",
          maxSpeedKmh,
          "maxHours",
          (double) maxHours,
          "commuteDays",
          (double) commuteDays,
          "workloads",
          workloads ? 1.0 : 0.0,
          "colleagues",
          (double) colleagues,
          "colleagueDays",
          (double) colleagueDays);
    }
  }

  /** Numbers of {@code token-replay}. */
  public record Token(boolean enabled, boolean shadow, int maxHours, int expirySkewMinutes) {
    Token enabled(boolean is) {
      return new Token(is, shadow, maxHours, expirySkewMinutes);
    }

    Map<String, Double> given() {
      return Map.of("maxHours", (double) maxHours, "expirySkewMinutes", (double) expirySkewMinutes);
    }
  }

  /** Numbers of {@code partner-ip-drift}. */
  public record Drift(
      boolean enabled,
      boolean shadow,
      int learningDays,
      int learningMinutes,
      int knownDays,
      int windowDays) {
    Drift enabled(boolean is) {
      return new Drift(is, shadow, learningDays, learningMinutes, knownDays, windowDays);
    }

    Map<String, Double> given() {
      return Map.of(
          "learningDays",
          (double) learningDays,
          "learningMinutes",
          (double) learningMinutes,
          "knownDays",
          (double) knownDays,
          "windowDays",
          (double) windowDays);
    }
  }

  /** Numbers of {@code defender-corroboration}. */
  public record Defender(
      boolean enabled, boolean shadow, int settleMinutes, int escalateHours, int flagMinutes) {
    Defender enabled(boolean is) {
      return new Defender(is, shadow, settleMinutes, escalateHours, flagMinutes);
    }

    Map<String, Double> given() {
      return Map.of(
          "settleMinutes",
          (double) settleMinutes,
          "escalateHours",
          (double) escalateHours,
          "flagMinutes",
          (double) flagMinutes);
    }
  }

  /** Returns the rules that run by these numbers. */
  public RuleSet ruleSet() {
    return ruleSet(UnaryOperator.identity());
  }

  /**
   * Returns the rules that run by these numbers.
   *
   * @param wrapped what runs in place of a rule
   */
  public RuleSet ruleSet(UnaryOperator<Rule> wrapped) {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule each : BuiltInRules.all()) {
      Rule rule = wrapped.apply(each);
      Settings settings =
          switch (rule.info().id()) {
            case "impossible-travel" ->
                settings(rule, travel.enabled(), travel.shadow(), travel.given());
            case "token-replay" -> settings(rule, token.enabled(), token.shadow(), token.given());
            case "partner-ip-drift" ->
                settings(rule, drift.enabled(), drift.shadow(), drift.given());
            case DefenderCorroboration.ID ->
                settings(rule, defender.enabled(), defender.shadow(), defender.given());
            default -> Settings.defaults(rule.info());
          };
      if (settings.isEnabled()) {
        active.add(new ActiveRule(active.size(), rule, settings));
      }
    }
    AlertSettings alerts =
        new AlertSettings(
            DefenderCorroboration.ID,
            defender.enabled(),
            defender.enabled() && !defender.shadow(),
            defender.settleMinutes(),
            defender.escalateHours());
    return new RuleSet(active, alerts, repeatSeconds);
  }

  private Settings settings(Rule rule, boolean enabled, boolean shadow, Map<String, Double> given) {
    return Settings.of(rule.info(), enabled, shadow, setCap, given);
  }
}
