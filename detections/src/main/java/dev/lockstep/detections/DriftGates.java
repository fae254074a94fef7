package dev.lockstep.detections;

import dev.lockstep.detections.PartnerDrift.Judgement;
import dev.lockstep.detections.PartnerTimeline.Known;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Spot;
import java.util.List;
import java.util.Objects;

/** The gates of a judgement in the rule's order, each with its verdict and its numbers. */
final class DriftGates {
  private static final String CHANGE_WINDOW = "change-window";

  private final RuleSettings.Drift settings;

  DriftGates(RuleSettings.Drift settings) {
    this.settings = settings;
  }

  List<GateChecked> of(Judgement judgement, Partner partner) {
    Known known = judgement.known();
    return known == null ? ofDeclared(judgement, partner) : ofLearned(judgement, known);
  }

  private static List<GateChecked> ofDeclared(Judgement judgement, Partner partner) {
    PartnerUse use = judgement.use();
    return new Gates()
        .decides(
            "declared",
            "declared".equals(judgement.gate()),
            Gates.QUIET,
            "address",
            use.getSpot().getAddress(),
            "declaredRanges",
            (double) partner.cidrs().size())
        .decides(CHANGE_WINDOW, use.getInChangeWindow(), Gates.QUIET)
        .decides(
            PartnerDrift.OUTSIDE_ALLOWLIST,
            PartnerDrift.OUTSIDE_ALLOWLIST.equals(judgement.reason()),
            Gates.FIRES)
        .list();
  }

  private List<GateChecked> ofLearned(Judgement judgement, Known known) {
    PartnerUse use = judgement.use();
    Spot spot = use.getSpot();
    NetworkKey network = NetworkKey.of(spot);
    String gate = judgement.gate();
    String reason = judgement.reason();
    boolean quiet = reason == null;
    String why = known.why(network);
    Gates gates =
        new Gates()
            .decides(
                "learning",
                "learning".equals(gate),
                Gates.QUIET,
                "days",
                (double) known.days(),
                "needsDays",
                (double) settings.learningDays(),
                "minutes",
                (double) known.minutes(),
                "needsMinutes",
                (double) settings.learningMinutes())
            .decides(
                "known-network",
                "known-network".equals(gate),
                Gates.QUIET,
                "network",
                network.text(),
                "known",
                why == null ? "no" : why,
                "closedDays",
                (double) known.recent().getOrDefault(network, 0),
                "needsDays",
                (double) settings.knownDays(),
                "windowDays",
                (double) settings.windowDays())
            .decides("no-network", "no-network".equals(gate), Gates.QUIET)
            .decides(CHANGE_WINDOW, use.getInChangeWindow(), Gates.QUIET)
            .decides(
                PartnerDrift.NEW_COUNTRY,
                PartnerDrift.NEW_COUNTRY.equals(reason),
                Gates.FIRES,
                "country",
                Objects.requireNonNullElse(network.country(), "unknown"))
            .decides(
                PartnerDrift.HOSTING,
                PartnerDrift.HOSTING.equals(reason),
                Gates.FIRES,
                "class",
                spot.getNetworkClass());
    boolean after = CHANGE_WINDOW.equals(gate) && !use.getInChangeWindow();
    if (after && quiet) {
      gates.decides(CHANGE_WINDOW, true, Gates.QUIET, "when", "until it is known");
    } else if (after) {
      gates.adjusts(CHANGE_WINDOW, "quiet in part", "when", "until it is known");
    }
    gates.decides(PartnerDrift.NEW_NETWORK, PartnerDrift.NEW_NETWORK.equals(reason), Gates.FIRES);
    if (judgement.sharedKey()) {
      gates.adjusts("shared-key", Gates.RAISED);
    } else {
      gates.passes("shared-key");
    }
    return gates.list();
  }
}
