package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Severity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * DriftJudgement of alike calls of a day.
 *
 * @param calls the fact that they are kept as
 * @param network of the calls
 * @param reason why they fire, or null
 * @param severity of what fires, or null
 * @param gate what suppresses them, or the later ones of them; null if nothing does
 * @param firing up to which minute of the day calls fire, exclusive
 * @param isShared if calls of a known network lie within an hour
 * @param known what was known, or null where ranges are declared
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

  /** Returns the same where a change window suppresses the calls from a minute of the day on. */
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

  /** Returns the same with calls of a known network within an hour. */
  DriftJudgement shared(Severity raised) {
    return new DriftJudgement(
        calls, network, partner, settings, reason, raised, gate, firing, true, known);
  }

  Location location() {
    return Objects.requireNonNull(calls.location());
  }
}
