package dev.lockstep.detections;

import dev.lockstep.rules.Aggregate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Events of a fact, by their ids. */
public final class EventIds implements Aggregate {
  private final Map<String, Kept> events = new TreeMap<>();

  @Override
  public boolean add(Kept event) {
    return events.putIfAbsent(event.event().eventId(), event) == null;
  }

  @Override
  public boolean remove(Kept event) {
    return events.remove(event.event().eventId()) != null;
  }

  @Override
  public int size() {
    return events.size();
  }

  @Override
  public List<Kept> kept() {
    return List.copyOf(events.values());
  }

  @Override
  public String mark() {
    return "";
  }

  @Override
  public void restore(List<Kept> kept, String mark) {
    kept.forEach(this::add);
  }
}
