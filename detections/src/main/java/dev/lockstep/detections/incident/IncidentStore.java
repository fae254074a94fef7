package dev.lockstep.detections.incident;

import dev.lockstep.schemas.IncidentGroup;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Store of groups of findings. Not for use by several threads. */
public interface IncidentStore {
  /**
   * Returns a group of findings, or null if it is not stored. A caller that changes it has to put
   * it back.
   */
  @Nullable IncidentGroup get(String group);

  /** Stores a group. */
  void put(IncidentGroup group);

  /** Deletes a group. */
  void delete(String group);

  /** Passes every group to a consumer. The store must not change meanwhile. */
  void forEach(Consumer<IncidentGroup> each);
}
