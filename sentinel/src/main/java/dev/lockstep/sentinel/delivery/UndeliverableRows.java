package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.apache.kafka.common.TopicPartition;

/**
 * Writer of dead letters for records that cannot be delivered or are not detections. It tries again
 * until the dead letter is written, and then marks the record's offset as done.
 *
 * <p>The retries end early if the forwarder ends or loses the partition.
 */
final class UndeliverableRows {
  private final ForwarderConfig config;
  private final DetectionDeadLetters deadLetters;
  private final GroupMember group;
  private final RetryWaits retries;
  private final ForwarderCounts counts;
  private final DeliveryLog log;
  private final InstantSource clock;

  UndeliverableRows(
      ForwarderConfig config,
      DetectionDeadLetters deadLetters,
      GroupMember group,
      RetryWaits retries,
      ForwarderCounts counts,
      DeliveryLog log,
      InstantSource clock) {
    this.config = config;
    this.deadLetters = deadLetters;
    this.group = group;
    this.retries = retries;
    this.counts = counts;
    this.log = log;
    this.clock = clock;
  }

  String refused() {
    return config.sink().equals(ForwarderConfig.SENTINEL) ? "sentinel-refused" : "sink-refused";
  }

  /**
   * Writes a dead letter and marks the record's offset as done, or returns false if the forwarder
   * ends or loses the partition before that.
   */
  boolean giveUp(
      String reason, String detail, String key, TopicPartition partition, long offset, byte[] body)
      throws InterruptedException {
    String source = config.sink().equals(ForwarderConfig.SENTINEL) ? "detections" : config.sink();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(reason)
            .setDetail(detail)
            .setWhere(
                Where.newBuilder()
                    .setSource(source)
                    .setHub(partition.topic())
                    .setPartition(partition.partition())
                    .setPosition(offset)
                    .build())
            .setArrivalAt(clock.instant().toEpochMilli())
            .setBody(
                ByteBuffer.wrap(
                    body, 0, Math.min(body.length, DetectionDeadLetters.MAX_BODY_BYTES)))
            .build();
    while (group.isOutstanding(partition, offset)) {
      String failure = deadLetters.write(key, letter);
      if (failure.isEmpty()) {
        group.complete(partition, offset);
        log.deadLetter(partition, offset, reason, detail);
        return true;
      }
      if (retries.isOver()) {
        return false;
      }
      log.cannotWriteDeadLetter(failure);
      counts.retried();
      retries.backOff();
    }
    return false;
  }
}
