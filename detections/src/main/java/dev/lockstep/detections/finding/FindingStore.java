package dev.lockstep.detections.finding;

import dev.lockstep.schemas.FindingState;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Store of findings by id. Not for use by several threads. */
public interface FindingStore {
  /**
   * Returns the state of a finding, or null if none is stored. A caller that changes it has to put
   * it back.
   */
  @Nullable FindingState get(String id);

  /** Stores the state of a finding. */
  void put(String id, FindingState state);

  /** Deletes a finding. */
  void delete(String id);

  /**
   * Passes every finding to a consumer, in the order of ids. The store must not change meanwhile.
   */
  void forEach(Consumer<FindingState> each);
}
