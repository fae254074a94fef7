package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incidents through the whole topology, and in one process. */
final class IncidentTopologyTest {
  private static final long SEED = 20_261_130L;
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";

  @TempDir Path dir;

  /** A journey and a stolen token of two people; an alert on the address of one of them. */
  private static List<ActivityBuilder> events() {
    List<ActivityBuilder> events = new ArrayList<>();
    for (String user : List.of("alice", "bob")) {
      events.add(signIn(user, "2026-11-19T10:00:00Z").from(LONDON).minted("token-of-" + user));
      events.add(signIn(user, "2026-11-19T11:00:00Z").from(NEW_YORK));
      events.add(
          call("2026-11-19T10:20:00Z")
              .from(user.equals("alice") ? AMSTERDAM_HOSTING : "10.14.0.1")
              .presents("token-of-" + user, user));
    }
    return events;
  }

  private static ActivityBuilder alertOnAlice() {
    return alert("a", "2026-11-19T10:30:00Z")
        .severity(Severity.High)
        .namesAddresses(AMSTERDAM_HOSTING);
  }

  private record Seen(String rule, Severity severity, boolean isCorrelated, long sharing) {}

  private static Map<String, Seen> seen(List<Detection> findings) {
    Map<String, Seen> seen = new TreeMap<>();
    for (Detection each : findings) {
      String id = each.getCorrelationId();
      long sharing =
          findings.stream().filter(one -> Objects.equals(one.getCorrelationId(), id)).count();
      seen.put(each.getId(), new Seen(each.getRule(), each.getSeverity(), id != null, sharing));
    }
    return seen;
  }

  private Route sent(int number, List<ActivityBuilder> events) {
    Route route = new Route(dir.resolve("route-" + number), RuleNumbers.atOnce(), known());
    events.forEach(route::send);
    route.send(watermark("test", "2026-11-19T12:30:00Z"));
    return route.waits(Duration.ofHours(1)).sweeps();
  }

  private static Enrichment known() {
    return Known.WORLD;
  }

  private static List<Detection> active(Route route) {
    return route.findings().stream().filter(one -> !one.getReason().equals("withdrawn")).toList();
  }

  @Test
  void isOneIncident_ofThreeRules_inAnyOrder_asInOneProcess() {
    List<ActivityBuilder> events = events();
    events.add(alertOnAlice());
    LocalRun local = new LocalRun();
    events.forEach(local::see);
    local.watermark("2026-11-19T12:30:00Z");
    Map<String, Seen> expected = seen(local.active());
    assertThat(expected.values()).extracting(Seen::rule).contains("defender-corroboration");
    assertThat(expected.values()).allMatch(Seen::isCorrelated);
    for (int order = 0; order < 4; order++) {
      try (Route route = sent(order, events)) {
        assertThat(seen(active(route))).as("order %d", order).isEqualTo(expected);
      }
      Collections.shuffle(events, new Random(SEED + order));
    }
  }

  @Test
  void raisesEachFindingOnce_whereThreeRulesAgree_andNoOther() {
    List<ActivityBuilder> events = events();
    events.add(alertOnAlice());
    try (Route with = sent(0, events);
        Route without = sent(1, events())) {
      Map<String, Detection> before = new TreeMap<>();
      active(without).forEach(one -> before.put(one.getId(), one));
      assertThat(before.values())
          .extracting(Detection::getCorrelationId)
          .doesNotContainNull()
          .satisfies(ids -> assertThat(ids.stream().distinct()).hasSize(2));
      for (Detection each : active(with)) {
        boolean isAlices = Objects.requireNonNull(each.getPrincipal()).getId().equals("alice");
        long raised =
            each.getGates().stream()
                .filter(
                    gate -> gate.getGate().equals("incident") && gate.getVerdict().equals("raised"))
                .count();
        assertThat(raised).as(each.getTitle()).isEqualTo(isAlices ? 1 : 0);
        Detection was = before.get(each.getId());
        if (was != null) {
          assertThat(each.getReason()).isEqualTo(was.getReason());
          assertThat(each.getSeverity()).isGreaterThanOrEqualTo(was.getSeverity());
          assertThat(each.getDescription().contains("3 rules agree")).isEqualTo(isAlices);
        }
      }
    }
  }
}
