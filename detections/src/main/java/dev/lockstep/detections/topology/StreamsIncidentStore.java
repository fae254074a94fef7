package dev.lockstep.detections.topology;

import dev.lockstep.detections.incident.IncidentStore;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.SingleObject;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Store of groups of findings, each of one principal or client address, in a state store of Kafka
 * Streams.
 */
final class StreamsIncidentStore implements IncidentStore {
  static final String NAME = "incidents" + StateFormat.SUFFIX;

  private final KeyValueStore<String, byte[]> store;
  private final SingleObject<IncidentGroup> codec =
      new SingleObject<>(IncidentGroup.getClassSchema());
  private final StoredRecords<IncidentGroup> records;

  StreamsIncidentStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
    this.records = new StoredRecords<>(store, codec);
  }

  @Override
  public @Nullable IncidentGroup get(String group) {
    return records.get(group);
  }

  @Override
  public void put(IncidentGroup group) {
    store.put(group.getGroup(), codec.encode(group));
  }

  @Override
  public void delete(String group) {
    store.delete(group);
  }

  @Override
  public void forEach(Consumer<IncidentGroup> each) {
    records.forEach((key, record) -> each.accept(record));
  }
}
