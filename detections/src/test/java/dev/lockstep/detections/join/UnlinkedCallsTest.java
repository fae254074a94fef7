package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.rules.Event;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
  void countAll_whereARuleCountsCalls(boolean needsAllCalls, int most) {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE, needsAllCalls);
    for (int i = 0; i < 40; i++) {
      given.joins.take(call(AT + i).id("c" + i).subscription("s").from("10.1.0.1").build());
    }
    given.joins.advance(AT + 2 * HOUR_MILLIS, AT + 2 * HOUR_MILLIS, false);
    assertThat(given.revisions).hasSize(most);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countByTheClientThatFrontDoorNames(boolean late) {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    long over = AT + 2 * HOUR_MILLIS;
    Set<String> clients = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      given.joins.take(call(AT + i).id("c" + i).subscription("s").from("10.9.0.1").build());
      clients.add("10.14.0." + i / 2);
    }
    if (late) {
      given.joins.advance(over, over, false);
    }
    for (int i = 0; i < 40; i++) {
      given.joins.takePeer("c" + i, "10.14.0." + i / 2, AT + i);
    }
    given.joins.advance(over + HOUR_MILLIS, over + HOUR_MILLIS, false);
    assertThat(given.revisions.values().stream().flatMap(List::stream))
        .filteredOn(one -> one.claims() == Event.Claims.ABSENT && !one.retracts())
        .extracting(one -> one.activity().getSocketAddress())
        .filteredOn(Objects::nonNull)
        .containsAll(clients);
  }

  @Test
  void countUpToTheLimit_forEachClientThatFrontDoorNames() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (int i = 0; i < 40; i++) {
      given.joins.take(call(AT + i).id("c" + i).subscription("s").from("10.9.0.1").build());
      given.joins.takePeer("c" + i, "10.14.0." + i % 2, AT + i);
    }
    given.joins.advance(AT + 2 * HOUR_MILLIS, AT + 2 * HOUR_MILLIS, false);
    assertThat(given.revisions.values().stream().flatMap(List::stream))
        .filteredOn(one -> one.claims() == Event.Claims.ABSENT)
        .hasSize(18);
  }

  @Test
  void keepTheirClient_whenTheyAreDeliveredAgain() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    given.joins.take(call(AT).id("c1").subscription("s").from("10.9.0.1").build());
    given.joins.takePeer("c1", "10.14.0.1", AT);
    given.joins.advance(AT + 2 * HOUR_MILLIS, AT + 2 * HOUR_MILLIS, false);
    int before = given.revisions.get("c1").size();
    given.joins.take(
        call(AT)
            .id("c1")
            .subscription("s")
            .from("10.9.0.1")
            .arrives(Duration.ofMinutes(8))
            .build());
    List<CallRevision> again = given.revisions.get("c1").subList(before, before + 2);
    assertThat(again).extracting(CallRevision::retracts).containsExactly(true, false);
    assertThat(again.get(0).activity().getSocketAddress()).isNull();
    assertThat(again.get(1))
        .returns(Event.Claims.ABSENT, CallRevision::claims)
        .returns("10.14.0.1", one -> one.activity().getSocketAddress());
    assertThat(given.revisions.get("c1")).hasSize(before + 2);
  }
}
