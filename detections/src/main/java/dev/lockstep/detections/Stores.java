package dev.lockstep.detections;

import static org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore;
import static org.apache.kafka.streams.state.Stores.persistentKeyValueStore;

import dev.lockstep.schemas.SingleObject;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The named stores of the topology and how they are kept.
 *
 * @param persistent on disk with a changelog; otherwise in memory for one run
 * @param partitions how many partitions each stage has
 * @param forgetting whether state goes that nothing in time can be compared with any more
 */
record Stores(boolean persistent, int partitions, boolean forgetting) {
  private static final String DUE = "-due";
  private static final String INDEX = "-index";

  static final String SOURCE_CLOCKS = "source-clocks";
  static final String PRINCIPAL_DAYS = "principal-days";
  static final String PRINCIPAL_PROFILES = "principal-profiles";
  static final String TOKENS = "tokens";
  static final String TOKENS_DUE = "tokens-due";
  static final String PARTNER_DAYS = "partner-days";
  static final String FINDINGS = "findings";
  static final String ALERTS = "alerts";
  static final String ALERTS_DUE = "alerts-due";
  static final String PRESENCE = "presence";
  static final String PRESENCE_INDEX = "presence-index";
  static final String PRINCIPAL_ALERTS = "principal-alerts";
  static final String FINDING_ALERTS = "finding-alerts";
  static final String CALL_HALVES = "call-halves";
  static final String CALL_HALVES_DUE = "call-halves-due";
  static final String EDGE_HALVES = "edge-halves";
  static final String EDGE_HALVES_DUE = "edge-halves-due";

  /** Returns the supplier of a stage that keeps its state in the stores of these names. */
  <K, V, L, W> ProcessorSupplier<K, V, L, W> stage(
      Supplier<Processor<K, V, L, W>> stage, String... names) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<K, V, L, W> get() {
        return stage.get();
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Arrays.stream(names).map(Stores.this::builder).collect(Collectors.toSet());
      }
    };
  }

  StoreBuilder<KeyValueStore<Bytes, byte[]>> builder(String name) {
    if (persistent) {
      return keyValueStoreBuilder(persistentKeyValueStore(name)).withCachingEnabled();
    }
    // What is due, and an index, is walked in order; the rest is looked up by key.
    KeyValueBytesStoreSupplier supplier =
        name.endsWith(DUE) || name.endsWith(INDEX) ? inMemoryKeyValueStore(name) : hashed(name);
    return keyValueStoreBuilder(supplier).withCachingDisabled().withLoggingDisabled();
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> keyValueStoreBuilder(
      KeyValueBytesStoreSupplier supplier) {
    return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
        supplier, Serdes.Bytes(), Serdes.ByteArray());
  }

  private static KeyValueBytesStoreSupplier hashed(String name) {
    return new KeyValueBytesStoreSupplier() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public KeyValueStore<Bytes, byte[]> get() {
        return new HashedStore(name);
      }

      @Override
      public String metricsScope() {
        return "in-memory";
      }
    };
  }

  <T extends SpecificRecord> StateStore<T> open(
      ProcessingContext context, String name, Schema schema) {
    return open(context, name, schema, StateStore.Packing.none());
  }

  <T extends SpecificRecord> StateStore<T> open(
      ProcessingContext context, String name, Schema schema, StateStore.Packing<T> packing) {
    return new StateStore<>(raw(context, name), new SingleObject<T>(schema), packing);
  }

  DueTimes openDue(ProcessingContext context, String name) {
    return new DueTimes(raw(context, name));
  }

  PresenceIndex openIndex(ProcessingContext context, String name) {
    return new PresenceIndex(raw(context, name));
  }

  private static KeyValueStore<Bytes, byte[]> raw(ProcessingContext context, String name) {
    return context.getStateStore(name);
  }
}
