package dev.lockstep.detections.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.engine.SilentEngine;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is stated of a call that has lost the hope for claims, beside what was stated before. */
final class RevisedObservationTest {
  private static final long SEED = 20_261_201L;
  private static final List<String> ADDRESSES = List.of("10.1.0.1", "10.3.0.1", "10.9.0.1");

  private static EventObserver observer() {
    return new EventObserver(RuleNumbers.defaults().ruleSet().rules(), new SilentEngine() {});
  }

  private static Activity call(Random random, long at) {
    ActivityBuilder call =
        ActivityBuilder.call(at)
            .id("c" + at)
            .from(ADDRESSES.get(random.nextInt(ADDRESSES.size())))
            .status(List.of(200, 200, 404, 401, 500).get(random.nextInt(5)));
    if (random.nextInt(4) > 0) {
      call.subscription(random.nextBoolean() ? "sub-contoso" : "other");
    }
    if (random.nextInt(3) == 0) {
      call.reference("r" + at);
    }
    return call.build();
  }

  private static Event before(Activity call) {
    return new Event(call, Known.WORLD, Event.Claims.PENDING, false, false);
  }

  private static Event after(Activity call) {
    return new Event(call, Known.WORLD, Event.Claims.ABSENT, true, true);
  }

  private static List<String> shown(Visit visit) {
    List<String> shown = new ArrayList<>();
    for (Statement one : visit.statements()) {
      shown.add(
          visit.subject()
              + " "
              + one.rule()
              + " "
              + one.kind().name()
              + " "
              + Arrays.toString(one.values())
              + one.members()
              + one.rank()
              + one.placed()
              + one.owned());
    }
    return shown;
  }

  @Test
  void isWhatOnlyTheLaterFormStates() {
    Random random = new Random(SEED);
    int left = 0;
    int dropped = 0;
    for (int i = 0; i < 2_000; i++) {
      Activity call = call(random, ActivityBuilder.at("2026-11-19T10:00:00Z") + i * 61_000L);
      List<String> expected = new ArrayList<>();
      List<String> earlier = new ArrayList<>();
      List<String> found = new ArrayList<>();
      observer().observe(after(call), visit -> expected.addAll(shown(visit)));
      observer().observe(before(call), visit -> earlier.addAll(shown(visit)));
      int all = expected.size();
      expected.removeAll(earlier);
      observer().observe(after(call), before(call), visit -> found.addAll(shown(visit)));
      assertThat(found).as("seed %d, call %d", SEED, i).isEqualTo(expected);
      left += found.size();
      dropped += all - found.size();
    }
    assertThat(left).isGreaterThan(500);
    assertThat(dropped).isGreaterThan(500);
  }
}
