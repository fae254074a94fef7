package dev.lockstep.detections;

import java.util.List;

/**
 * What the catalogue says of a built-in rule.
 *
 * @param id as it stands in detections and in the configuration
 * @param version raised when the same events would give another finding
 * @param title one line
 * @param fallsOutOfStep which two of identity, network and policy
 * @param keyedBy what its state is kept for
 * @param reasons the words of its findings, first to last
 * @param severities the severities it can give, highest first
 * @param gates what keeps it quiet, by name
 * @param tactics MITRE ATT&amp;CK tactics as Sentinel spells them
 * @param techniques MITRE ATT&amp;CK technique ids
 */
public record RuleInfo(
    String id,
    int version,
    String title,
    String fallsOutOfStep,
    String keyedBy,
    List<String> reasons,
    List<String> severities,
    List<String> gates,
    List<String> tactics,
    List<String> techniques) {

  /** Two observations of one principal, too far apart for the time between. */
  public static final RuleInfo IMPOSSIBLE_TRAVEL =
      new RuleInfo(
          "impossible-travel",
          1,
          "Impossible travel",
          "identity and network",
          "principal",
          List.of("impossible-travel"),
          List.of("High", "Medium", "Low"),
          List.of("corporate-egress", "backend", "same-device", "same-network", "known-commute"),
          List.of("InitialAccess"),
          List.of("T1078", "T1078.004"));

  /** One token seen where its sign-in was not, or with another identity, or past its life. */
  public static final RuleInfo TOKEN_REPLAY =
      new RuleInfo(
          "token-replay",
          1,
          "Token replay",
          "identity and policy",
          "token",
          List.of("wrong-principal", "two-networks", "after-expiry", "attempt"),
          List.of("High", "Medium", "Low"),
          List.of("same-network", "backend", "corporate-egress", "same-country", "no-network"),
          List.of("CredentialAccess", "DefenseEvasion", "LateralMovement"),
          List.of("T1528", "T1550.001"));

  /** A partner's key used from a network that the partner is not known for. */
  public static final RuleInfo PARTNER_IP_DRIFT =
      new RuleInfo(
          "partner-ip-drift",
          1,
          "Partner IP drift",
          "policy and network",
          "partner",
          List.of("outside-allowlist", "new-country", "hosting", "new-network"),
          List.of("High", "Medium"),
          List.of(
              "declared",
              "known-network",
              "learning",
              "no-network",
              "corporate-egress",
              "refused",
              "change-window"),
          List.of("InitialAccess"),
          List.of("T1078.004", "T1199"));

  /** An address of a Defender alert that another principal uses; and findings that one confirms. */
  public static final RuleInfo DEFENDER_CORROBORATION =
      new RuleInfo(
          "defender-corroboration",
          1,
          "Defender corroboration",
          "any two, with Defender",
          "principal and IP",
          List.of("flagged-address"),
          List.of("High", "Medium", "Low"),
          List.of("corporate-egress", "backend", "trusted-proxy", "already-named", "own-alert"),
          List.of("InitialAccess"),
          List.of("T1078", "T1078.004"));

  /** Returns every built-in rule. */
  public static List<RuleInfo> all() {
    return List.of(IMPOSSIBLE_TRAVEL, TOKEN_REPLAY, PARTNER_IP_DRIFT, DEFENDER_CORROBORATION);
  }
}
