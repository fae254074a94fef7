package dev.lockstep.app.detection;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Last revisions of the most recently changed detections in a topic, without withdrawn and erased
 * detections.
 */
public final class LastRevisions {
  /** Number of spare detections, which are kept to replace detections that are withdrawn later. */
  private static final int RESERVE = 10_000;

  private final int most;
  private final Predicate<Detection> wanted;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final LatestById<Encoded> byId;
  private boolean hasDropped;
  private long foreign;

  /** Detection in the encoding of its topic, which takes less memory than decoded objects. */
  @SuppressWarnings("ArrayRecordComponent") // decoded, never compared
  private record Encoded(String id, long endAt, byte[] value) {}

  /**
   * Creates an empty collection of last revisions.
   *
   * @param most largest number of detections to return
   * @param wanted condition for a detection to be kept
   */
  public LastRevisions(int most, Predicate<Detection> wanted) {
    this.most = most;
    this.byId = new LatestById<>((int) Math.min(Integer.MAX_VALUE, (long) most + RESERVE));
    this.wanted = wanted;
  }

  /**
   * Takes the next record of the topic, and replaces the kept revision of its detection by the new
   * one. After a tombstone, or a revision that is withdrawn or not wanted, no revision of the
   * detection is kept. A record that is no detection is only counted.
   *
   * @param at time at which the record was appended to the topic, in milliseconds since 1970
   * @return the revision in the record if it is wanted, even if it is withdrawn; otherwise null
   */
  public @Nullable Detection take(byte @Nullable [] key, byte @Nullable [] value, long at) {
    if (value == null) { // a tombstone of an erased detection
      if (key != null) {
        byId.remove(new String(key, StandardCharsets.UTF_8));
      }
      return null;
    }
    Detection detection;
    try {
      detection = codec.decode(value);
    } catch (RuntimeException e) { // another program's bytes
      foreign++;
      return null;
    }
    String id = detection.getId();
    byId.remove(id);
    if (!wanted.test(detection)) {
      return null;
    }
    if (!DetectionStatus.isWithdrawn(detection)) {
      hasDropped |= byId.put(id, at, new Encoded(id, detection.getEndTime(), value));
    }
    return detection;
  }

  /** Returns the detections in the order of a replay's output: by end time, then by id. */
  public List<Detection> sorted() {
    List<Encoded> all = byId.all();
    return all.subList(Math.max(0, all.size() - most), all.size()).stream()
        .sorted(Comparator.comparingLong(Encoded::endAt).thenComparing(Encoded::id))
        .map(each -> codec.decode(each.value()))
        .toList();
  }

  public boolean isCut() {
    return hasDropped || byId.all().size() > most;
  }

  /** Returns the number of records that could not be read as detections. */
  public long foreign() {
    return foreign;
  }
}
