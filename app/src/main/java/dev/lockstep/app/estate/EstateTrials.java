package dev.lockstep.app.estate;

import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.rules.Need;
import dev.lockstep.schemas.Detection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runner of replays, each with one proposed entry of the estate, which counts the findings that the
 * entry would bring.
 */
public final class EstateTrials {
  private static final int MOST_TRIALS = 24;

  private final SortedCapture capture;
  private final ConfiguredRules rules;
  private final Enrichment enrichment;
  private final Progress progress;

  /**
   * Creates a runner that replays a capture for each proposed entry, with the enabled rules that
   * use the entry's part of the estate.
   *
   * @param capture to replay
   */
  public EstateTrials(
      SortedCapture capture, ConfiguredRules rules, Enrichment enrichment, Progress progress) {
    this.capture = capture;
    this.rules = rules;
    this.enrichment = enrichment;
    this.progress = progress;
  }

  /**
   * Findings of a replay in which the estate has only one proposed entry, or the reason why there
   * was no such replay. All switches of the entry are on.
   *
   * @param isTried false if there are too many entries, or no enabled rule uses the part of the
   *     estate
   * @param why reason why the entry was not tried; empty if it was
   * @param findings number of findings by rule, reason and severity, which are joined by spaces
   */
  record TrialResult(boolean isTried, String why, Map<String, Long> findings) {}

  Map<EstateProposal.Entry, TrialResult> of(EstateProposal proposal) {
    Map<EstateProposal.Entry, TrialResult> results = new LinkedHashMap<>();
    int tried = 0;
    for (EstateProposal.Entry entry : proposal.entries()) {
      List<ConfiguredRule> needing = needing(entry.part());
      if (needing.isEmpty()) {
        results.put(entry, new TrialResult(false, "no enabled rule uses it", Map.of()));
      } else if (tried >= MOST_TRIALS) {
        results.put(
            entry,
            new TrialResult(false, "not tried, because there are too many entries", Map.of()));
      } else {
        tried++;
        String work = "trying entry %d of %d".formatted(tried, proposal.entries().size());
        results.put(entry, new TrialResult(true, "", fired(entry, needing, work)));
      }
    }
    return results;
  }

  private List<ConfiguredRule> needing(EstateProposal.Part part) {
    Need need =
        switch (part) {
          case GATEWAYS -> Need.GATEWAYS_BEHIND_FRONT_DOOR;
          case APIS -> Need.APIS;
          case PRIVILEGED -> Need.PRIVILEGED_OPERATIONS;
          case VAULTS -> Need.PRIVATE_VAULTS;
        };
    return rules.all().stream()
        .filter(rule -> rule.settings().isEnabled() && rule.info().needs().contains(need))
        .toList();
  }

  private Map<String, Long> fired(
      EstateProposal.Entry entry, List<ConfiguredRule> needing, String work) {
    ConfiguredRules alone =
        new ConfiguredRules(rules.catalogue(), needing, rules.setCap(), rules.repeatSeconds());
    List<Detection> findings =
        capture.replay(alone, enrichment.with(estate(entry.described())), work, progress);
    Map<String, Long> counted = new TreeMap<>();
    for (Detection finding : findings) {
      counted.merge(
          finding.getRule() + " " + finding.getReason() + " " + finding.getSeverity(),
          1L,
          Long::sum);
    }
    return counted;
  }

  private static Estate estate(Object described) {
    return Estate.of(
        described instanceof Gateway gateway ? List.of(gateway) : List.of(),
        described instanceof ProtectedApi api ? List.of(api) : List.of(),
        described instanceof PrivilegedOperations entry ? List.of(entry) : List.of(),
        described instanceof Vault vault ? List.of(vault) : List.of());
  }
}
