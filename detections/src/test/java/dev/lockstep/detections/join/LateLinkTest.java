package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.topology.Route;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls and identity links that lie up to 48 hours apart, and arrive further apart. */
final class LateLinkTest {
  private static final Instant CALLED_AT = Instant.parse("2026-11-19T10:00:00Z");
  private static final Duration LATE = Duration.ofHours(23);
  private static final long BEGIN = CALLED_AT.toEpochMilli();
  private static final long HOUR_MILLIS = 3_600_000L;
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";

  @TempDir private Path dir;

  /**
   * Sends two halves of a call in the order of their arrival. Between them all state goes that no
   * event that is still accepted can need.
   */
  private List<Detection> findings(ActivityBuilder call, ActivityBuilder link) {
    Activity one = call.id("c1").subscription("s").from("10.3.0.1").build();
    Activity other = link.presents(TOKEN, "alice").build();
    boolean linkFirst = other.getArrivalAt() < one.getArrivalAt();
    Activity first = linkFirst ? other : one;
    Activity second = linkFirst ? one : other;
    try (Route route = new Route(dir)) {
      Instant mintedAt = CALLED_AT.minus(Duration.ofHours(47)); // two UTC days before
      route.send(signIn("alice", mintedAt.toString()).from("10.1.0.1").minted(TOKEN));
      route.send(watermark("signins", Instant.ofEpochMilli(first.getArrivalAt()).toString()));
      route.send(first);
      for (long at = first.getArrivalAt(); at < second.getArrivalAt(); at += HOUR_MILLIS) {
        route.send(watermark("signins", Instant.ofEpochMilli(at).toString()));
      }
      route.send(watermark("signins", Instant.ofEpochMilli(second.getArrivalAt()).toString()));
      route.sweeps();
      route.send(second);
      return route.findings();
    }
  }

  private static ActivityBuilder linkAfter(Duration apart) {
    return link(CALLED_AT.plus(apart).toString(), "c1");
  }

  @ParameterizedTest
  @CsvSource({"PT30H, true", "PT47H59M, true", "PT48H, true", "PT48H1M, false"})
  void joinsALinkAfterItsCall(Duration apart, boolean joined) {
    List<Detection> findings = findings(call(BEGIN), linkAfter(apart));
    assertThat(findings).hasSize(joined ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"PT3H, true", "PT47H59M, true", "PT48H, true", "PT48H1M, false"})
  void joinsALinkAfterItsCall_thatComes23HoursLate(Duration apart, boolean joined) {
    List<Detection> findings = findings(call(BEGIN), linkAfter(apart).arrives(LATE));
    assertThat(findings).hasSize(joined ? 1 : 0);
    assertThat(findings).allSatisfy(one -> assertThat(one.getRule()).isEqualTo("token-replay"));
  }

  @ParameterizedTest
  @CsvSource({"PT3H, true", "PT47H59M, true", "PT48H, true", "PT48H1M, false"})
  void joinsALinkBeforeItsCall_thatComes23HoursLate(Duration apart, boolean joined) {
    assertThat(findings(call(BEGIN).arrives(LATE), linkAfter(apart.negated())))
        .hasSize(joined ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"-PT47H59M, true", "-PT48H1M, false", "PT47H59M, true", "PT48H1M, false"})
  void joinsALink_thatCameLongBeforeItsTime(Duration apart, boolean joined) {
    ActivityBuilder early = linkAfter(apart).arrives(Duration.ofDays(-6));
    assertThat(findings(call(BEGIN).arrives(LATE), early)).hasSize(joined ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40})
  void joinsACall_thatAnEarlierVersionWouldHaveDeleted(int calls) {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (int i = 0; i < calls; i++) {
      given.joins.take(call(BEGIN).id("c" + i).subscription("s" + i).from("10.3.0.1").build());
    }
    given.joins.write();
    given.restart(BEGIN + HOUR_MILLIS, BEGIN + HOUR_MILLIS);
    given.joins.write();
    endAfter25Hours(given);
    given.restart(BEGIN + 26 * HOUR_MILLIS, BEGIN + 26 * HOUR_MILLIS);
    given.joins.write();
    given.revisions.clear();
    for (int i = 0; i < calls; i++) {
      Instant loggedAt = CALLED_AT.plus(Duration.ofHours(30));
      given.joins.take(link(loggedAt.toString(), "c" + i).presents(TOKEN, "alice").build());
    }
    assertThat(given.revisions).hasSize(calls);
    assertThat(given.revisions.values())
        .allSatisfy(
            each -> assertThat(each).extracting(CallRevision::retracts).contains(true, false));
    given.joins.advance(BEGIN + 71 * HOUR_MILLIS, BEGIN + 71 * HOUR_MILLIS, false);
    given.joins.write();
    assertThat(given.left()).isNotEmpty();
    given.joins.advance(BEGIN + 73 * HOUR_MILLIS, BEGIN + 73 * HOUR_MILLIS, false);
    given.joins.write();
    assertThat(given.left()).isEmpty();
  }

  /** Lists what is to be deleted for the minute of versions that kept calls for 25 hours. */
  private static void endAfter25Hours(GivenJoins given) {
    byte[] ends = {'x'};
    List<Map.Entry<byte[], byte[]>> listed = new ArrayList<>();
    given.records.read(
        ends,
        new byte[0],
        new byte[] {-1},
        (key, value) -> listed.add(Map.entry(key.clone(), value.clone())));
    assertThat(listed).isNotEmpty();
    for (Map.Entry<byte[], byte[]> each : listed) {
      byte[] key = each.getKey();
      long minute = ByteBuffer.wrap(key).getLong();
      given.records.write(ends, key, null);
      given.records.write(
          ends, ByteBuffer.wrap(key.clone()).putLong(minute - 47 * 60).array(), each.getValue());
    }
  }

  @Test
  void deletesALinkOfAFarFuture() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    long untilAt = BEGIN + (32 * 24 + 72) * HOUR_MILLIS;
    Activity far = link("2099-01-01T00:00:00Z", "c1").presents(TOKEN, "alice").build();
    far.setArrivalAt(BEGIN);
    given.joins.take(far);
    given.joins.write();
    given.joins.advance(untilAt - HOUR_MILLIS, untilAt - HOUR_MILLIS, false);
    given.joins.write();
    assertThat(given.left()).isNotEmpty();
    given.joins.advance(untilAt, untilAt, false);
    given.joins.write();
    assertThat(given.left()).isEmpty();
    assertThat(given.counts).containsEntry("unlinked", 1);
  }
}
