package dev.lockstep.detections.topology;

import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Settings of Kafka Streams that bound the cost of state: limits of RocksDB, large batches and
 * compression. The operator's own settings override them.
 */
public final class StreamsDefaults {
  /**
   * Default settings of Kafka Streams in Lockstep, by name.
   *
   * <p>Batches are large, because a commit sends thousands of small records at once and the cost
   * per batch dominates. They are compressed, because facts of a subject are much alike, and the
   * time for sending and restoring that this saves exceeds the time for compression.
   */
  public static final Map<String, Object> ALL =
      Map.of(
          StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
          RocksDbLimits.class,
          StreamsConfig.producerPrefix("batch.size"),
          128 * 1024,
          StreamsConfig.producerPrefix("compression.type"),
          "lz4");

  private StreamsDefaults() {}
}
