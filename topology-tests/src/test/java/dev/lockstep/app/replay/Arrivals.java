package dev.lockstep.app.replay;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Orders in which the activities of a capture could as well have arrived. */
public final class Arrivals {
  /** What the promise of one verdict holds for: a day, less the skew that is tolerated. */
  private static final long LATENESS_MILLIS = Duration.ofHours(23).toMillis();

  private static final int COPY_ONE_IN = 20;

  private final List<Activity> activities;

  private Arrivals(List<Activity> activities) {
    this.activities = activities;
  }

  /**
   * An activity on its way.
   *
   * @param at when it comes in this order, in milliseconds since 1970
   */
  public record Arrival(long at, Activity activity) {}

  /** Reads a capture; what is rejected or quarantined is left out. */
  public static Arrivals of(CaptureFolder capture) throws IOException {
    List<Activity> activities = new ArrayList<>();
    RawFieldPlan fields = capture.config(Map.of()).rules().rawFields();
    MessageReader reader = new MessageReader(Limits.defaults(), () -> fields);
    new CaptureFiles(Limits.defaults())
        .read(
            capture.paths(),
            CaptureFolder.nothing(),
            message ->
                reader.read(
                    message.body(),
                    message.where(),
                    message.arrivalAt(),
                    outcome -> {
                      if (outcome instanceof Outcome.Mapped mapped) {
                        activities.add(mapped.activity());
                      }
                    }),
            damage -> {
              throw new IllegalStateException("the capture is damaged: " + damage);
            },
            bytes -> {});
    return new Arrivals(activities);
  }

  /** Returns the activities as they arrived. */
  List<Arrival> inOrder() {
    return activities.stream()
        .sorted(
            Comparator.comparingLong(Activity::getArrivalAt)
                .thenComparing(Activity::getCategory)
                .thenComparing(Activity::getEventId))
        .map(activity -> new Arrival(activity.getArrivalAt(), activity))
        .toList();
  }

  public int size() {
    return activities.size();
  }

  /**
   * Returns an order in which each comes at most 23 h after it happened, one in twenty a second
   * time. Their own arrival times stay what they are.
   */
  public List<Arrival> shuffled(SplittableRandom random) {
    Map<String, Long> calls = new HashMap<>();
    for (Activity activity : activities) {
      if (activity.getKind() == ActivityKind.API_CALL) {
        calls.put(activity.getEventId(), activity.getEventAt());
      }
    }
    List<Arrival> order = new ArrayList<>();
    for (Activity activity : activities) {
      long happenedAt = happenedAt(activity, calls.get(activity.getEventId()));
      int times = random.nextInt(COPY_ONE_IN) == 0 ? 2 : 1;
      for (int i = 0; i < times; i++) {
        order.add(new Arrival(happenedAt + random.nextLong(LATENESS_MILLIS), activity));
      }
    }
    order.sort(Comparator.comparingLong(Arrival::at));
    return order;
  }

  /** A link is written while its call is answered, whatever its message says: it may come late. */
  private static long happenedAt(Activity activity, @Nullable Long callAt) {
    return activity.getKind() == ActivityKind.IDENTITY_LINK && callAt != null
        ? callAt
        : activity.getEventAt();
  }
}
