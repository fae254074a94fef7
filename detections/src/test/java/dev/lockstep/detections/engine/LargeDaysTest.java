package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Findings of days that are too large to be judged at each change. */
final class LargeDaysTest {
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final int MINUTES = 240;
  private static final String CLIENT = "8.8.8.8";

  private static Activity call(int number, long at, int status) {
    return ActivityBuilder.call(at)
        .from(CLIENT)
        .status(status)
        .id("c" + number)
        .with(
            call -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation("operation-" + number % 6);
              call.setApi(api);
            })
        .build();
  }

  /** Four hours of refused calls, three a minute, and a call that is let in after the last. */
  private static List<Activity> events() {
    List<Activity> events = new ArrayList<>();
    for (int i = 0; i < 3 * MINUTES; i++) {
      events.add(call(i, NOON + i * 20_000L, i % 2 == 0 ? 401 : 403));
    }
    events.add(call(3 * MINUTES, NOON + MINUTES * 60_000L, 200));
    return events;
  }

  private static LocalEngine engine(Enrichment enrichment, int open) {
    return new LocalEngine(
        RuleNumbers.defaults().ruleSet().rules(),
        enrichment,
        new MemoryRecords(),
        RuleNumbers.defaults().ruleSet().alerts(),
        open);
  }

  private static List<Tuple> found(List<Activity> events, int betweenWrites, int open) {
    LocalEngine engine = engine(Enrichment.none(), open);
    for (int i = 0; i < events.size(); i++) {
      engine.enter(events.get(i));
      if (i % betweenWrites == betweenWrites - 1) {
        engine.write();
      }
    }
    return engine.findings().stream()
        .filter(finding -> finding.getRule().equals("gateway-probing"))
        .map(LargeDaysTest::facts)
        .toList();
  }

  private static Tuple facts(Detection finding) {
    return tuple(
        finding.getReason(),
        finding.getSeverity().name(),
        finding.getCount(),
        finding.getStartTime(),
        finding.getEndTime());
  }

  @Test
  void areTheSame_whenAChangeWaits_inAnyOrder_andWhateverIsWritten() {
    List<Activity> events = events();
    Tuple expected = tuple("then-success", "High", MINUTES, NOON, NOON + MINUTES * 60_000L);
    assertThat(found(events, 1, 1_000)).containsExactly(expected);
    assertThat(found(events, 10_000, 1_000)).containsExactly(expected);
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int order = 0; order < 4; order++) {
      List<Activity> shuffled = new ArrayList<>();
      for (Activity event : events) {
        shuffled.add(random.nextInt(shuffled.size() + 1), event);
      }
      assertThat(found(shuffled, random.nextInt(1, 300), order % 2 == 0 ? 1 : 1_000))
          .containsExactly(expected);
    }
  }

  @Test
  void areGivenOut_whenStateIsWritten() {
    List<Activity> events = events();
    LocalEngine engine = engine(Enrichment.none(), 1_000);
    events.forEach(engine::enter);
    engine.startAnew();
    assertThat(engine.findings())
        .filteredOn(finding -> finding.getRule().equals("gateway-probing"))
        .extracting(Detection::getReason, Detection::getCount)
        .containsExactly(tuple("then-success", MINUTES));
  }

  @Test
  void countEachSuppression_alsoWhereTheSubjectLeavesMemory() throws Exception {
    Enrichment corporate =
        Enrichment.of(
            Networks.parse("networks.csv", "cidr,class\n8.8.8.8/32,corporate\n"),
            Partners.none(),
            GeoDatabases.none());
    List<Integer> counts = new ArrayList<>();
    for (boolean isCrowded : new boolean[] {false, true}) {
      LocalEngine engine = engine(corporate, isCrowded ? 1 : 1_000);
      engine.postponeUntilFlush();
      List<Activity> events = events();
      for (int i = 0; i < events.size(); i++) {
        engine.enter(events.get(i));
        for (int other = 0; isCrowded && i % 5 == 4 && other < 12; other++) {
          engine.enter(
              ActivityBuilder.call(events.get(i).getEventAt())
                  .from("9.9.9." + other)
                  .status(401)
                  .id("o" + i + " " + other)
                  .build());
        }
      }
      engine.findings();
      counts.add(engine.suppressed().get("gateway-probing/corporate-egress"));
    }
    assertThat(counts.get(0)).isGreaterThan(600).isEqualTo(counts.get(1));
  }
}
