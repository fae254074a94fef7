package dev.lockstep.detections;

import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.rules.Rule;
import java.util.List;

/** Built-in rules in the one order in which they are listed everywhere. */
public final class BuiltInRules {
  private BuiltInRules() {}

  /** Returns a new instance of each rule, in the order of every list that people see. */
  public static List<Rule> all() {
    return List.of(
        new ImpossibleTravel(),
        new TokenReplay(),
        new PartnerIpDrift(),
        new DefenderCorroboration());
  }
}
