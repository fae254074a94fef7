package dev.lockstep.detections;

import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.schemas.Caller;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The calls that {@code partner-ip-drift} keeps of a partner's day: alike ones as one, and of too
 * many those with the smallest hashes, so that the order of arrival does not matter.
 */
final class PartnerDayUses {
  private final int cap;

  /**
   * Creates a keeper.
   *
   * @param cap how many uses of a day are kept, and how many callers of a use
   */
  PartnerDayUses(int cap) {
    this.cap = cap;
  }

  /**
   * What became of a sighting.
   *
   * @param use the calls that it belongs to, or would if they were kept
   * @param kept whether they are
   * @param changed whether there is something to judge
   * @param tooMany whether others have to go for it
   * @param from the first minute of the day of which something else is known now
   * @param to the last
   */
  record Put(PartnerUse use, boolean kept, boolean changed, boolean tooMany, int from, int to) {}

  /** Adds a call to the day's. */
  Put put(PartnerDay page, Sighting sighting, Cited cited, int minute) {
    Spot spot = Objects.requireNonNull(sighting.getSpot());
    Caller caller = new Caller(spot.getAddress(), sighting.getPrincipal(), minute);
    for (PartnerUse use : page.getUses()) {
      if (alike(use, sighting, spot)) {
        BitSet minutes = BitSet.valueOf(use.getMinutes());
        Cited first = Citations.earlier(use.getFirst(), cited);
        Cited last = Citations.lastMinute(use.getLast(), cited);
        boolean called = addCaller(use, caller);
        if (minutes.get(minute)
            && first.equals(use.getFirst())
            && last.equals(use.getLast())
            && !called) {
          return new Put(use, true, false, false, minute, minute);
        }
        int from = Math.min(minute, lost(use.getFirst(), first, minute));
        int to = Math.max(minute, lost(use.getFirst(), first, minute));
        from = Math.min(from, lost(use.getLast(), last, minute));
        to = Math.max(to, lost(use.getLast(), last, minute));
        minutes.set(minute);
        use.setMinutes(ByteBuffer.wrap(minutes.toByteArray()));
        use.setFirst(first);
        use.setLast(last);
        return new Put(use, true, true, false, from, to);
      }
    }
    BitSet minutes = new BitSet(Days.MINUTES);
    minutes.set(minute);
    PartnerUse added =
        new PartnerUse(
            spot,
            sighting.getDeclared(),
            sighting.getInChangeWindow(),
            ByteBuffer.wrap(minutes.toByteArray()),
            List.of(caller),
            cited,
            cited);
    if (page.getCeiling() != null && traitsHash(added) >= page.getCeiling()) {
      return new Put(added, false, true, false, minute, minute);
    }
    page.getUses().add(added);
    return new Put(added, true, true, page.getUses().size() > cap, minute, minute);
  }

  /** Returns the minute whose moment is not kept any more, or another one if it is. */
  private static int lost(Cited before, Cited now, int minute) {
    return before.equals(now) ? minute : Days.minuteOfDay(before.getEventAt());
  }

  /** Lets the calls go that come last, of a day that keeps too many. */
  static void letGo(PartnerDay page) {
    page.setCeiling(Findings.letLastGo(page.getUses(), PartnerDayUses::traitsHash));
  }

  /** Notes who called from where, and the first minute of it; returns whether that is new. */
  private boolean addCaller(PartnerUse use, Caller caller) {
    TreeMap<String, Caller> kept = new TreeMap<>();
    use.getCallers().forEach(one -> kept.put(key(one), one));
    Caller before = kept.get(key(caller));
    if (before != null && before.getMinute() <= caller.getMinute()) {
      return false;
    }
    kept.put(key(caller), caller);
    if (kept.size() > cap) {
      String dropped =
          Collections.max(kept.keySet(), Comparator.comparingLong(Findings::memberHash));
      kept.remove(dropped);
      if (dropped.equals(key(caller))) {
        return false;
      }
    }
    use.setCallers(List.copyOf(kept.values()));
    return true;
  }

  private static String key(Caller caller) {
    return caller.getAddress()
        + "\n"
        + (caller.getPrincipal() == null ? "" : caller.getPrincipal().getId());
  }

  private static boolean alike(PartnerUse use, Sighting sighting, Spot spot) {
    Spot other = use.getSpot();
    return use.getDeclared() == sighting.getDeclared()
        && use.getInChangeWindow() == sighting.getInChangeWindow()
        && other.getPrefix().equals(spot.getPrefix())
        && Objects.equals(other.getAsn(), spot.getAsn())
        && Objects.equals(other.getNetworkCountry(), spot.getNetworkCountry())
        && other.getNetworkClass().equals(spot.getNetworkClass());
  }

  private static long traitsHash(PartnerUse use) {
    Spot spot = use.getSpot();
    return Findings.memberHash(
        String.join(
            "\n",
            spot.getPrefix(),
            NetworkKey.of(spot).text(),
            spot.getNetworkClass(),
            use.getDeclared() + "," + use.getInChangeWindow()));
  }
}
