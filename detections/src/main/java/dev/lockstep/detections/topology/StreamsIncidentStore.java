package dev.lockstep.detections.topology;

import dev.lockstep.detections.incident.IncidentStore;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.SingleObject;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Store of groups of findings in a state store of Kafka Streams. */
final class StreamsIncidentStore implements IncidentStore {
  static final String NAME = "incidents";

  private final KeyValueStore<String, byte[]> store;
  private final SingleObject<IncidentGroup> codec =
      new SingleObject<>(IncidentGroup.getClassSchema());

  StreamsIncidentStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  @Override
  public @Nullable IncidentGroup get(String group) {
    byte[] value = store.get(group);
    return value == null ? null : codec.decode(value);
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
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      all.forEachRemaining(entry -> each.accept(codec.decode(entry.value)));
    }
  }
}
