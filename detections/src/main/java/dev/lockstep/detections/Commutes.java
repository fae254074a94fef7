package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceDays;
import dev.lockstep.schemas.PrincipalProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What closed days say of a principal: on which days it was at which place, and which of these days
 * do not count, because a finding with that place stands or because more happened than is kept.
 *
 * <p>Days are sets of bits: bit n is the newest day less n.
 */
final class Commutes implements ImpossibleTravel.CommuteReader {
  /** The days that are read for an event of day D: D-30 to D-2. */
  static final int OLDEST = 30;

  static final int YOUNGEST = 2;

  /** Longer ago than this, a day can serve no event that is still read. */
  static final int KEPT_DAYS = Long.SIZE;

  private final int mostPlaces;
  private final Map<PlaceKey, Seen> places = new HashMap<>();
  private int newest = Integer.MIN_VALUE;
  private long silent;

  /** The days at one place. */
  private static final class Seen {
    private final long hash;
    private long seen;
    private long found;

    Seen(PlaceKey place, long seen, long found) {
      this.hash = Findings.memberHash(place.country() + "\n" + place.city());
      this.seen = seen;
      this.found = found;
    }
  }

  Commutes(int mostPlaces) {
    this.mostPlaces = mostPlaces;
  }

  Commutes(int mostPlaces, PrincipalProfile profile) {
    this(mostPlaces);
    newest = profile.getNewest();
    silent = profile.getSilent();
    for (PlaceDays place : profile.getPlaces()) {
      PlaceKey key = PlaceKey.of(place.getCountry(), place.getCity());
      places.put(key, new Seen(key, place.getSeen(), place.getFound()));
    }
  }

