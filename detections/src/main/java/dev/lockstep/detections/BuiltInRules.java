package dev.lockstep.detections;

import dev.lockstep.detections.access.ConditionalAccessGap;
import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.detections.privileged.PrivilegedWithoutPim;
import dev.lockstep.detections.probing.GatewayProbing;
import dev.lockstep.detections.risk.RiskySignInUsed;
import dev.lockstep.detections.session.SessionReplay;
import dev.lockstep.detections.spray.PasswordSpray;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.detections.vault.VaultOutside;
import dev.lockstep.detections.waf.WafThenSuccess;
import dev.lockstep.detections.workload.WorkloadCredentialDrift;
import dev.lockstep.rules.Rule;
import java.util.List;

/** Built-in rules in the order in which {@code rules list} shows them. */
public final class BuiltInRules {
  private BuiltInRules() {}

  /** Returns a new instance of each built-in rule, in their order. */
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
}
