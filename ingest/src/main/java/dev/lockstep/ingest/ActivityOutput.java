package dev.lockstep.ingest;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What is written of an outcome, where to, and under which key. */
final class ActivityOutput {
  private static final byte[] CLOCK_KEY = "clock".getBytes(StandardCharsets.UTF_8);

  private final KafkaTarget target;
  private final SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
  private final SingleObject<DeadLetter> letters = new SingleObject<>(DeadLetter.getClassSchema());

  ActivityOutput(KafkaTarget target) {
    this.target = target;
  }

  /** Returns the record to write, or null if the outcome leaves nothing. */
  @Nullable ProducerRecord<byte[], byte[]> of(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      Activity activity = mapped.activity();
      return new ProducerRecord<>(
          target.activityTopic(), bytes(key(activity)), activities.encode(activity));
    } else if (outcome instanceof Outcome.Rejected rejected) {
      return letter(rejected.kept());
    } else if (outcome instanceof Outcome.Quarantined kept) {
      return letter(target.quarantineTopic(), kept.letter());
    } else {
      return null;
    }
  }

  /**
   * An alert's id; the tracking reference of a request at Front Door; else the principal's id; of a
   * call or link without one, what joins the two; else the event's id.
   */
  static String key(Activity activity) {
    if (activity.getAlert() != null) {
      return activity.getAlert().getId();
    }
    if (activity.getKind() == ActivityKind.EDGE_REQUEST
        && activity.getTrackingReference() != null) {
      return activity.getTrackingReference();
    }
    Principal principal = activity.getPrincipal();
    return principal == null ? activity.getEventId() : principal.getId();
  }

  /**
   * Returns the clock of a source partition for one partition of the activity topic.
   *
   * @param clockAt how far its arrivals have come
   * @param graceAt up to which arrival time nothing more is to be waited for
   */
  ProducerRecord<byte[], byte[]> clock(
      int partition, Where where, long clockAt, long graceAt, boolean idle) {
    Activity clock = new Activity();
    clock.setKind(ActivityKind.CLOCK);
    clock.setCategory("");
    clock.setEventId("");
    clock.setEventAt(graceAt);
    clock.setArrivalAt(clockAt);
    clock.setWhere(where);
    clock.setStatus(-1);
    clock.setIdleOrigin(idle);
    return new ProducerRecord<>(
        target.activityTopic(), partition, CLOCK_KEY, activities.encode(clock));
  }

  /** Returns the record of a rejected record's letter, or of one for many. */
  ProducerRecord<byte[], byte[]> letter(DeadLetter letter) {
    return letter(target.deadLettersTopic(), letter);
  }

  private ProducerRecord<byte[], byte[]> letter(String topic, DeadLetter letter) {
    Where where = letter.getWhere();
    String key = Lane.name(where.getSource(), where.getHub(), where.getPartition());
    return new ProducerRecord<>(topic, bytes(key), letters.encode(letter));
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}
