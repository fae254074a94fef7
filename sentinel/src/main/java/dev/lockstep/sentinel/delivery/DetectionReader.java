package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.delivery.Batch.Line;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader of detections from their topic into a batch. It skips those that the sink does not get,
 * such as detections of a rule in shadow mode.
 */
final class DetectionReader {
  /** Reason of a dead letter whose bytes are no detection: another program wrote them. */
  private static final String NOT_A_DETECTION = "not-a-detection";

  /**
   * Reason of a dead letter with a detection that the sink could not turn into a row, because of a
   * bug in Lockstep.
   */
  private static final String NO_ROW = "no-row";

  private static final Logger LOG = LoggerFactory.getLogger(DetectionReader.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(250);

  private final ForwarderConfig config;
  private final Sink sink;
  private final GroupMember group;
  private final Batch batch;
  private final UndeliverableRows undeliverable;
  private final RetryWaits retries;
  private final ForwarderCounts counts;
  private final DeliveryLog log;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());

  DetectionReader(
      ForwarderConfig config,
      Sink sink,
      GroupMember group,
      Batch batch,
      UndeliverableRows undeliverable,
      RetryWaits retries,
      ForwarderCounts counts,
      DeliveryLog log) {
    this.config = config;
    this.sink = sink;
    this.group = group;
    this.batch = batch;
    this.undeliverable = undeliverable;
    this.retries = retries;
    this.counts = counts;
    this.log = log;
  }

  /**
   * Reads the available records into the batch until it is full, and returns whether the topic
   * could be read.
   */
  boolean gather() throws InterruptedException {
    try {
      ConsumerRecords<byte[], byte[]> records = group.read(IDLE_POLL);
      while (!records.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
          read(record);
        }
        records =
            batch.isFull() || retries.isOver()
                ? ConsumerRecords.empty()
                : group.read(Duration.ZERO);
      }
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.cannotRead(e);
      retries.backOff();
      return false;
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    if (!group.isOutstanding(GroupMember.partition(record), record.offset())) {
      return; // the partition was lost since; its new owner reads the record again
    }
    byte[] value = record.value();
    if (value == null) { // tombstone of a compacted topic
      complete(record);
      return;
    }
    Detection detection;
    try {
      detection = codec.decode(value);
    } catch (RuntimeException e) { // whatever the decoder makes of foreign bytes
      giveUp(NOT_A_DETECTION, Quoted.excerpt(String.valueOf(e.getMessage()), 300), "", record);
      return;
    }
    if (DetectionStatus.isInShadow(detection)) {
      complete(record);
      counts.shadowed();
      return;
    }
    if (Instant.ofEpochMilli(detection.getEndTime()).isBefore(config.forwardFrom())) {
      complete(record);
      counts.archived();
      return;
    }
    Row row;
    try {
      row = sink.row(detection);
    } catch (RuntimeException e) {
      LOG.debug("the sink {} threw an exception while it made a row", config.sink(), e);
      giveUp(
          NO_ROW,
          Quoted.excerpt(Causes.outerAndInnermost(e), 300) + "; report this bug",
          detection.getId(),
          record);
      return;
    }
    Optional<Line> superfluous =
        batch.add(new Line(row, GroupMember.partition(record), record.offset(), arrivalAt(record)));
    if (superfluous.isPresent()) {
      group.complete(superfluous.get().partition(), superfluous.get().offset());
      counts.superseded();
    }
  }

  private void giveUp(
      String reason, String detail, String key, ConsumerRecord<byte[], byte[]> record)
      throws InterruptedException {
    undeliverable.giveUp(
        reason, detail, key, GroupMember.partition(record), record.offset(), record.value());
  }

  private static long arrivalAt(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(HeaderNames.CAUSE_ARRIVAL);
    byte[] value = header == null ? null : header.value();
    return value == null || value.length != Long.BYTES ? 0 : ByteBuffer.wrap(value).getLong();
  }

  private void complete(ConsumerRecord<byte[], byte[]> record) {
    group.complete(GroupMember.partition(record), record.offset());
  }
}
