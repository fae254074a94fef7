package dev.lockstep.rules.kit;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Simulator of the arrival of a test's events: each has a random delay, and some arrive twice. */
final class Deliveries {
  /**
   * Longest delay in the arrival of an event that is not an alert. Up to this delay, the order of
   * arrival must not change the findings.
   */
  static final Duration LATEST = Duration.ofHours(23);

  static final Duration LATEST_ALERT = Duration.ofDays(3);

  private static final long SKEW_MILLIS = Duration.ofMinutes(5).toMillis();

  private Deliveries() {}

  static List<Activity> of(List<Activity> events, SplittableRandom random) {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    List<Activity> delivered = new ArrayList<>(events.size() + events.size() / 4 + 1);
    for (Activity event : events) {
      int times = random.nextInt(8) == 0 ? 2 : 1;
      for (int i = 0; i < times; i++) {
        Activity copy = codec.decode(codec.encode(event));
        copy.setArrivalAt(event.getEventAt() + delay(event, random));
        copy.getWhere().setPosition(delivered.size());
        delivered.add(copy);
      }
    }
    for (int i = delivered.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Activity moved = delivered.get(i);
      delivered.set(i, delivered.get(other));
      delivered.set(other, moved);
    }
    delivered.sort(Comparator.comparingLong(Activity::getArrivalAt));
    return delivered;
  }

  private static long delay(Activity event, SplittableRandom random) {
    long most = (event.getKind() == ActivityKind.ALERT ? LATEST_ALERT : LATEST).toMillis();
    return switch (random.nextInt(8)) {
      case 0, 1 -> most;
      case 2 -> -random.nextLong(SKEW_MILLIS + 1);
      case 3 -> 0;
      default -> random.nextLong(most + 1);
    };
  }
}
