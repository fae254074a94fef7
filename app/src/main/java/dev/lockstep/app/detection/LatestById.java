package dev.lockstep.app.detection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Map from the id of a detection to a value, limited to the detections that changed last.
 *
 * <p>A reader of a topic reads some partitions before others. What changed last is therefore
 * decided by the time at which a record was appended, and not by the order of reading.
 *
 * @param <T> type of the values
 */
public final class LatestById<T> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::at).thenComparingLong(Place::number);

  private final int most;
  private final Map<String, Place> places = new HashMap<>();
  private final TreeMap<Place, T> inOrder = new TreeMap<>(ORDER);
  private long number;

  /**
   * Position of a detection's value in the order in which the values changed. Changes at the same
   * time are in the order of reading.
   *
   * @param at time of the change, in milliseconds since 1970
   * @param number number of changes that were read before it
   */
  private record Place(String id, long at, long number) {}

  /**
   * Creates an empty collection.
   *
   * @param most largest number of values to keep
   */
  public LatestById(int most) {
    this.most = most;
  }

  /**
   * Stores or replaces the value of an id, and returns whether a value was dropped because there
   * were too many. The dropped value is the one with the earliest time, which may be the new one.
   *
   * @param at time of the change, in milliseconds since 1970
   */
  public boolean put(String id, long at, T value) {
    remove(id);
    Place place = new Place(id, at, number++);
    places.put(id, place);
    inOrder.put(place, value);
    boolean isFull = inOrder.size() > most;
    if (isFull) {
      remove(inOrder.firstKey().id());
    }
    return isFull;
  }

  public void remove(String id) {
    Place place = places.remove(id);
    if (place != null) {
      inOrder.remove(place);
    }
  }

  public @Nullable T get(String id) {
    Place place = places.get(id);
    return place == null ? null : inOrder.get(place);
  }

  /** Returns the values in the order in which they changed. */
  public List<T> all() {
    return new ArrayList<>(inOrder.values());
  }
}
