package dev.lockstep.detections.oracle;

import dev.lockstep.detections.join.JoinableCalls;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;

/** Orders in which a set of events may come, some of them twice. */
final class Orders {
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final long SKEW = HOUR / 12;
  private static final long LATENESS = 23 * HOUR;
  private static final long ALERT_LATENESS = 72 * HOUR;

  /** After the last event: past every grace, and then until everything is forgotten. */
  private static final List<Long> AFTERWARDS =
      List.of(HOUR / 5, 2 * HOUR, 26 * HOUR, 20 * DAY, 60 * DAY, 101 * DAY);

  private Orders() {}

  private record Delivery(long at, Activity event) {}

  /** Returns an order in which no event comes later than the lateness that is promised for. */
  static List<Activity> withinLateness(List<Activity> events, SplittableRandom random) {
    return deliveries(events, random).stream().map(Delivery::event).toList();
  }

  /** Returns any order at all. */
  static List<Activity> any(List<Activity> events, SplittableRandom random) {
    List<Activity> entered = new ArrayList<>(events);
    for (Activity event : events) {
      if (random.nextInt(8) == 0) {
        entered.add(event);
      }
    }
    Collections.shuffle(entered, new Random(random.nextLong()));
    return entered;
  }

  /** Returns the order of their arrival. */
  static List<Activity> asArrived(List<Activity> events) {
    List<Activity> entered = new ArrayList<>(events);
    entered.sort(Comparator.comparingLong(Activity::getArrivalAt));
    return entered;
  }

  /**
   * Returns the events as two source partitions bring them within the lateness, each event with its
   * arrival. The second partition is read later than the first by a lag, so that what is forgotten
   * must follow the slower one.
   */
  static List<Activity> ofTwoPartitions(List<Activity> events, long lag, SplittableRandom random) {
    List<Delivery> ofBoth = new ArrayList<>();
    for (Delivery delivery : deliveries(events, random)) {
      Activity event = Copies.of(delivery.event());
      if (!JoinableCalls.isPlacedByIssue(event)) { // such a link arrives when its token was issued
        event.setArrivalAt(delivery.at());
      }
      if (event.getEventAt() == 0) {
        event.setEventAt(delivery.at());
      }
      event.getWhere().setPartition(random.nextInt(2));
      ofBoth.add(new Delivery(delivery.at() + event.getWhere().getPartition() * lag, event));
    }
    ofBoth.sort(Comparator.comparingLong(Delivery::at));
    return ofBoth.stream().map(Delivery::event).toList();
  }

  /**
   * Returns the events of two partitions with the partitions' clocks between them: before the
   * first, as nothing may be forgotten by one while the other has said nothing; after every third
   * event, every other day without one, and for a hundred days after the last.
   */
  static List<Activity> withWatermarks(List<Activity> events, long lag) {
    List<Activity> entered = new ArrayList<>();
    long first = events.stream().mapToLong(Activity::getArrivalAt).min().orElse(DAY);
    entered.add(watermark(0, first));
    entered.add(watermark(1, first));
    long now = 0;
    int count = 0;
    for (Activity event : events) {
      for (long at = now + 2 * DAY; now > 0 && at < readAt(event, lag); at += 2 * DAY) {
        addWatermarks(entered, at, lag);
      }
      now = Math.max(now, readAt(event, lag));
      entered.add(event);
      if (count++ % 3 == 0) {
        addWatermarks(entered, now, lag);
      }
    }
    for (long after : AFTERWARDS) {
      addWatermarks(entered, now + after, lag);
    }
    return entered;
  }

  /** Returns the events, and then a partition's clock from the first to long after the last. */
  static List<Activity> thenWatermarks(List<Activity> events) {
    List<Activity> entered = new ArrayList<>(events);
    LongSummaryStatistics arrivals =
        events.stream().mapToLong(Activity::getArrivalAt).filter(at -> at > 0).summaryStatistics();
    if (arrivals.getCount() > 0) {
      for (long at = arrivals.getMin(); at < arrivals.getMax(); at += 10 * DAY) {
        entered.add(watermark(0, at));
      }
      for (long after : AFTERWARDS) {
        entered.add(watermark(0, arrivals.getMax() + after));
      }
    }
    return entered;
  }

  private static long readAt(Activity event, long lag) {
    return event.getArrivalAt() + event.getWhere().getPartition() * lag;
  }

  private static void addWatermarks(List<Activity> entered, long now, long lag) {
    entered.add(watermark(0, now));
    entered.add(watermark(1, now - lag));
  }

  private static List<Delivery> deliveries(List<Activity> events, SplittableRandom random) {
    List<Delivery> deliveries = new ArrayList<>();
    Map<String, Long> calls = new HashMap<>();
    for (Activity event : events) {
      if (event.getKind() == ActivityKind.API_CALL) {
        calls.put(event.getEventId(), event.getEventAt());
      }
    }
    for (Activity event : events) {
      // A link without a time comes when its call does.
      long at =
          event.getEventAt() > 0 && !JoinableCalls.isPlacedByIssue(event)
              ? event.getEventAt()
              : Objects.requireNonNull(calls.get(event.getEventId()));
      int times = random.nextInt(8) == 0 ? 2 : 1;
      for (int i = 0; i < times; i++) {
        long most = event.getKind() == ActivityKind.ALERT ? ALERT_LATENESS : LATENESS;
        long late =
            switch (random.nextInt(8)) {
              case 0, 1 -> most;
              case 2 -> -random.nextLong(SKEW + 1);
              default -> random.nextLong(most + 1);
            };
        deliveries.add(new Delivery(at + late, event));
      }
    }
    Collections.shuffle(deliveries, new Random(random.nextLong()));
    deliveries.sort(Comparator.comparingLong(Delivery::at));
    return deliveries;
  }

  static Activity watermark(int partition, long at) {
    Where where = new Where();
    where.setSource("test");
    where.setHub("hub");
    where.setPartition(partition);
    return new WatermarkRecord(where, at, at, false).toActivity();
  }
}
