package dev.lockstep.detections.topology;

import dev.lockstep.detections.engine.Message;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Output of a stage.
 *
 * @param target where it goes
 * @param partition of the topic, where the target is an internal one
 * @param key of the record, where the target is a topic of detections or dead letters
 * @param value of the record; null is a tombstone
 * @param headers of the record, null for none
 * @param observed what goes to the next processor of the same task as it is
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Outgoing(
    Target target,
    int partition,
    @Nullable String key,
    byte @Nullable [] value,
    @Nullable Headers headers,
    @Nullable Observed observed) {
  private static final int BY_KEY = -1;

  /** Places that something can go to. */
  enum Target {
    /** Principals of the same task. */
    HERE,
    PRINCIPALS,
    SUBJECTS,
    HALVES,
    REVISIONS,
    FINDINGS,
    DETECTIONS,
    DEAD_LETTERS
  }

  /**
   * Meaning of activities for the principals of their task.
   *
   * @param watermark null if it is not to be handed on now
   */
  record Observed(List<Message> messages, Watermark watermark, List<Part.OfErasure> erasures) {}

  /** Returns a record to a partition of an internal topic. */
  static Outgoing to(Target target, int partition, byte[] value) {
    return new Outgoing(target, partition, null, value, null, null);
  }

  /** Returns a record that goes by its key. */
  static Outgoing keyed(
      Target target, String key, byte @Nullable [] value, @Nullable Headers headers) {
    return new Outgoing(target, BY_KEY, key, value, headers, null);
  }

  /** Returns what stays in the task. */
  static Outgoing here(Observed observed) {
    return new Outgoing(Target.HERE, BY_KEY, null, null, null, observed);
  }
}
