package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Joins that process a few due calls at once, beside joins that process all of them. */
final class BoundedJoinsTest {
  private static final long SEED = 20_261_129L;
  private static final int HISTORIES = 200;
  private static final int AT_ONCE = 5;
  private static final long BEGIN = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  private static String id(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  @Test
  void givesTheSame_howeverManyAreProcessedAtOnce() {
    int steps = 0;
    for (int history = 0; history < HISTORIES; history++) {
      Random random = new Random(SEED + history);
      GivenJoins all = new GivenJoins(Integer.MAX_VALUE);
      GivenJoins few = new GivenJoins(AT_ONCE);
      List<String> ids = new ArrayList<>();
      long low = 0;
      long grace = 0;
      for (int step = 0; step < 60; step++) {
        long at = BEGIN + random.nextInt(180) * MINUTE_MILLIS;
        if (random.nextInt(10) < 7) {
          String id = id(random);
          ids.add(id);
          Activity call = call(at).id(id).subscription("s" + step).from("10.1.0.1").build();
          all.joins.take(call);
          few.joins.take(call);
        } else if (!ids.isEmpty() && random.nextBoolean()) {
          Activity link =
              link(Instant.ofEpochMilli(at).toString(), ids.get(random.nextInt(ids.size())))
                  .presents(null, "alice")
                  .build();
          all.joins.take(link);
          few.joins.take(link);
        } else {
          low = Math.max(low, random.nextBoolean() ? low : at - random.nextInt(3) * HOUR_MILLIS);
          grace = Math.max(low, Math.max(grace, at + random.nextInt(3) * HOUR_MILLIS));
          boolean overdue = random.nextInt(4) == 0;
          all.joins.advance(low, grace, overdue);
          few.joins.advance(low, grace, overdue);
          if (random.nextBoolean()) {
            few.joins.write();
          }
          few.workOn();
          assertThat(few.joins.low()).isEqualTo(all.joins.low());
          assertThat(few.joins.grace()).isEqualTo(all.joins.grace());
        }
        if (random.nextInt(5) == 0) {
          all.joins.write();
          few.joins.write();
        }
      }
      for (GivenJoins each : List.of(all, few)) {
        each.joins.advance(BEGIN + 80 * HOUR_MILLIS, BEGIN + 80 * HOUR_MILLIS, true);
        each.workOn();
        each.joins.write();
      }
      assertThat(few.revisions).as("history of seed %d", SEED + history).isEqualTo(all.revisions);
      assertThat(few.counts).as("history of seed %d", SEED + history).isEqualTo(all.counts);
      steps += few.steps;
      assertThat(few.left()).as("records of seed %d", SEED + history).isEmpty();
    }
    assertThat(steps).isGreaterThan(HISTORIES);
  }

  @Test
  void processesAFew_whenManyAreDueTogether_andHoldsItsWatermarkBack() {
    GivenJoins few = new GivenJoins(AT_ONCE);
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      few.joins.take(call(BEGIN + i).id(id(random)).subscription("s" + i).from("10.1.0.1").build());
      if (i % 3 == 0) {
        few.joins.write(); // a list has the ids of three calls
      }
    }
    few.joins.advance(0, BEGIN, false);
    assertThat(few.joins.isBehind()).isFalse();
    few.joins.advance(0, BEGIN + 2 * HOUR_MILLIS, false);
    int before = 0;
    while (few.joins.isBehind()) {
      assertThat(few.given - before).isBetween(1, 9 * AT_ONCE);
      assertThat(few.joins.grace()).isEqualTo(BEGIN);
      before = few.given;
      few.joins.work();
    }
    assertThat(few.given).isEqualTo(300);
    assertThat(few.joins.grace()).isEqualTo(BEGIN + 2 * HOUR_MILLIS);
  }
}
