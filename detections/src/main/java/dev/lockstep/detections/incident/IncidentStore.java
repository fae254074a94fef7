package dev.lockstep.detections.incident;

import dev.lockstep.schemas.IncidentGroup;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Store of groups of findings, each of one principal or client address. Not for use by several
 * threads.
 */
public interface IncidentStore {
  /**
   * Returns the stored group of findings of a principal or client address, or null if there is
   * none. A caller that changes the group has to put it back.
   */
  @Nullable IncidentGroup get(String group);

  /** Stores the group of findings of a principal or client address. */
  void put(IncidentGroup group);

  /** Deletes the stored group of findings of a principal or client address. */
  void delete(String group);

  /** Passes each stored group of findings to a consumer. The store must not change meanwhile. */
  void forEach(Consumer<IncidentGroup> each);
}
