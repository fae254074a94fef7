package dev.lockstep.detections;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts observations into a day's stays. What results depends on the set of observations alone: two
 * that are alike and closer than the gap are one stay, whichever came first.
 */
final class Stays {
  private final long gapMillis;
  private final int mostKinds;

  Stays(long gapMillis, int mostKinds) {
    this.gapMillis = gapMillis;
    this.mostKinds = mostKinds;
  }

  /**
   * What became of an observation.
   *
   * @param stay the stay that it is in now, null if the day is full and it was not kept
   * @param changed whether something worth keeping changed
   * @param moved whether the stay is new or reaches further than before, so that it is to be
   *     compared again
   * @param evicted whether another had to go for it, or the day has just become full
   */
  record Put(@Nullable Stay stay, boolean changed, boolean moved, boolean evicted) {}

  Put put(PrincipalDay day, Stay observation) {
    List<Stay> stays = day.getStays();
    Stay merged = null;
    boolean moved = false;
    boolean changed = false;
    for (int i = 0; i < stays.size(); i++) {
      Stay stay = stays.get(i);
      Stay reference = merged == null ? observation : merged;
      if (!alike(stay, observation) || !near(stay, reference)) {
        continue;
      }
      if (merged == null) {
        long first = stay.getFirst().getEventAt();
        long last = stay.getLast().getEventAt();
        changed = extend(stay, observation);
        moved = stay.getFirst().getEventAt() < first || stay.getLast().getEventAt() > last;
        merged = stay;
      } else {
        extend(merged, stay);
        stays.remove(i--);
        moved = true;
        changed = true;
      }
    }
    if (merged != null) {
      return new Put(merged, changed, moved, false);
    }
    stays.add(observation);
    return cap(day, observation);
  }

  /** Keeps the kinds of stays whose hash is smallest. */
  private Put cap(PrincipalDay day, Stay added) {
    List<Stay> stays = day.getStays();
    if (stays.size() <= mostKinds) {
      return new Put(added, true, true, false);
    }
    List<Long> kinds = stays.stream().map(Stays::kindHash).distinct().sorted().toList();
    if (kinds.size() <= mostKinds) {
      return new Put(added, true, true, false);
    }
    boolean newlyFull = !day.getOverflow();
    day.setOverflow(true);
    long largest = kinds.get(kinds.size() - 1);
    boolean itself = kindHash(added) == largest;
    // A list that Avro read lets nothing be removed but by its index.
    day.setStays(
        stays.stream()
            .filter(stay -> kindHash(stay) != largest)
            .collect(Collectors.toCollection(ArrayList::new)));
    return new Put(itself ? null : added, newlyFull || !itself, !itself, newlyFull || !itself);
  }

  private boolean near(Stay one, Stay other) {
    long apart =
        Math.max(
            one.getFirst().getEventAt() - other.getLast().getEventAt(),
            other.getFirst().getEventAt() - one.getLast().getEventAt());
    return apart <= 0 || apart < gapMillis;
  }

  /** Stretches a stay over another; returns whether an end or its citation changed. */
  private static boolean extend(Stay stay, Stay other) {
    Cited first = Citations.earlier(stay.getFirst(), other.getFirst());
    Cited last = Citations.later(stay.getLast(), other.getLast());
    boolean changed = first != stay.getFirst() || last != stay.getLast();
    if (changed && first.equals(stay.getFirst()) && last.equals(stay.getLast())) {
      changed = false;
    }
    stay.setFirst(first);
    stay.setLast(last);
    return changed;
  }

  static boolean alike(Stay one, Stay other) {
    Spot here = one.getSpot();
    Spot there = other.getSpot();
    return here.getAddress().equals(there.getAddress())
        && one.getApiCall() == other.getApiCall()
        && one.getInteractive() == other.getInteractive()
        && one.getTrustedDevice() == other.getTrustedDevice()
        && one.getSingleFactor() == other.getSingleFactor()
        && Objects.equals(one.getDeviceId(), other.getDeviceId())
        && Objects.equals(here.getAsn(), there.getAsn())
        && here.getNetworkClass().equals(there.getNetworkClass())
        && samePlace(here.getPlace(), there.getPlace());
  }

  private static boolean samePlace(@Nullable PlaceSeen one, @Nullable PlaceSeen other) {
    if (one == null || other == null) {
      return one == other;
    }
    return one.getLatitude() == other.getLatitude()
        && one.getLongitude() == other.getLongitude()
        && one.getAccuracyKm() == other.getAccuracyKm()
        && Objects.equals(one.getCountry(), other.getCountry())
        && Objects.equals(one.getCity(), other.getCity());
  }

  private static long kindHash(Stay stay) {
    Spot spot = stay.getSpot();
    PlaceSeen place = Objects.requireNonNull(spot.getPlace());
    return Findings.memberHash(
        String.join(
            "\n",
            spot.getAddress(),
            String.valueOf(spot.getAsn()),
            spot.getNetworkClass(),
            String.valueOf(place.getCountry()),
            String.valueOf(place.getCity()),
            place.getLatitude() + "," + place.getLongitude() + "," + place.getAccuracyKm(),
            stay.getApiCall() + "," + stay.getInteractive() + "," + stay.getTrustedDevice(),
            stay.getSingleFactor() + "," + stay.getDeviceId()));
  }
}
