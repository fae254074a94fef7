package dev.lockstep.detections;

import dev.lockstep.detections.access.ConditionalAccessGap;
import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.detections.privileged.PrivilegedWithoutPim;
import dev.lockstep.detections.probing.GatewayProbing;
import dev.lockstep.detections.risk.RiskySignInUsed;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.session.SessionReplay;
import dev.lockstep.detections.spray.PasswordSpray;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.detections.vault.VaultOutside;
import dev.lockstep.detections.waf.WafThenSuccess;
import dev.lockstep.detections.workload.WorkloadCredentialDrift;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleWithInfo;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Built-in rules in the order in which {@code rules list} shows them. */
public final class BuiltInRules {
  private static final String GATEWAY_LOGS = "GatewayLogs";
  private static final Set<Class<?>> CLASSES =
      all().stream().map(Rule::getClass).collect(Collectors.toUnmodifiableSet());

  private BuiltInRules() {}

  /** Returns a new instance of each built-in rule, in the order of {@code rules list}. */
  public static List<Rule> all() {
    return List.of(
        new ImpossibleTravel(),
        new TokenReplay(),
        new PartnerIpDrift(),
        new DefenderCorroboration(),
        new SessionReplay(),
        new GatewayBypass(),
        new WafThenSuccess(),
        new ConditionalAccessGap(),
        new RiskySignInUsed(),
        new PrivilegedWithoutPim(),
        new WorkloadCredentialDrift(),
        new VaultOutside(),
        new GatewayProbing(),
        new PasswordSpray());
  }

  /**
   * Returns whether a rule of the set may count calls without claims, and so must get all such
   * calls, even calls that are alike. Built-in rules count no such calls: {@code gateway-probing}
   * counts each call in its first form, before its claims are known to be missing. A rule that is
   * not built in may count them if it observes gateway logs. A Java rule that names no log category
   * observes all calls. A rule that only judges facts of earlier events does not matter.
   */
  public static boolean needsAllCallsWithoutClaims(RuleSet rules) {
    for (ActiveRule rule : rules.rules()) {
      List<String> categories = rule.info().categories();
      if (rule.observes()
          && !isBuiltIn(rule.rule())
          && (categories.isEmpty() || categories.contains(GATEWAY_LOGS))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBuiltIn(Rule rule) {
    Rule itself = rule instanceof RuleWithInfo variant ? variant.rule() : rule;
    return CLASSES.contains(itself.getClass());
  }
}
