package dev.lockstep.detections;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts observations into a day's stays, and lets go of what is too much.
 *
 * <p>What results depends on the set of observations alone: two that are alike and closer than the
 * gap are one stay, whichever came first. Stays are counted in <em>slots</em>, times as long as the
 * gap in which a kind of stay was observed: how many there are only grows with more observations,
 * which is not so with stays, since they merge. Kinds are kept in the order of their hash as long
 * as their slots together are not too many; what was let go once never comes back.
 */
final class Stays {
  private final long gapMillis;
  private final int mostSlots;

  Stays(long gapMillis, int mostSlots) {
    this.gapMillis = gapMillis;
    this.mostSlots = mostSlots;
  }

  /**
   * What became of an observation.
   *
   * @param held the stay that it is in now, or would be if its kind were kept
   * @param kept whether its kind is kept
   * @param changed whether something worth keeping changed
   * @param moved whether the stay is new or reaches further than before, so that it is to be
   *     compared again
   */
  record Put(Held held, boolean kept, boolean changed, boolean moved) {}

  /** Puts an observation in; what is too much then is for {@link #letGo}. */
  Put put(DayPage day, Stay observation) {
    Held added = new Held(observation);
    if (!day.keeps(added)) {
      return new Put(added, false, false, true);
    }
    List<Held> stays = day.stays();
    Held merged = null;
    boolean moved = false;
    boolean changed = false;
    int alike = -1;
    for (int i = 0; i < stays.size(); i++) {
      Held held = stays.get(i);
      Stay stay = held.stay();
      if (!stay.getSpot().getAddress().equals(observation.getSpot().getAddress())) {
        continue;
      }
      alike = i;
      Stay reference = merged == null ? observation : merged.stay();
      if (!alike(stay, observation) || !near(stay, reference)) {
        continue;
      }
      if (merged == null) {
        long first = held.firstAt();
        long last = held.lastAt();
        changed = extend(stay, observation);
        moved = held.firstAt() < first || held.lastAt() > last;
        merged = held;
      } else {
        extend(merged.stay(), stay);
        stays.remove(i--);
        moved = true;
        changed = true;
      }
    }
    if (merged != null) {
      return new Put(merged, true, changed, moved);
    }
    if (alike < 0) {
      stays.add(added);
    } else {
      stays.add(alike + 1, added); // beside those of its address: their spots are stored once
    }
    return new Put(added, true, true, true);
  }

  /** Returns whether there is more than is kept. */
  boolean tooMany(DayPage day) {
    return slots(day.stays()) > mostSlots;
  }

  /** Lets the kinds go that are too much. */
  void letGo(DayPage day) {
    List<Held> stays = day.stays();
    for (long slots = slots(stays); slots > mostSlots; slots = slots(stays)) {
      long largest = Long.MIN_VALUE;
      for (Held held : stays) {
        largest = Math.max(largest, held.kind());
      }
      long going = largest;
      stays.removeIf(held -> held.kind() == going);
      day.ceiling(going);
    }
  }

  private long slots(List<Held> stays) {
    long slots = 0;
    for (Held held : stays) {
      slots += slot(held.lastAt()) - slot(held.firstAt()) + 1;
    }
    return slots;
  }

  /** No slot between a stay's first and last is without an observation, and no two stays share. */
  private long slot(long at) {
    return Math.floorDiv(at, Math.max(1, gapMillis));
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
    boolean changed =
        (first != stay.getFirst() && !first.equals(stay.getFirst()))
            || (last != stay.getLast() && !last.equals(stay.getLast()));
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
}
