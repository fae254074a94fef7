package dev.lockstep.detections.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.message.EventCopies.Relation;
import dev.lockstep.schemas.Activity;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class EventCopiesTest {
  private record First(int content, long at) {}

  @Test
  void tellsCopiesFromOtherEvents_asAMapOfAllWould() {
    SplittableRandom random = new SplittableRandom(11);
    EventCopies copies = new EventCopies(1_000);
    Map<Long, First> all = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      long identity = 2L + random.nextInt(900);
      int content = random.nextInt(3);
      First first = all.putIfAbsent(identity, new First(content, i));
      Relation expected =
          first == null
              ? Relation.NEW
              : first.content() == content ? Relation.EQUAL : Relation.DIFFERENT;
      assertThat(copies.take(identity, content, i)).isEqualTo(expected);
      if (first != null) {
        assertThat(copies.firstAt()).isEqualTo(first.at());
      }
    }
  }

  @Test
  void remembersTheLastEvents_andForgetsEarlierOnes() {
    EventCopies copies = new EventCopies(1_000);
    for (int i = 1; i <= 5_000; i++) {
      assertThat(copies.take(i, 7, i)).isEqualTo(Relation.NEW);
      if (i > 499) { // with its copy, each event is two of those that come after an earlier one
        assertThat(copies.take(i - 499, 7, i)).isEqualTo(Relation.EQUAL);
        assertThat(copies.firstAt()).isEqualTo(i - 499);
      }
    }
    assertThat(copies.take(1, 7, 0)).isEqualTo(Relation.NEW);
    assertThat(copies.take(0, 7, 0)).describedAs("hash 0 is that of 1").isEqualTo(Relation.EQUAL);
  }

  private static Activity copy(Consumer<Activity> change) {
    Activity activity =
        ActivityBuilder.signIn("ana", "2026-11-19T10:00:00Z")
            .id("x")
            .from("8.8.8.8")
            .in("DE", "Hamburg", 53.5, 10)
            .minted("t1")
            .build();
    change.accept(activity);
    return activity;
  }

  @Test
  void comparesWhatRulesRead_butNeitherArrivalNorPosition() {
    int content = EventCopies.content(copy(same -> {}));
    Activity again =
        ActivityBuilder.signIn("ana", "2026-11-19T10:00:00Z")
            .id("x")
            .from("8.8.8.8")
            .in("DE", "Hamburg", 53.5, 10)
            .minted("t1")
            .arrives(Duration.ofMinutes(9))
            .position(99)
            .build();
    assertThat(EventCopies.content(again)).isEqualTo(content);
    assertThat(EventCopies.identity(again)).isEqualTo(EventCopies.identity(copy(same -> {})));
    assertThat(EventCopies.content(copy(other -> other.setAddress("8.8.4.4"))))
        .isNotEqualTo(content);
    assertThat(EventCopies.content(copy(other -> other.setStatus(50126)))).isNotEqualTo(content);
    assertThat(EventCopies.content(copy(other -> other.setEventAt(1)))).isNotEqualTo(content);
    assertThat(EventCopies.content(copy(other -> other.getGeo().setCountry("ZA"))))
        .isNotEqualTo(content);
    assertThat(EventCopies.content(copy(other -> other.getToken().setUti("t2"))))
        .isNotEqualTo(content);
    Activity alert = ActivityBuilder.alert("a1", "2026-11-19T10:00:00Z").build();
    assertThat(EventCopies.content(alert)).isZero();
  }
}
