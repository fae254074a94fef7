package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Erasure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Joins whose calls are written in bundles, beside joins that write nothing before the end. */
final class CallBundlesTest {
  private static final long SEED = 20_261_130L;
  private static final int HISTORIES = 300;
  private static final long BEGIN = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  /** Joins with everything that they gave out, which can be begun again from their records. */
  private static final class Given implements Joins.Output {
    private final MemoryRecords records = new MemoryRecords();
    private final Map<String, List<CallRevision>> revisions = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private Joins joins = begun();

    private Joins begun() {
      return new Joins(
          Known.WORLD,
          records,
          name -> counts.merge(name, 1, Integer::sum),
          this,
          Integer.MAX_VALUE);
    }

    void restart(long low, long grace) {
      joins.write();
      joins = begun();
      joins.advance(low, grace, false);
    }

    @Override
    public void revision(CallRevision revision) {
      revisions
          .computeIfAbsent(revision.activity().getEventId(), any -> new ArrayList<>())
          .add(revision);
    }

    @Override
    public void peer(String callId, String peer, long arrivalAt) {
      throw new IllegalStateException("no record of Front Door was sent");
    }
  }

  private static String id(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private static int bundles(Given given) {
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
      Given unwritten = new Given();
      Given written = new Given();
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
      for (Given each : List.of(unwritten, written)) {
        each.joins.advance(BEGIN + 60 * HOUR_MILLIS, BEGIN + 60 * HOUR_MILLIS, true);
        each.joins.write();
      }
      assertThat(written.revisions)
          .as("history of seed %d", SEED + history)
          .isEqualTo(unwritten.revisions);
      assertThat(written.counts)
          .as("history of seed %d", SEED + history)
          .isEqualTo(unwritten.counts);
      revised += written.revisions.values().stream().mapToInt(List::size).sum();
      List<String> left = new ArrayList<>();
      written.records.walk(
          null, Integer.MAX_VALUE, (subject, key, value) -> left.add((char) subject[0] + ""));
      assertThat(left).as("records of seed %d", SEED + history).isEmpty();
    }
    assertThat(bundles).isGreaterThan(HISTORIES);
    assertThat(revised).isGreaterThan(10 * HISTORIES);
  }

  private static void assertNothingIsLeft(Given given) {
    given.joins.advance(BEGIN + 60 * HOUR_MILLIS, BEGIN + 60 * HOUR_MILLIS, true);
    given.joins.write();
    List<String> left = new ArrayList<>();
    given.records.walk(
        null, Integer.MAX_VALUE, (subject, key, value) -> left.add((char) subject[0] + ""));
    assertThat(left).isEmpty();
  }

  private static Activity linkOf(String id) {
    return link(Instant.ofEpochMilli(BEGIN).toString(), id).presents(null, "alice").build();
  }

  @Test
  void isDeleted_whereAllOfItsCallsHaveLinks() {
    Given given = new Given();
    for (String id : List.of("one", "two")) {
      take(call(BEGIN).id(id), "s", given);
    }
    given.joins.write();
    assertThat(bundles(given)).isEqualTo(1);
    given.joins.take(linkOf("one"));
    given.joins.take(linkOf("two"));
    given.joins.write();
    assertThat(given.revisions).containsOnlyKeys("one", "two");
    assertNothingIsLeft(given);
  }

  @Test
  void isDeleted_whereAllOfItsCallsWereErased() {
    Given given = new Given();
    for (String id : List.of("one", "two")) {
      take(call(BEGIN).id(id), "s", given);
    }
    given.joins.write();
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
    Given given = new Given();
    given.joins.take(linkOf("one"));
    given.joins.write();
    long later = BEGIN + 26 * HOUR_MILLIS;
    given.joins.advance(later, later, false);
    for (String id : List.of("one", "two")) {
      take(call(later).id(id), "s", given);
    }
    given.joins.write();
    given.joins.advance(later, later + 2 * HOUR_MILLIS, true);
    assertThat(given.revisions).containsOnlyKeys("one", "two");
    given.joins.advance(later + 30 * HOUR_MILLIS, later + 30 * HOUR_MILLIS, true);
    assertNothingIsLeft(given);
  }

  @Test
  void isShort_whereItsCallsAreLarge() {
    Given given = new Given();
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
    Given given = new Given();
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
    given.joins.advance(BEGIN + 60 * HOUR_MILLIS, BEGIN + 60 * HOUR_MILLIS, true);
    given.joins.write();
    given.records.walk(
        null, Integer.MAX_VALUE, (subject, key, value) -> assertThat(subject).isEmpty());
  }

  private static void take(ActivityBuilder call, String subscription, Given... all) {
    ActivityBuilder from = call.from("10.1.0.1");
    Activity sent = (subscription == null ? from : from.subscription(subscription)).build();
    for (Given each : all) {
      each.joins.take(sent);
    }
  }
}
