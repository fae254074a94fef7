package dev.lockstep.detections.finding;

import dev.lockstep.schemas.FindingState;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Store of findings in memory. */
public final class MemoryFindingStore implements FindingStore {
  private final TreeMap<String, FindingState> findings = new TreeMap<>();

  /** Creates an empty store. */
  public MemoryFindingStore() {}

  @Override
  public @Nullable FindingState get(String id) {
    return findings.get(id);
  }

  @Override
  public void put(String id, FindingState state) {
    findings.put(id, state);
  }

  @Override
  public void delete(String id) {
    findings.remove(id);
  }

  @Override
  public void forEach(Consumer<FindingState> each) {
    findings.values().forEach(each);
  }
}
