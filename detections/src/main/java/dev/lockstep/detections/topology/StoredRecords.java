package dev.lockstep.detections.topology;

import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.Quoted;
import java.util.function.BiConsumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader and writer of Avro records in a state store of Kafka Streams. Reading passes over bytes
 * without the header of Avro's single-object encoding, since no version of Lockstep wrote them. It
 * also passes over a record of this version that is damaged. A record of a newer version is a
 * failure, so that nothing is lost before the newer version runs again.
 *
 * @param <T> the generated record class
 */
final class StoredRecords<T extends SpecificRecord> implements KeyedStore<T> {
  private static final Logger LOG = LoggerFactory.getLogger(StoredRecords.class);

  private final KeyValueStore<String, byte[]> store;
  private final SingleObject<T> codec;
  private boolean isWarned;

  StoredRecords(KeyValueStore<String, byte[]> store, SingleObject<T> codec) {
    this.store = store;
    this.codec = codec;
  }

  @Override
  public @Nullable T get(String key) {
    byte[] value = store.get(key);
    return value == null ? null : decoded(key, value);
  }

  @Override
  public void put(String key, T record) {
    store.put(key, codec.encode(record));
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  @Override
  public void forEach(BiConsumer<String, T> each) {
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      all.forEachRemaining(
          entry -> {
            T record = decoded(entry.key, entry.value);
            if (record != null) {
              each.accept(entry.key, record);
            }
          });
    }
  }

  private @Nullable T decoded(String key, byte[] value) {
    if (!SingleObject.isFramed(value)) {
      warn(key, value, "do not begin with the header of Avro's single-object encoding");
      return null;
    }
    try {
      return codec.decode(value);
    } catch (SingleObject.UnknownSchemaException e) {
      throw new AvroRuntimeException(
          "could not read the record %s of the store %s: %s"
              .formatted(Quoted.of(key), store.name(), e.getMessage()),
          e);
    } catch (AvroRuntimeException e) {
      warn(key, value, "cannot be decoded");
      return null;
    }
  }

  private void warn(String key, byte[] value, String what) {
    if (!isWarned) {
      isWarned = true;
      LOG.warn(
          "The changelog of the store {} has a record with the key {} that is damaged, or that"
              + " another program wrote; its {} bytes {}. Such records are left out. Let no"
              + " other program write to the changelog.",
          store.name(),
          Quoted.of(key),
          value.length,
          what);
    }
  }
}
