package dev.lockstep.detections.topology;

import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/** Settings of Kafka Streams on which the cost of state rests; an operator's own go before them. */
public final class StateSettings {
  /**
   * The settings.
   *
   * <p>Large batches, since a commit sends thousands of small records at once: a batch is a third
   * of a record's cost in the producer's thread. Compressed, since facts of a subject are much
   * alike: the changelog is a third as long, and to send and to restore it costs less than to
   * compress it.
   */
  public static final Map<String, Object> ALL =
      Map.of(
          StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
          RocksDbLimits.class,
          StreamsConfig.producerPrefix("batch.size"),
          128 * 1024,
          StreamsConfig.producerPrefix("compression.type"),
          "lz4");

  private StateSettings() {}
}
