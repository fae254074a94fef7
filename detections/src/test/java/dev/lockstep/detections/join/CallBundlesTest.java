package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Erasure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Joins whose calls are written in bundles, beside joins that write nothing before the end. */
final class CallBundlesTest {
  private static final long SEED = 20_261_130L;
  private static final int HISTORIES = 300;
  private static final long BEGIN = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  private static String id(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private static int bundles(GivenJoins given) {
    int[] bundles = new int[1];
    given.records.walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) -> bundles[0] += CallBundles.isBundle(subject) ? 1 : 0);
    return bundles[0];
  }

  @Test
  void giveTheSame_asCallsThatAreNotWritten() {
    int bundles = 0;
    int revised = 0;
    for (int history = 0; history < HISTORIES; history++) {
      Random random = new Random(SEED + history);
      GivenJoins unwritten = new GivenJoins(Integer.MAX_VALUE);
      GivenJoins written = new GivenJoins(Integer.MAX_VALUE);
      List<String> ids = new ArrayList<>();
      long low = 0;
      long grace = 0;
      for (int step = 0; step < 40; step++) {
        long at = BEGIN + random.nextInt(3) * 40 * MINUTE_MILLIS + random.nextInt(3) * 1_000L;
        int what = random.nextInt(10);
        if (what < 5) {
          for (int i = random.nextBoolean() ? 1 : random.nextInt(25); i >= 0; i--) {
            String id = id(random);
            ids.add(id);
            String subscription = random.nextInt(5) == 0 ? null : "s" + step + "-" + i;
            take(call(at).id(id), subscription, unwritten, written);
          }
        } else if (what < 6 && !ids.isEmpty()) {
          String id = ids.get(random.nextInt(ids.size()));
          take(call(at - 5_000L + random.nextInt(10_000)).id(id), "again", unwritten, written);
        } else if (what < 8 && !ids.isEmpty()) {
          int last = random.nextInt(ids.size());
          for (String id : ids.subList(Math.max(0, last - random.nextInt(4)), last + 1)) {
            ActivityBuilder link =
                link(Instant.ofEpochMilli(at).toString(), id).presents(null, "alice");
            Activity sent = link.build();
            unwritten.joins.take(sent);
            written.joins.take(sent);
          }
        } else {
          low = Math.max(low, random.nextBoolean() ? low : at - random.nextInt(3) * HOUR_MILLIS);
          grace = Math.max(low, Math.max(grace, at + random.nextInt(3) * HOUR_MILLIS));
          boolean overdue = random.nextInt(4) == 0;
          unwritten.joins.advance(low, grace, overdue);
          written.joins.advance(low, grace, overdue);
        }
        if (random.nextInt(3) == 0) {
          written.joins.write();
        }
        if (random.nextInt(12) == 0) {
          written.restart(low, grace);
          unwritten.joins.advance(low, grace, true); // what a restart looks for again
          written.joins.advance(low, grace, true);
        }
      }
      bundles += bundles(written);
      for (GivenJoins each : List.of(unwritten, written)) {
        each.joins.advance(BEGIN + 80 * HOUR_MILLIS, BEGIN + 80 * HOUR_MILLIS, true);
        each.joins.write();
      }
      assertThat(written.revisions)
          .as("history of seed %d", SEED + history)
          .isEqualTo(unwritten.revisions);
      assertThat(written.counts)
          .as("history of seed %d", SEED + history)
          .isEqualTo(unwritten.counts);
      revised += written.revisions.values().stream().mapToInt(List::size).sum();
      assertThat(written.left()).as("records of seed %d", SEED + history).isEmpty();
    }
    assertThat(bundles).isGreaterThan(HISTORIES);
    assertThat(revised).isGreaterThan(10 * HISTORIES);
  }

  private static void assertNothingIsLeft(GivenJoins given) {
    given.joins.advance(BEGIN + 80 * HOUR_MILLIS, BEGIN + 80 * HOUR_MILLIS, true);
    given.joins.write();
    assertThat(given.left()).isEmpty();
  }

  private static Activity linkOf(String id) {
    return link(Instant.ofEpochMilli(BEGIN).toString(), id).presents(null, "alice").build();
  }

  private static GivenJoins withABundle() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (String id : List.of("one", "two")) {
      take(call(BEGIN).id(id), "s", given);
    }
    given.joins.write();
    assertThat(bundles(given)).isEqualTo(1);
    return given;
  }

  @Test
  void isDeleted_whereAllOfItsCallsHaveLinks() {
    GivenJoins given = withABundle();
    given.joins.take(linkOf("one"));
    given.joins.take(linkOf("two"));
    given.joins.write();
    assertThat(given.revisions).containsOnlyKeys("one", "two");
    assertNothingIsLeft(given);
  }

  @Test
  void isDeleted_whereAllOfItsCallsWereErased() {
    GivenJoins given = withABundle();
    given.joins.erase(
        new ErasedPrincipal(new Erasure("r", "s", List.of(), "erased-1", "", null, List.of())));
    for (String id : List.of("one", "two")) {
      take(call(BEGIN).id(id), "s", given); // delivered again
    }
    given.joins.write();
    assertThat(bundles(given)).isEqualTo(2);
    assertNothingIsLeft(given);
    assertThat(given.revisions).containsOnlyKeys("one", "two");
  }

  @Test
  void doesNotHideACall_whoseEarlierLinkIsBeingDeleted() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    given.joins.take(linkOf("one"));
    given.joins.write();
    long later = BEGIN + 73 * HOUR_MILLIS;
    given.joins.advance(later, later, false);
    for (String id : List.of("one", "two")) {
      take(call(later).id(id), "s", given);
    }
    given.joins.write();
    given.joins.advance(later, later + 2 * HOUR_MILLIS, true);
    assertThat(given.revisions).containsOnlyKeys("one", "two");
    given.joins.advance(later + 80 * HOUR_MILLIS, later + 80 * HOUR_MILLIS, true);
    assertNothingIsLeft(given);
  }

  @Test
  void isShort_whereItsCallsAreLarge() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (int i = 0; i < 16; i++) {
      take(call(BEGIN).id("large-" + i).reference("x".repeat(30_000)), "s" + i, given);
    }
    given.joins.write();
    int[] longest = new int[1];
    given.records.walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) -> longest[0] = Math.max(longest[0], value.length));
    assertThat(longest[0]).isBetween(60_000, 100_000);
    assertNothingIsLeft(given);
    assertThat(given.revisions).hasSize(16);
  }

  @Test
  void losesOnlyTheErasedPrincipalsCall() {
    GivenJoins given = new GivenJoins(Integer.MAX_VALUE);
    for (String subscription : List.of("s0", "s1", "s2")) {
      take(call(BEGIN).id("of-" + subscription), subscription, given);
    }
    given.joins.write();
    assertThat(bundles(given)).isEqualTo(1);
    given.joins.erase(
        new ErasedPrincipal(new Erasure("r", "s1", List.of(), "erased-1", "", null, List.of())));
    given.records.walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) ->
            assertThat(new String(value, StandardCharsets.ISO_8859_1)).doesNotContain("of-s1"));
    given.restart(0, 0);
    given.joins.advance(0, BEGIN + 2 * HOUR_MILLIS, true);
    assertThat(given.revisions).containsOnlyKeys("of-s0", "of-s2");
    assertNothingIsLeft(given);
  }

  private static void take(ActivityBuilder call, String subscription, GivenJoins... all) {
    ActivityBuilder from = call.from("10.1.0.1");
    Activity sent = (subscription == null ? from : from.subscription(subscription)).build();
    for (GivenJoins each : all) {
      each.joins.take(sent);
    }
  }
}
