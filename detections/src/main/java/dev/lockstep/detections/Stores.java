package dev.lockstep.detections;

import dev.lockstep.schemas.SingleObject;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The named stores of the topology and how they are kept.
 *
 * @param persistent on disk with a changelog; otherwise in memory for one run
 * @param partitions how many partitions each stage has
 */
record Stores(boolean persistent, int partitions) {
  static final String SOURCE_CLOCKS = "source-clocks";
  static final String PRINCIPAL_DAYS = "principal-days";
  static final String PRINCIPAL_PROFILES = "principal-profiles";
  static final String TOKENS = "tokens";
  static final String TOKENS_DUE = "tokens-due";
  static final String PARTNER_DAYS = "partner-days";
  static final String FINDINGS = "findings";
  static final String CALL_HALVES = "call-halves";
  static final String CALL_HALVES_DUE = "call-halves-due";

  StoreBuilder<KeyValueStore<Bytes, byte[]>> builder(String name) {
    if (persistent) {
      return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
              org.apache.kafka.streams.state.Stores.persistentKeyValueStore(name),
              Serdes.Bytes(),
              Serdes.ByteArray())
          .withCachingEnabled();
    }
    return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
            org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore(name),
            Serdes.Bytes(),
            Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingDisabled();
  }

  <T extends SpecificRecord> StateStore<T> open(
      ProcessingContext context, String name, Schema schema) {
    return new StateStore<>(raw(context, name), new SingleObject<T>(schema));
  }

  DueTimes openDue(ProcessingContext context, String name) {
    return new DueTimes(raw(context, name));
  }

  private static KeyValueStore<Bytes, byte[]> raw(ProcessingContext context, String name) {
    return context.getStateStore(name);
  }
}
