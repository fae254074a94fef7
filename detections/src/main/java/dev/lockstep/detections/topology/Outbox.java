package dev.lockstep.detections.topology;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.BundleReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sender of a task's output to other stages and to the dead letters, which also decodes the records
 * that come from other stages. It collects the parts for a stage and partition, and sends them as
 * one record when the record is full or flushed. For one thread.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final long LOG_EVERY = 1000;
  private static final int DETAIL_CHARS = 200;

  /**
   * Largest body of a dead letter in bytes. A broker accepts messages of 1 MiB by default, and a
   * dead letter holds more than its body.
   */
  private static final int LETTER_BYTES = 1_000_000;

  /**
   * Empty key that every forwarded record gets, because Kafka Streams drops records without a key
   * on their way to an internal topic.
   */
  private static final byte[] NO_KEY = {};

  private final ProcessorContext<byte[], StageOutput> context;
  private final int partitions;
  private final StagePayloadCodec codec;
  private final DetectionCounters counts;
  private final String task;
  private final Map<Target, List<Parcel>> parcels = new EnumMap<>(Target.class);
  private final SingleObject<DeadLetter> letterCodec =
      new SingleObject<>(DeadLetter.getClassSchema());
  private Watermark watermark;
  private long letters;

  /** Parts of the next record for one partition, which wait to be sent. */
  private static final class Parcel {
    private final List<byte[]> parts = new ArrayList<>();
    private int bytes = StageRecord.HEADER_BYTES;
  }

  Outbox(
      ProcessorContext<byte[], StageOutput> context,
      StageContext stageContext,
      StagePayloadCodec codec,
      String stage) {
    this.context = context;
    this.partitions = stageContext.layout().partitions();
    this.codec = codec;
    this.counts = stageContext.counts();
    this.task = Watermark.stage(stage, context.taskId().partition());
    this.watermark = new Watermark(task, 0, 0, false);
  }

  String task() {
    return task;
  }

  /** Decodes a record of an internal topic, and sends its unreadable parts to the dead letters. */
  StageRecord read(Record<byte[], StageOutput> record) {
    StageRecord read =
        StageRecord.decode(record.value() == null ? null : record.value().value(), codec);
    read.unread().forEach(each -> letter("foreign-record", each));
    return read;
  }

  /** Sets and returns the watermark that each record carries from now on. */
  Watermark watermark(long low, long grace, boolean overdue) {
    watermark = new Watermark(task, low, grace, overdue);
    return watermark;
  }

  void watermark(Watermark now) {
    watermark = now;
  }

  void add(Target target, int partition, StagePayload part) {
    add(target, partition, codec.encode(part));
  }

  void addToAll(Target target, StagePayload part) {
    byte[] encoded = codec.encode(part);
    for (int partition = 0; partition < partitions; partition++) {
      add(target, partition, encoded);
    }
  }

  private void add(Target target, int partition, byte[] part) {
    Parcel parcel = parcels(target).get(partition);
    int more = Integer.BYTES + part.length;
    if (!parcel.parts.isEmpty() && parcel.bytes + more > Bundle.MOST_BYTES) {
      send(target, partition, parcel);
    }
    parcel.parts.add(part);
    parcel.bytes += more;
  }

  private List<Parcel> parcels(Target target) {
    return parcels.computeIfAbsent(
        target,
        any -> {
          List<Parcel> all = new ArrayList<>(partitions);
          for (int i = 0; i < partitions; i++) {
            all.add(new Parcel());
          }
          return all;
        });
  }

  private void send(Target target, int partition, Parcel parcel) {
    forward(StageOutput.to(target, partition, StageRecord.encode(watermark, parcel.parts)));
    parcel.parts.clear();
    parcel.bytes = StageRecord.HEADER_BYTES;
  }

  void flush() {
    parcels.forEach(
        (target, all) -> {
          for (int partition = 0; partition < partitions; partition++) {
            Parcel parcel = all.get(partition);
            if (!parcel.parts.isEmpty()) {
              send(target, partition, parcel);
            }
          }
        });
  }

  /**
   * Sends one record with the watermark to each partition of a target's internal topic. The record
   * also has the parts that were added for the partition and not sent yet, if there are any.
   */
  void flushToAll(Target target) {
    List<Parcel> all = parcels(target);
    for (int partition = 0; partition < partitions; partition++) {
      send(target, partition, all.get(partition));
    }
  }

  void forward(StageOutput output) {
    context.forward(new Record<>(NO_KEY, output, now(), output.headers()));
  }

  long now() {
    return Math.max(0, context.currentSystemTimeMs());
  }

  /** Sends the unread bytes of the record that is being processed to the dead letters. */
  void letter(String reason, BundleReader.Unread unread) {
    Where where = new Where("detect", null, null, -1, -1L, unread.index());
    RecordMetadata from = context.recordMetadata().orElse(null);
    if (from != null) {
      where.setHub(from.topic());
      where.setPartition(from.partition());
      where.setPosition(from.offset());
    }
    if (letters++ % LOG_EVERY == 0) {
      LOG.warn(
          "could not read the record at {}-{} offset {}, or a part of it ({}); the unread bytes"
              + " became a dead letter (dead letter {} of this task). If a newer version of"
              + " Lockstep wrote them, update this instance; otherwise find out which program"
              + " writes to this topic. Each task logs its first dead letter and then one in 1,000.",
          where.getHub(),
          where.getPartition(),
          where.getPosition(),
          Quoted.excerpt(unread.why(), DETAIL_CHARS),
          letters);
    }
    send(reason, where, unread.bytes(), unread.why());
  }

  /**
   * Sends the id of a stored call or Front Door request to the dead letters. The reason is that
   * bytes that are stored for it, such as an identity link, cannot be read.
   */
  void letter(String id, String why) {
    if (letters++ % LOG_EVERY == 0) {
      LOG.warn(
          "the stage \"join\" could not read the stored data of {}, a call or a request to Front Door ({})."
              + " It is not joined; its dead letter has the id without the data"
              + " (dead letter {} of this task). If a newer version of Lockstep wrote the data,"
              + " update this instance. Each task logs its first dead letter and then one in 1,000.",
          Quoted.excerpt(id, DETAIL_CHARS),
          Quoted.excerpt(why, DETAIL_CHARS),
          letters);
    }
    Where where = new Where("detect", null, null, -1, -1L, 0);
    send("foreign-record", where, id.getBytes(StandardCharsets.UTF_8), why);
  }

  private void send(String reason, Where where, byte[] bytes, String why) {
    counts.deadLetter();
    DeadLetter letter = new DeadLetter();
    letter.setReason(reason);
    letter.setDetail(Quoted.excerpt(why, DETAIL_CHARS));
    letter.setWhere(where);
    letter.setArrivalAt(now());
    letter.setBody(ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, LETTER_BYTES)));
    forward(StageOutput.keyed(Target.DEAD_LETTERS, "detect", letterCodec.encode(letter), null));
  }
}
