package dev.lockstep.detections.incident;

import dev.lockstep.schemas.IncidentGroup;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Store in memory of groups of findings, each of one principal or client address. */
public final class MemoryIncidentStore implements IncidentStore {
  private final TreeMap<String, IncidentGroup> groups = new TreeMap<>();

  /** Creates an empty store. */
  public MemoryIncidentStore() {}

  @Override
  public @Nullable IncidentGroup get(String group) {
    return groups.get(group);
  }

  @Override
  public void put(IncidentGroup group) {
    groups.put(group.getGroup(), group);
  }

  @Override
  public void delete(String group) {
    groups.remove(group);
  }

  @Override
  public void forEach(Consumer<IncidentGroup> each) {
    groups.values().forEach(each);
  }
}
