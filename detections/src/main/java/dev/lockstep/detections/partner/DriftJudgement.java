package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Severity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judgement of a partner's calls of one day from one network.
 *
 * @param calls fact that holds the calls
 * @param network network from which the calls came
 * @param reason reason of the verdict if calls fire, or null if none does
 * @param severity severity of the verdict if calls fire, or null if none does
 * @param gate gate that suppresses all calls or only the later calls, or null if none does
 * @param firing minute of the day up to which calls fire, exclusive
 * @param isShared if the partner called from a known network within an hour of these calls
 * @param known known networks, or null for a partner with declared ranges
 */
record DriftJudgement(
    Fact calls,
    PartnerNetwork network,
    Partner partner,
    Settings settings,
    @Nullable String reason,
    @Nullable Severity severity,
    @Nullable String gate,
    int firing,
    boolean isShared,
    @Nullable KnownNetworks known) {
  static final int MINUTES_PER_DAY = 1440;

  DriftJudgement suppressed(String by) {
    return new DriftJudgement(calls, network, partner, settings, null, null, by, 0, false, known);
  }

  DriftJudgement fires(String why, Severity how) {
    return new DriftJudgement(
        calls, network, partner, settings, why, how, null, MINUTES_PER_DAY, false, known);
  }

  DriftJudgement upTo(int minute) {
    return minute >= MINUTES_PER_DAY
        ? this
        : new DriftJudgement(
            calls,
            network,
            partner,
            settings,
            reason,
            severity,
            PartnerIpDrift.CHANGE_WINDOW,
            minute,
            isShared,
            known);
  }

  DriftJudgement shared(Severity raised) {
    return new DriftJudgement(
        calls, network, partner, settings, reason, raised, gate, firing, true, known);
  }

  Location location() {
    return Objects.requireNonNull(calls.location());
  }
}
