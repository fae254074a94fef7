package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Findings do not depend on how many verdicts of a day stay in memory, nor on how many subjects do:
 * what is dropped is judged again when it is given out, and what waits of a closed subject is given
 * out with the rest.
 */
final class CrowdedDaysTest {
  private static final long SEED = 20_261_128L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = 60;
  private static final int ALL_OPEN = 10_000;
  private static final String[] ADDRESSES = {
    "198.19.2.70", "198.19.9.70", "198.19.0.60", "198.18.0.7"
  };

  @Test
  void givesTheSameFindings_howeverFewVerdictsStay() {
    compare(SEED, HISTORIES);
  }

  @Test
  @Tag("long")
  void givesTheSameFindings_howeverFewVerdictsStay_inTenThousandHistories() {
    compare(SEED + HISTORIES, 10_000);
  }

  private static void compare(long first, int histories) {
    System.out.printf("%d histories with few verdicts in memory, seed %d%n", histories, first);
    int findings = 0;
    for (long seed = first; seed < first + histories; seed++) {
      SplittableRandom random = new SplittableRandom(~seed);
      List<Activity> events;
      RuleSet rules;
      if (seed % 3 == 0) {
        rules = RuleNumbers.atOnce().ruleSet();
        events = session(random);
      } else {
        History history = HistoryMaker.make(List.of(Theme.values()), seed);
        rules = history.settings().ruleSet();
        events = Entering.inSomeOrder(history, random).delivered();
      }
      List<Detection> usual = found(rules, events, ALL_OPEN, null);
      int open = random.nextBoolean() ? random.nextInt(1, 4) : ALL_OPEN;
      List<Detection> few = found(rules, events, open, random);
      assertThat(few).as("seed %d", seed).isEqualTo(usual);
      findings += usual.size();
    }
    assertThat(findings).isGreaterThan(histories / 2);
  }

  /**
   * Returns what is found in the end.
   *
   * @param few source of how few verdicts stay, and of when state is written; null: all stay
   */
  private static List<Detection> found(
      RuleSet rules, List<Activity> events, int open, @Nullable SplittableRandom few) {
    LocalEngine engine =
        new LocalEngine(rules.rules(), World.ENRICHMENT, new MemoryRecords(), rules.alerts(), open);
    if (few != null) {
      engine.mostVerdicts(few.nextInt(5));
      engine.mostSubjects(few.nextInt(1, 20));
      if (few.nextBoolean()) {
        engine.postponeUntilFlush();
      }
    }
    for (Activity event : events) {
      if (event.getKind() != ActivityKind.CLOCK) {
        engine.enter(Activity.newBuilder(event).build());
      }
      if (few != null && few.nextInt(10) == 0) {
        engine.write();
      }
    }
    List<Detection> findings = engine.findings();
    findings.forEach(CrowdedDaysTest::withoutNames);
    return findings;
  }

  /** Takes off the name of whose a finding is, for which nothing is given out again. */
  private static void withoutNames(Detection finding) {
    finding.setTitle("");
    finding.setDescription("");
    finding.setEntities(List.of());
    if (finding.getPrincipal() != null) {
      finding.getPrincipal().setName(null);
    }
  }

  /** Returns uses of two sessions with many tokens that move between networks, in any order. */
  private static List<Activity> session(SplittableRandom random) {
    List<Activity> events = new ArrayList<>();
    int tokens = random.nextInt(2, 12);
    for (int i = random.nextInt(5, 60); i > 0; i--) {
      long at = ActivityBuilder.at("2026-11-18T20:00:00Z") + random.nextInt(12) * 2_000_000L;
      String address = ADDRESSES[random.nextInt(ADDRESSES.length)];
      String sid = "session-" + random.nextInt(2);
      String token = "t" + random.nextInt(tokens);
      ActivityBuilder event =
          random.nextInt(3) == 0
              ? ActivityBuilder.signIn("ana", at)
              : ActivityBuilder.call(at).by("ana").status(random.nextInt(6) == 0 ? 401 : 200);
      events.add(
          random.nextInt(events.size() + 1),
          event
              .token(token)
              .from(address)
              .id("e" + i)
              .with(activity -> activity.getToken().setSid(sid))
              .build());
    }
    return events;
  }
}
