package dev.lockstep.detections;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Requests to erase a principal, and the answers to them.
 *
 * <p>A request is a record of the activity topic under the principal's id, so that it comes after
 * what was written of the principal before. Everything that it changes in the topic of detections
 * carries the request's id in a header: a tombstone of a finding, a revision of one, and, under a
 * key of its own and without a value, the answer of each task that has erased.
 */
public final class Erasures {
  static final String HEADER = "lockstep-erase";

  private static final String KEY = "erased/";
  private static final String FINDING = "finding-";

  private Erasures() {}

  /** Returns the record that asks for an erasure. */
  public static ProducerRecord<byte[], byte[]> record(String activityTopic, Erasure erasure) {
    byte[] key = erasure.getPrincipal().getBytes(StandardCharsets.UTF_8);
    Headers headers = new RecordHeaders().add(HEADER, encoded(erasure));
    return new ProducerRecord<>(activityTopic, null, key, null, headers);
  }

  static byte[] encoded(Erasure erasure) {
    return new SingleObject<Erasure>(Erasure.getClassSchema()).encode(erasure);
  }

  /** Returns whether a detection names the principal, by id or by one of its names. */
  public static boolean isNamed(Detection detection, Erasure erasure) {
    return !new Erasing(erasure).revised(detection).equals(detection);
  }

  /** Returns whether a detection is the principal's own, and so is deleted. */
  public static boolean isOwn(Detection detection, Erasure erasure) {
    return new Erasing(erasure).owns(detection);
  }

  /** Returns the answers that a request has in the end, of a topology of so many partitions. */
  public static Set<String> answers(int partitions) {
    TreeSet<String> answers = new TreeSet<>();
    for (String stage : List.of("link-", "edge-", "alert-", "token-", "partner-", FINDING)) {
      for (int partition = 0; partition < partitions; partition++) {
        answers.add(stage + partition);
      }
    }
    return answers;
  }

  /** Returns the id of the request that a record of the topic of detections is due to, or null. */
  public static @Nullable String request(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Returns what a record's key answers, such as {@code token-3}, or null if it is a finding's. */
  public static @Nullable String answer(String request, String key) {
    String start = KEY + request + "/";
    return key.startsWith(start) ? key.substring(start.length()) : null;
  }

  /** Writer of the tombstones and revisions of one erasure. */
  record Answers(ProcessorContext<String, Detection> context, String request, long timestamp) {
    void tombstone(String finding) {
      send(finding, null);
    }

    void revision(Detection revised) {
      send(revised.getId(), revised);
    }

    void answer(String what) {
      send(KEY + request + "/" + what, null);
    }

    @SuppressWarnings("NullAway") // without a value it is a tombstone
    private void send(String key, @Nullable Detection value) {
      Headers headers = new RecordHeaders().add(HEADER, request.getBytes(StandardCharsets.UTF_8));
      context.forward(new Record<>(key, value, timestamp, headers));
    }
  }

  static String finding(int partition) {
    return FINDING + partition;
  }
}
