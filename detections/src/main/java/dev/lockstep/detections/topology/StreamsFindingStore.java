package dev.lockstep.detections.topology;

import dev.lockstep.detections.finding.FindingStore;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.SingleObject;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Store of findings that is a state store of Kafka Streams. */
final class StreamsFindingStore implements FindingStore {
  static final String NAME = "findings";

  private final KeyValueStore<String, byte[]> store;
  private final SingleObject<FindingState> codec =
      new SingleObject<>(FindingState.getClassSchema());

  StreamsFindingStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  @Override
  public @Nullable FindingState get(String id) {
    byte[] value = store.get(id);
    return value == null ? null : codec.decode(value);
  }

  @Override
  public void put(String id, FindingState state) {
    store.put(id, codec.encode(state));
  }

  @Override
  public void delete(String id) {
    store.delete(id);
  }

  @Override
  public void forEach(Consumer<FindingState> each) {
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      all.forEachRemaining(entry -> each.accept(codec.decode(entry.value)));
    }
  }
}
