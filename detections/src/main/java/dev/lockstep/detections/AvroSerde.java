package dev.lockstep.detections;

import dev.lockstep.schemas.SingleObject;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Single-object encoding as Kafka wants it. One instance serves several threads.
 *
 * @param <T> the record
 */
final class AvroSerde<T extends SpecificRecord> implements Serde<T> {
  private final ThreadLocal<SingleObject<T>> codec;

  AvroSerde(Schema schema) {
    this.codec = ThreadLocal.withInitial(() -> new SingleObject<>(schema));
  }

  @Override
  public Serializer<T> serializer() {
    return (topic, record) -> record == null ? null : codec.get().encode(record);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (topic, bytes) -> bytes == null ? null : codec.get().decode(bytes);
  }
}
