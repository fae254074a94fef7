package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.rules.Event;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls for which no identity link comes, where other calls have links. */
final class UnlinkedCallsTest {
  private static final long AT = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long HOUR_MILLIS = 3_600_000L;

  @ParameterizedTest
  @ValueSource(ints = {-1, 200, 401, 403, 404, 407, 429, 500})
  void countWithoutClaims_whateverTheStatus(int status) {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    given.joins.take(call(AT).id("c1").subscription("s").from("10.1.0.1").status(status).build());
    given.joins.advance(AT + HOUR_MILLIS, AT + HOUR_MILLIS, false);
    assertThat(given.revisions.get("c1"))
        .singleElement()
        .returns(Event.Claims.ABSENT, CallRevision::claims)
        .returns(true, CallRevision::provisional);
  }

  @Test
  void countWithoutClaims_whereTheyHaveNoSubscription() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE, true);
    given.joins.take(call(AT).id("c1").from("10.1.0.1").build());
    given.joins.take(call(AT).id("c2").build());
    given.joins.advance(AT + HOUR_MILLIS, AT + HOUR_MILLIS, false);
    assertThat(given.revisions).containsOnlyKeys("c1", "c2");
  }

  @Test
  void areRetracted_whenTheLinkComesAfterAll() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    given.joins.take(call(AT).id("c1").subscription("s").status(403).build());
    given.joins.advance(AT + HOUR_MILLIS, AT + HOUR_MILLIS, false);
    given.joins.take(link("2026-11-19T10:00:01Z", "c1").presents(null, "alice").build());
    List<CallRevision> revisions = given.revisions.get("c1");
    assertThat(revisions).extracting(CallRevision::retracts).containsExactly(false, true, false);
    assertThat(revisions.get(2).activity().getPrincipal().getId()).isEqualTo("alice");
  }

  @Test
  void countWithoutClaims_afterManyRefusedOnesOfTheMinute() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (int i = 0; i < 40; i++) {
      given.joins.take(
          call(AT + i).id("c" + i).subscription("s").from("10.1.0.1").status(401).build());
    }
    given.joins.take(call(AT + 40).id("let-in").subscription("s").from("10.1.0.1").build());
    given.joins.advance(AT + 2 * HOUR_MILLIS, AT + 2 * HOUR_MILLIS, false);
    assertThat(given.revisions).hasSize(10).containsKey("let-in");
  }

  @ParameterizedTest
  @CsvSource({"false, 9", "true, 40"})
  void countAll_whereARuleCountsCalls(boolean countsCalls, int most) {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE, countsCalls);
    for (int i = 0; i < 40; i++) {
      given.joins.take(call(AT + i).id("c" + i).subscription("s").from("10.1.0.1").build());
    }
    given.joins.advance(AT + 2 * HOUR_MILLIS, AT + 2 * HOUR_MILLIS, false);
    assertThat(given.revisions).hasSize(most);
  }
}
