package dev.lockstep.detections.engine;

import dev.lockstep.schemas.Activity;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bounded memory of events, by which copies are counted; no verdict depends on it. */
public final class RecentEvents {
  private final Map<Long, Boolean> events;

  /** Creates one that remembers so many. */
  public RecentEvents(int most) {
    this.events =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > most;
          }
        };
  }

  /** Returns what stands for an event. */
  public static long identity(Activity activity) {
    return Hashes.of(activity.getCategory() + "\n" + activity.getEventId());
  }

  /** Adds an event by its identity; returns if it is not remembered. */
  public boolean add(long identity) {
    return events.put(identity, Boolean.TRUE) == null;
  }
}
