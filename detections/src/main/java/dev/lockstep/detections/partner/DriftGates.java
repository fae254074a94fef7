package dev.lockstep.detections.partner;

import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.GateChecked;
import java.util.List;
import java.util.Objects;

/**
 * Static method that lists the gates of a {@code partner-ip-drift} verdict in order. It takes them
 * from a judgement of a partner's calls, and gives each gate its numbers.
 */
final class DriftGates {
  private static final int MOST_LISTED = 20;
  private static final String IN_PART = "suppressed in part";

  private DriftGates() {}

  static List<GateChecked> of(DriftJudgement judgement) {
    KnownNetworks known = judgement.known();
    return known == null ? ofDeclared(judgement) : ofLearned(judgement, known);
  }

  private static List<GateChecked> ofDeclared(DriftJudgement judgement) {
    return new Gates()
        .decides(
            PartnerIpDrift.DECLARED_GATE,
            judgement.calls().is(PartnerIpDrift.DECLARED),
            Gates.SUPPRESSED,
            "address",
            judgement.location().address().text(),
            "declaredRanges",
            judgement.partner().cidrs().size(),
            "ranges",
            listed(judgement.partner().cidrs()))
        .decides(
            PartnerIpDrift.CHANGE_WINDOW,
            judgement.calls().is(PartnerIpDrift.IN_CHANGE_WINDOW),
            Gates.SUPPRESSED)
        .decides(
            PartnerIpDrift.OUTSIDE_ALLOWLIST,
            PartnerIpDrift.OUTSIDE_ALLOWLIST.equals(judgement.reason()),
            Gates.FIRES)
        .list();
  }

  private static String listed(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(MOST_LISTED, names.size())));
  }

  private static String whyNot(KnownNetworks known, PartnerNetwork network, Settings settings) {
    return known.recent().getOrDefault(network, 0) < settings.integer(PartnerIpDrift.KNOWN_DAYS)
        ? "no"
        : "no, since the network had a finding of a new country or of hosting on a day of the window";
  }

  private static List<GateChecked> ofLearned(DriftJudgement judgement, KnownNetworks known) {
    Settings settings = judgement.settings();
    PartnerNetwork network = judgement.network();
    String gate = judgement.gate();
    String reason = judgement.reason();
    String why = known.why(network, judgement.partner());
    List<String> names = DriftWords.names(known, judgement.partner());
    boolean inWindow = judgement.calls().is(PartnerIpDrift.IN_CHANGE_WINDOW);
    Gates gates =
        new Gates()
            .decides(
                PartnerIpDrift.LEARNING,
                PartnerIpDrift.LEARNING.equals(gate),
                Gates.SUPPRESSED,
                "days",
                known.days(),
                "needsDays",
                settings.integer(PartnerIpDrift.LEARNING_DAYS),
                "minutes",
                known.minutes(),
                "needsMinutes",
                settings.integer(PartnerIpDrift.LEARNING_MINUTES),
                "networks",
                names.size(),
                "knownNetworks",
                names.isEmpty() ? "none" : listed(names))
            .decides(
                PartnerIpDrift.KNOWN_NETWORK,
                PartnerIpDrift.KNOWN_NETWORK.equals(gate),
                Gates.SUPPRESSED,
                "network",
                network.text(),
                "known",
                why == null ? whyNot(known, network, settings) : why,
                "closedDays",
                known.recent().getOrDefault(network, 0),
                "needsDays",
                settings.integer(PartnerIpDrift.KNOWN_DAYS),
                "windowDays",
                settings.integer(PartnerIpDrift.WINDOW_DAYS))
            .decides(
                PartnerIpDrift.NO_NETWORK, PartnerIpDrift.NO_NETWORK.equals(gate), Gates.SUPPRESSED)
            .decides(PartnerIpDrift.CHANGE_WINDOW, inWindow, Gates.SUPPRESSED)
            .decides(
                PartnerIpDrift.NEW_COUNTRY,
                PartnerIpDrift.NEW_COUNTRY.equals(reason),
                Gates.FIRES,
                "country",
                Objects.requireNonNullElse(network.country(), "unknown"))
            .decides(
                PartnerIpDrift.HOSTING,
                PartnerIpDrift.HOSTING.equals(reason),
                Gates.FIRES,
                "class",
                judgement.location().network().networkClass().word());
    boolean isAfter = PartnerIpDrift.CHANGE_WINDOW.equals(gate) && !inWindow;
    if (isAfter && reason == null) {
      gates.decides(
          PartnerIpDrift.CHANGE_WINDOW, true, Gates.SUPPRESSED, "when", "until it is known");
    } else if (isAfter) {
      gates.adds(PartnerIpDrift.CHANGE_WINDOW, IN_PART, "when", "until it is known");
    }
    gates.decides(
        PartnerIpDrift.NEW_NETWORK, PartnerIpDrift.NEW_NETWORK.equals(reason), Gates.FIRES);
    boolean isAsked = PartnerIpDrift.NEW_NETWORK.equals(reason);
    return gates
        .adds(
            PartnerIpDrift.SHARED_KEY,
            judgement.isShared() ? Gates.RAISED : isAsked ? Gates.PASSED : Gates.NOT_REACHED)
        .list();
  }
}