  PrincipalProfile profile() {
    List<PlaceDays> seen = new ArrayList<>(places.size());
    places.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry ->
                seen.add(
                    new PlaceDays(
                        entry.getKey().country(),
                        entry.getKey().city(),
                        entry.getValue().seen,
                        entry.getValue().found)));
    return new PrincipalProfile(newest, silent, seen);
  }

  /**
   * What became of an observation.
   *
   * @param changed whether it is the first at its place on its day
   * @param readers the days with observations whose closed days it changed
   */
  record Noted(boolean changed, NavigableSet<Integer> readers) {
    private static final Noted NOTHING = new Noted(false, new TreeSet<>());
  }

  /**
   * Notes that the principal was at a place on a day. A place that is not kept, since there are too
   * many, counts as a history only.
   */
  Noted seen(PlaceKey place, int day) {
    if (newest - (long) day >= KEPT_DAYS) {
      return Noted.NOTHING;
    }
    advance(day);
    NavigableSet<Integer> readers = new TreeSet<>();
    Seen at = places.get(place);
    if (at == null) {
      at = room(place, readers);
    }
    long bit = bit(day);
    if ((at.seen & bit) != 0 && readers.isEmpty()) {
      return Noted.NOTHING;
    }
    at.seen |= bit;
    readers.addAll(daysThatRead(day));
    return new Noted(true, readers);
  }

  private void advance(int day) {
    if (day <= newest) {
      return;
    }
    if (newest != Integer.MIN_VALUE) {
      int by = day - newest;
      silent = shifted(silent, by);
      places
          .values()
          .removeIf(
              place -> {
                place.seen = shifted(place.seen, by);
                place.found = shifted(place.found, by);
                return place.seen == 0;
              });
    }
    newest = day;
  }

  /** Makes room for a place: those whose hash is smallest are kept. */
  private Seen room(PlaceKey place, NavigableSet<Integer> readers) {
    Seen added = new Seen(place, 0, 0);
    if (!place.equals(PlaceKey.NOWHERE)
        && places.size() - (places.containsKey(PlaceKey.NOWHERE) ? 1 : 0) >= mostPlaces) {
      Map.Entry<PlaceKey, Seen> largest =
          places.entrySet().stream()
              .filter(entry -> !entry.getKey().equals(PlaceKey.NOWHERE))
              .max(Comparator.comparingLong(entry -> entry.getValue().hash))
              .orElseThrow();
      Seen nowhere =
          places.computeIfAbsent(PlaceKey.NOWHERE, key -> new Seen(PlaceKey.NOWHERE, 0, 0));
      if (added.hash >= largest.getValue().hash) {
        return nowhere;
      }
      // Its days still are a history, and days that others are read on.
      days(largest.getValue().seen).forEach(dropped -> readers.addAll(daysThatRead(dropped)));
      nowhere.seen |= largest.getValue().seen;
      places.remove(largest.getKey());
    }
    places.put(place, added);
    return added;
  }

  /** Returns on how many days from D-30 to D-2 the principal was there, as far as days count. */
  @Override
  public int daysAt(PlaceKey place, int day) {
    Seen at = places.get(place);
    return at == null ? 0 : Long.bitCount(at.seen & ~at.found & ~silent & closed(day));
  }

  /** Returns the days that a place was seen on, ascending. */
  NavigableSet<Integer> daysSeen(PlaceKey place) {
    Seen at = places.get(place);
    return days(at == null ? 0 : at.seen);
  }

  /** Returns the days that do not count for a place: a finding stands, or the day is silent. */
  NavigableSet<Integer> daysThatDoNotCount(PlaceKey place) {
    Seen at = places.get(place);
    return days(at == null ? 0 : at.seen & (at.found | silent));
  }

  /** Returns the places seen, {@link PlaceKey#NOWHERE} among them. */
  Set<PlaceKey> places() {
    return Set.copyOf(places.keySet());
  }

  /** Returns whether nothing at all was seen from D-30 to D-2. */
  boolean coldStart(int day) {
    return (all() & closed(day)) == 0;
  }

  /** Returns the days with observations after {@code day} that read it as a closed day. */
  NavigableSet<Integer> daysThatRead(int day) {
    return days(all() & span(day + YOUNGEST, day + OLDEST));
  }

  /** Says at which places a finding of a day stands; returns whether that changes a commute. */
  boolean found(int day, Set<PlaceKey> with) {
    long bit = bit(day);
    boolean changed = false;
    for (Map.Entry<PlaceKey, Seen> place : places.entrySet()) {
      Seen at = place.getValue();
      long found = with.contains(place.getKey()) ? at.found | bit : at.found & ~bit;
      changed |= found != at.found;
      at.found = found;
    }
    return changed;
  }

  /** Says whether a day teaches nothing; returns whether that changes anything. */
  boolean silence(int day, boolean silently) {
    long days = silently ? silent | bit(day) : silent & ~bit(day);
    boolean changed = days != silent;
    silent = days;
    return changed;
  }

  private long all() {
    long all = 0;
    for (Seen place : places.values()) {
      all |= place.seen;
    }
    return all;
  }

  private long closed(int day) {
    return span(day - OLDEST, day - YOUNGEST);
  }

  /** Returns the set of days from one to another, both inclusive, as far as they are kept. */
  private long span(int from, int to) {
    long low = Math.max(0, (long) newest - to);
    long high = Math.min(KEPT_DAYS - 1, (long) newest - from);
    if (low > high) {
      return 0;
    }
    long upTo = high == KEPT_DAYS - 1 ? -1 : (1L << (high + 1)) - 1;
    return upTo & (-1L << low);
  }

  private long bit(int day) {
    return span(day, day);
  }

  private NavigableSet<Integer> days(long set) {
    TreeSet<Integer> days = new TreeSet<>();
    for (long left = set; left != 0; left &= left - 1) {
      days.add(newest - Long.numberOfTrailingZeros(left));
    }
    return days;
  }

  private static long shifted(long set, int by) {
    return by >= KEPT_DAYS ? 0 : set << by;
  }
}
