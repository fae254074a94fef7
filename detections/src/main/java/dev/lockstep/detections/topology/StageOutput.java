package dev.lockstep.detections.topology;

import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.RuleSet;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Item that a stage sends, with its destination. It is a record for a topic, or it has messages for
 * the next processor of the same task.
 *
 * @param target destination
 * @param partition partition of an internal topic; -1 for any other destination
 * @param key key of a record for the topics of detections or dead letters, otherwise null
 * @param value value of the record, or null for a tombstone; also null if the item has messages
 * @param headers headers, or null for none
 * @param observed messages for the next processor of the same task; null for a record
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record StageOutput(
    Target target,
    int partition,
    @Nullable String key,
    byte @Nullable [] value,
    @Nullable Headers headers,
    @Nullable Observed observed) {
  private static final int BY_KEY = -1;

  /** Destination of a stage's output. */
  enum Target {
    /** Stage {@code principal} in the same task, the only destination that is not a topic. */
    HERE,
    PRINCIPALS,
    SUBJECTS,
    HALVES,
    REVISIONS,
    FINDINGS,
    INCIDENTS,
    DETECTIONS,
    DEAD_LETTERS
  }

  /**
   * Messages to principals, and erasures, from stage {@code activity} to stage {@code principal} of
   * the same task.
   *
   * @param rules rules that the messages refer to
   * @param watermark watermark of the activities
   */
  record Observed(
      RuleSet rules,
      List<Message> messages,
      Watermark watermark,
      List<StagePayload.OfErasure> erasures) {}

  static StageOutput to(Target target, int partition, byte[] value) {
    return new StageOutput(target, partition, null, value, null, null);
  }

  static StageOutput keyed(
      Target target, String key, byte @Nullable [] value, @Nullable Headers headers) {
    return new StageOutput(target, BY_KEY, key, value, headers, null);
  }

  static StageOutput here(Observed observed) {
    return new StageOutput(Target.HERE, BY_KEY, null, null, null, observed);
  }
}
