package dev.lockstep.detections;

import dev.lockstep.detections.PartnerTimeline.Known;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.ChangeWindow;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Severity;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rule {@code partner-ip-drift}: judges what a partner did on one day. */
final class PartnerDrift {
  static final String ID = RuleInfo.PARTNER_IP_DRIFT.id();

  static final String OUTSIDE_ALLOWLIST = "outside-allowlist";
  static final String NEW_COUNTRY = "new-country";
  static final String HOSTING = "hosting";
  static final String NEW_NETWORK = "new-network";

  private static final int HOUR_MINUTES = 60;

  private final RuleSettings.Drift settings;

  PartnerDrift(RuleSettings.Drift settings) {
    this.settings = settings;
  }

  /**
   * What judging alike calls of a day gave.
   *
   * @param use the calls
   * @param reason why they fired, null if they are quiet
   * @param severity null if they are quiet
   * @param gate what keeps them, or some of them, quiet; null if nothing does
   * @param minutes the minutes of those that fired
   * @param sharedKey whether calls of a known network lie within an hour
   * @param known what was known, null where it was not asked
   */
  record Judgement(
      PartnerUse use,
      @Nullable String reason,
      @Nullable Severity severity,
      @Nullable String gate,
      BitSet minutes,
      boolean sharedKey,
      @Nullable Known known) {
    static Judgement quiet(PartnerUse use, String gate, @Nullable Known known) {
      return new Judgement(use, null, null, gate, new BitSet(), false, known);
    }

    boolean telling() {
      return NEW_COUNTRY.equals(reason) || HOSTING.equals(reason);
    }
  }

  Judgement judge(PartnerUse use, int day, PartnerTimeline timeline, Partner partner) {
    BitSet minutes = BitSet.valueOf(use.getMinutes());
    if (partner.hasCidrs()) {
      if (use.getDeclared()) {
        return Judgement.quiet(use, "declared", null);
      }
      return use.getInChangeWindow()
          ? Judgement.quiet(use, "change-window", null)
          : new Judgement(use, OUTSIDE_ALLOWLIST, Severity.High, null, minutes, false, null);
    }
    Known known = timeline.known(day, partner, settings);
    NetworkKey network = NetworkKey.of(use.getSpot());
    if (!known.learned()) {
      return Judgement.quiet(use, "learning", known);
    }
    if (known.why(network) != null) {
      return Judgement.quiet(use, "known-network", known);
    }
    if (network.unknown()) {
      return Judgement.quiet(use, "no-network", known);
    }
    if (use.getInChangeWindow()) {
      return Judgement.quiet(use, "change-window", known);
    }
    if (network.country() != null && !known.countryKnown(network.country())) {
      return new Judgement(use, NEW_COUNTRY, Severity.High, null, minutes, false, known);
    }
    String networkClass = use.getSpot().getNetworkClass();
    if (networkClass.equals("hosting") || networkClass.equals("vpn")) {
      return new Judgement(use, HOSTING, Severity.High, null, minutes, false, known);
    }
    BitSet fired = outsideAftermath(minutes, day, partner);
    String gate = fired.cardinality() < minutes.cardinality() ? "change-window" : null;
    if (fired.isEmpty()) {
      return Judgement.quiet(use, "change-window", known);
    }
    boolean shared = sharesKey(use, fired, day, timeline, known);
    Severity severity = shared ? Findings.up(Severity.Medium) : Severity.Medium;
    return new Judgement(use, NEW_NETWORK, severity, gate, fired, shared, known);
  }

  /** Drops the minutes from a window's end to the end of the second UTC day after its last. */
  private static BitSet outsideAftermath(BitSet minutes, int day, Partner partner) {
    BitSet left = (BitSet) minutes.clone();
    for (ChangeWindow window : partner.changeWindows()) {
      int lastDay = Days.of(window.to() - 1);
      if (day < Days.of(window.to()) || day > lastDay + 2) {
        continue;
      }
      int from = day == Days.of(window.to()) ? Days.minuteOfDay(window.to()) : 0;
      left.clear(from, Days.MINUTES);
    }
    return left;
  }

  /** Returns whether a call of a known network lies within an hour of one of those that fired. */
  private static boolean sharesKey(
      PartnerUse fired, BitSet minutes, int day, PartnerTimeline timeline, Known known) {
    for (int other = day - 1; other <= day + 1; other++) {
      PartnerDay page = timeline.day(other);
      if (page == null) {
        continue;
      }
      int shift = (other - day) * Days.MINUTES;
      for (PartnerUse use : page.getUses()) {
        if (known.why(NetworkKey.of(use.getSpot())) != null
            && near(fired, minutes, use, BitSet.valueOf(use.getMinutes()), shift)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns whether some of two uses' calls lie within an hour. Exactly an hour of minutes apart,
   * it is told by the moments of the first and last calls; of the others no more than the minute is
   * known.
   *
   * @param shift minutes from the start of the one's day to the start of the other's
   */
  private static boolean near(
      PartnerUse one, BitSet minutes, PartnerUse other, BitSet others, int shift) {
    for (int minute = minutes.nextSetBit(0); minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
      int before = minute - HOUR_MINUTES - shift;
      int after = minute + HOUR_MINUTES - shift;
      int found = others.nextSetBit(Math.max(0, before + 1));
      if ((found >= 0 && found < after)
          || (before >= 0 && others.get(before) && withinHour(one, minute, other, before))
          || (after >= 0 && others.get(after) && withinHour(one, minute, other, after))) {
        return true;
      }
    }
    return false;
  }

  private static boolean withinHour(PartnerUse one, int minute, PartnerUse other, int otherMinute) {
    Long at = moment(one, minute);
    Long otherAt = moment(other, otherMinute);
    return at == null || otherAt == null || Math.abs(at - otherAt) <= HOUR_MINUTES * 60_000L;
  }

  /** Returns when the first call of a minute was, null where that is not kept. */
  private static @Nullable Long moment(PartnerUse use, int minute) {
    for (Cited cited : List.of(use.getFirst(), use.getLast())) {
      if (Days.minuteOfDay(cited.getEventAt()) == minute) {
        return cited.getEventAt();
      }
    }
    return null;
  }

  /** Returns whether calls that fired may lie within an hour of a minute of their day. */
  static boolean near(Judgement fired, int minute) {
    int found = fired.minutes().nextSetBit(Math.max(0, minute - HOUR_MINUTES));
    return found >= 0 && found <= minute + HOUR_MINUTES;
  }

  static int rank(@Nullable String reason) {
    return RuleInfo.PARTNER_IP_DRIFT.reasons().indexOf(Objects.requireNonNull(reason));
  }
}
