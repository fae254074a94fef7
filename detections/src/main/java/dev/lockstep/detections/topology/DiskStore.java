package dev.lockstep.detections.topology;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Wrapper of a RocksDB store that avoids copies of the store's position, and does not close a store
 * whose folder was deleted.
 *
 * <p>It reports an empty {@link Position} in place of the offsets that the store has reached. Kafka
 * Streams gives these offsets to interactive queries, and nothing here makes such queries. The
 * empty position saves the copy that the store of RocksDB makes of its position for each record of
 * the changelog.
 *
 * <p>A store whose folder was deleted is not closed. RocksDB would write its memory into the folder
 * first, and without the folder it waits for ever or aborts the process.
 */
@SuppressWarnings(
    "deprecation") // Kafka asks for managesOffsets, which only the wrapped store knows
final class DiskStore implements KeyValueStore<Bytes, byte[]> {
  private static final Position NONE = Position.emptyPosition();

  private final KeyValueStore<Bytes, byte[]> store;
  private @Nullable Path folder;

  DiskStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  /** Returns a supplier of RocksDB stores, each in a wrapper of this class. */
  static KeyValueBytesStoreSupplier supplier(String name) {
    KeyValueBytesStoreSupplier rocksDb = Stores.persistentKeyValueStore(name);
    return new KeyValueBytesStoreSupplier() {
      @Override
      public String name() {
        return rocksDb.name();
      }

      @Override
      public KeyValueStore<Bytes, byte[]> get() {
        return new DiskStore(rocksDb.get());
      }

      @Override
      public String metricsScope() {
        return rocksDb.metricsScope();
      }
    };
  }

  @Override
  public Position getPosition() {
    return NONE;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    store.init(context, root);
    folder = context.stateDir().toPath().resolve("rocksdb").resolve(name());
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    store.commit(changelogOffsets);
  }

  @Override
  public @Nullable Long committedOffset(TopicPartition partition) {
    return store.committedOffset(partition);
  }

  @Override
  public boolean managesOffsets() {
    return store.managesOffsets();
  }

  @Override
  public void close() {
    if (folder == null || Files.exists(folder)) {
      store.close();
    }
  }

  @Override
  public boolean persistent() {
    return store.persistent();
  }

  @Override
  public boolean isOpen() {
    return store.isOpen();
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value) {
    store.put(key, value);
  }

  @Override
  public byte @Nullable [] putIfAbsent(Bytes key, byte @Nullable [] value) {
    return store.putIfAbsent(key, value);
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    store.putAll(entries);
  }

  @Override
  public byte @Nullable [] delete(Bytes key) {
    return store.delete(key);
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return store.get(key);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    return store.range(from, to);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    return store.all();
  }

  @Override
  public long approximateNumEntries() {
    return store.approximateNumEntries();
  }
}
