package dev.lockstep.detections.finding;

import dev.lockstep.schemas.FindingState;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Store of findings by id. Not for use by several threads. */
public interface FindingStore {
  /** Returns a finding, or null; who changes it has to put it. */
  @Nullable FindingState get(String id);

  /** Keeps a finding. */
  void put(String id, FindingState state);

  /** Drops a finding. */
  void delete(String id);

  /** Hands out every finding, in the order of ids; nothing may be put or deleted meanwhile. */
  void forEach(Consumer<FindingState> each);
}
