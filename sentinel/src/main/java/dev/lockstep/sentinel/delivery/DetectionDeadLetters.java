package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Producer of the dead letters of detections that a sink refuses, which waits until each letter is
 * written or its failure is known.
 */
final class DetectionDeadLetters implements AutoCloseable {
  static final int MAX_BODY_BYTES = 1_000_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  // The timeout is short, because each letter was awaited when it was written.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());

  DetectionDeadLetters(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /** Writes a dead letter, and returns the failure, or an empty text if the letter is written. */
  String write(String key, DeadLetter letter) throws InterruptedException {
    byte[] value = codec.encode(letter);
    try {
      producer
          .send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
          .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return "";
    } catch (InterruptException e) {
      throw new InterruptedException();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return Quoted.excerpt(String.valueOf(e), 300);
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
