package dev.lockstep.detections;

import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code defender-corroboration} made of an alert that meets a principal: one of its addresses
 * was the principal's close to it, or it names the principal.
 *
 * @param alert what all its records say
 * @param times of its records, ascending, milliseconds since 1970
 * @param address that both have, null if it only names the principal
 * @param minutes in how many minutes close to the alert the principal was there
 */
public record AlertExplanation(
    Alert alert,
    List<Long> times,
    Principal principal,
    @Nullable String address,
    int minutes,
    List<GateChecked> gates,
    Conclusion conclusion) {
  /** Says that an alert is not severe enough to be compared. */
  public static final String TOO_LOW = "severity";

  /** Says that an alert names the principal, who was at none of its addresses close to it. */
  public static final String ELSEWHERE = "elsewhere";

  /**
   * Compares a principal with alerts once more.
   *
   * @param gated where the principal was in networks that never match
   */
  static List<AlertExplanation> of(
      Principal principal,
      Collection<CollectedAlert> alerts,
      FlaggedAddress.Pages pages,
      Collection<Presence> gated,
      RuleSettings settings) {
    FlaggedAddress rule = new FlaggedAddress(settings.defender());
    List<AlertExplanation> met = new ArrayList<>();
    for (CollectedAlert alert : alerts) {
      int before = met.size();
      for (String address : alert.getAlert().getAddresses()) {
        FlaggedAddress.Verdict verdict = rule.judge(principal.getId(), address, alert, pages);
        String gate = gate(address, alert, gated, settings);
        if (!verdict.hits().isEmpty() || gate != null) {
          met.add(met(principal, address, alert, verdict, gate, settings));
        }
      }
      String named = FlaggedAddress.namedBy(principal.getId(), alert, pages);
      if (met.size() == before && named != null) {
        met.add(
            new AlertExplanation(
                alert.getAlert(),
                alert.getTimes(),
                principal,
                null,
                0,
                new Gates()
                    .decides(
                        ELSEWHERE,
                        true,
                        Gates.QUIET,
                        "namedBy",
                        named,
                        "limitMinutes",
                        (double) settings.defender().flagMinutes())
                    .list(),
                Conclusion.quiet(ELSEWHERE)));
      }
    }
    met.sort(
        Comparator.comparing((AlertExplanation one) -> !one.conclusion().fires())
            .thenComparing(one -> one.times().get(0), Comparator.reverseOrder())
            .thenComparing(one -> one.alert().getId())
            .thenComparing(one -> String.valueOf(one.address())));
    return met;
  }

  /** Returns the gate of a network that never matches, in which the principal had the address. */
  private static @Nullable String gate(
      String address, CollectedAlert alert, Collection<Presence> gated, RuleSettings settings) {
    for (Presence presence : gated) {
      if (address.equals(presence.address())
          && AlertBook.near(alert, presence.minute(), settings.defender().flagMinutes())) {
        return DefenderCorroboration.gate(presence.networkClass());
      }
    }
    return null;
  }

  private static AlertExplanation met(
      Principal principal,
      String address,
      CollectedAlert collected,
      FlaggedAddress.Verdict verdict,
      @Nullable String gate,
      RuleSettings settings) {
    Alert alert = collected.getAlert();
    Severity severity = alert.getSeverity();
    boolean hit = !verdict.hits().isEmpty();
    TreeSet<String> classes = new TreeSet<>();
    verdict.hits().forEach(one -> classes.add(one.entry().getNetworkClass()));
    int minutes = verdict.hits().stream().mapToInt(one -> one.minutes().cardinality()).sum();
    Gates gates =
        new Gates()
            .decides(DefenderCorroboration.OWN_ALERT, alert.getOwn(), Gates.QUIET)
            .decides(
                TOO_LOW,
                !AlertBook.counts(alert),
                Gates.QUIET,
                "severity",
                severity == null ? "none" : severity.name());
    for (String each : List.of("corporate-egress", "backend", "trusted-proxy")) {
      gates.decides(
          each, !hit && each.equals(gate), Gates.QUIET, "class", String.join(", ", classes));
    }
    String namedBy = verdict.namedBy();
    gates
        .decides(
            DefenderCorroboration.ALREADY_NAMED,
            namedBy != null,
            Gates.QUIET,
            "namedBy",
            namedBy == null ? "nothing" : namedBy)
        .decides(
            DefenderCorroboration.FLAGGED_ADDRESS,
            verdict.fires(),
            Gates.FIRES,
            "minutes",
            (double) minutes,
            "limitMinutes",
            (double) settings.defender().flagMinutes());
    Conclusion conclusion;
    if (alert.getOwn()) {
      conclusion = Conclusion.quiet(DefenderCorroboration.OWN_ALERT);
    } else if (!AlertBook.counts(alert)) {
      conclusion = Conclusion.quiet(TOO_LOW);
    } else if (!hit) {
      conclusion = Conclusion.quiet(Objects.requireNonNull(gate));
    } else if (!verdict.fires()) {
      conclusion = Conclusion.quiet(DefenderCorroboration.ALREADY_NAMED);
    } else {
      conclusion =
          Conclusion.fires(
              DefenderCorroboration.FLAGGED_ADDRESS,
              FlaggedFindings.severity(alert, verdict.hits()));
    }
    return new AlertExplanation(
        alert, collected.getTimes(), principal, address, minutes, gates.list(), conclusion);
  }
}
