package dev.lockstep.detections.topology;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Codec of requests to erase a principal and of the answers to them.
 *
 * <p>A request is a record of the activity topic under the principal's id, so that it comes after
 * all earlier records of the principal. Every change that it causes in the topic of detections has
 * the request's id in a header. The changes are tombstones and revisions of findings. Each task
 * that has erased the principal answers by a record with a key of its own and without a value.
 */
public final class ErasureCodec {

  private static final String KEY = "erased/";

  /**
   * Stage name in the answer of a {@code principal} task that has erased a principal from the
   * records of other principals. An answer names a task by stage and partition, as in {@code
   * others-3} for partition 3.
   */
  static final String OTHERS = "others";

  private ErasureCodec() {}

  /** Returns the Kafka record that requests an erasure. */
  public static ProducerRecord<byte[], byte[]> record(String activityTopic, Erasure erasure) {
    byte[] key = erasure.getPrincipal().getBytes(StandardCharsets.UTF_8);
    Headers headers = new RecordHeaders().add(HeaderNames.ERASE, encoded(erasure));
    return new ProducerRecord<>(activityTopic, null, key, null, headers);
  }

  static byte[] encoded(Erasure erasure) {
    return new SingleObject<Erasure>(Erasure.getClassSchema()).encode(erasure);
  }

  /** Returns the names of all tasks that answer a request to erase. */
  public static Set<String> answers(int partitions) {
    TreeSet<String> answers = new TreeSet<>();
    for (String stage : List.of(JoinStage.NAME, SubjectStage.NAME, OTHERS, FindingStage.NAME)) {
      for (int partition = 0; partition < partitions; partition++) {
        answers.add(Watermark.stage(stage, partition));
      }
    }
    return answers;
  }

  /**
   * Returns the id of the erasure request that caused a record of the topic of detections, or null
   * if none caused it.
   */
  public static @Nullable String request(Headers headers) {
    Header header = headers.lastHeader(HeaderNames.ERASE);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /**
   * Returns the task or finding named by an answer to an erasure request, or null for any other
   * record. The result is the name of a task, such as {@code join-3}, or the id of a finding. It is
   * part of the key of the record that answers.
   */
  public static @Nullable String answer(String request, String key) {
    String start = KEY + request + "/";
    return key.startsWith(start) ? key.substring(start.length()) : null;
  }

  /**
   * Returns the erasure request in the headers of a Kafka record, or null if the headers have no
   * readable request.
   */
  static @Nullable Erasure of(Headers headers) {
    Header header = headers.lastHeader(HeaderNames.ERASE);
    if (header == null || header.value() == null) {
      return null;
    }
    try {
      return new SingleObject<Erasure>(Erasure.getClassSchema()).decode(header.value());
    } catch (RuntimeException e) { // any exception that foreign bytes cause in the decoder
      return null;
    }
  }

  /**
   * Returns the payload by which a task passes an erasure to another stage.
   *
   * @param stage name of the task that passes the erasure on
   * @param findings ids of the findings to erase; null to erase the principal from all state and
   *     all findings
   */
  static StagePayload passedOn(
      ErasedPrincipal erasing, String stage, @Nullable List<String> findings) {
    return new StagePayload.OfErasure(
        Erasure.newBuilder(erasing.request())
            .setStage(stage)
            .setFindings(findings)
            .setPast(List.of())
            .build());
  }

  static Headers answering(String request) {
    return new RecordHeaders().add(HeaderNames.ERASE, request.getBytes(StandardCharsets.UTF_8));
  }

  static String answerKey(String request, String task) {
    return KEY + request + "/" + task;
  }
}
