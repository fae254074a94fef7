package dev.lockstep.detections;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of internal topics that nobody of this project wrote: each becomes a dead letter, in the
 * transaction that passes it, and those behind it are read. One of a newer version is no such
 * record: its task stops until that version is back.
 */
public final class ForeignRecords implements DeserializationExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignRecords.class);
  private static final long LOG_EVERY = 1000;
  private static final int DETAIL_CHARS = 200;

  /** A broker takes messages of 1 MiB by default, and a letter holds more than the body. */
  private static final int LETTER_BYTES = 1_000_000;

  private final AtomicLong letters = new AtomicLong();
  private String deadLetters = "";

  /** Creates a handler that Kafka Streams configures. */
  public ForeignRecords() {}

  @Override
  public void configure(Map<String, ?> configs) {
    deadLetters =
        String.valueOf(
            Objects.requireNonNull(
                configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG)));
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception failure) {
    String place = "%s-%d offset %d".formatted(record.topic(), record.partition(), record.offset());
    if (failure instanceof SingleObject.UnknownSchemaException) {
      throw new IllegalStateException(
          "could not read %s: %s".formatted(place, failure.getMessage()), failure);
    }
    long number = letters.getAndIncrement();
    if (number % LOG_EVERY == 0) {
      LOG.warn(
          "a foreign record at {}, kept as a dead letter, number {}; find out who can write there",
          place,
          number + 1);
    }
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    return Response.resume(
        List.of(
            new ProducerRecord<>(
                deadLetters,
                "detect".getBytes(StandardCharsets.UTF_8),
                codec.encode(letter(record, failure)))));
  }

  private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record, Exception failure) {
    String why = String.valueOf(failure.getMessage());
    byte[] body = record.value() == null ? new byte[0] : record.value();
    DeadLetter letter = new DeadLetter();
    letter.setReason("foreign-record");
    letter.setDetail(why.substring(0, Math.min(why.length(), DETAIL_CHARS)));
    letter.setWhere(
        new Where("detect", record.topic(), null, record.partition(), record.offset(), 0));
    letter.setArrivalAt(record.timestamp());
    letter.setBody(ByteBuffer.wrap(body, 0, Math.min(body.length, LETTER_BYTES)));
    return letter;
  }
}
