package dev.lockstep.detections.topology;

import dev.lockstep.detections.finding.FindingStore;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.SingleObject;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Store of findings that is a state store of Kafka Streams. */
final class StreamsFindingStore implements FindingStore {
  static final String NAME = "findings" + StateFormat.SUFFIX;

  private final KeyValueStore<String, byte[]> store;
  private final SingleObject<FindingState> codec =
      new SingleObject<>(FindingState.getClassSchema());
  private final StoredRecords<FindingState> records;

  StreamsFindingStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
    this.records = new StoredRecords<>(store, codec);
  }

  @Override
  public @Nullable FindingState get(String id) {
    return records.get(id);
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
    records.forEach((key, record) -> each.accept(record));
  }
}
