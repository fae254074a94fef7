package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of calls without claims that only Front Door's records name. */
final class FrontDoorClientsTest {
  private static final String CALLED = "2026-11-19T10:20:00Z";
  private static final String PROXY = "10.9.0.1";
  private static final String CLIENT = "10.14.0.1";
  private static final int ORDERS = 8;

  private static ActivityBuilder behindProxy(String id) {
    return call(CALLED).id(id).from(PROXY).reference("ref of " + id);
  }

  private static ActivityBuilder seenFrom(String id, String client) {
    return edge(CALLED, "ref of " + id).id("edge of " + id).forwarded(client, null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void areFound_alsoWhereNoSourceBringsLinks(boolean links) {
    JoinableLogs logs = new JoinableLogs(links, true, false);
    gives(
        logs,
        List.of(behindProxy("c1").subscription("declared-prod"), seenFrom("c1", CLIENT)),
        Set.of("partner-ip-drift outside-allowlist " + CLIENT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void areFound_whereTheirCallsHaveNoSubscription(boolean links) {
    List<ActivityBuilder> events = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int operation = i % 6;
      events.add(
          call(ActivityBuilder.at(CALLED) + i * 1_000L)
              .id("c" + i)
              .from(PROXY)
              .reference("ref of c" + i)
              .status(i % 2 == 0 ? 401 : 403)
              .operation("orders", "op" + operation));
      events.add(seenFrom("c" + i, CLIENT));
    }
    gives(
        new JoinableLogs(links, true, false), events, Set.of("gateway-probing probing " + CLIENT));
  }

  private static LocalDriver driver(JoinableLogs logs) {
    return new LocalDriver(
        RuleNumbers.atOnce().ruleSet(), logs, Known.WORLD, new DetectionCounters(), 1, false);
  }

  private static void enter(LocalDriver driver, ActivityBuilder event) {
    driver.enter(ActivityBuilder.bytes(event.build()));
    driver.live(1);
  }

  private static Set<String> found(LocalDriver driver) {
    Set<String> found = new TreeSet<>();
    for (Detection each : driver.detections()) {
      found.add("%s %s %s".formatted(each.getRule(), each.getReason(), each.getIp()));
    }
    return found;
  }

  /** Enters events in several orders, with copies that come later. */
  private static void gives(JoinableLogs logs, List<ActivityBuilder> events, Set<String> expected) {
    Random random = new Random(20_261_130);
    List<ActivityBuilder> order = new ArrayList<>(events);
    for (int i = 0; i < ORDERS; i++) {
      try (LocalDriver driver = driver(logs)) {
        order.forEach(each -> enter(driver, each));
        order.forEach(each -> enter(driver, each));
        driver.watermark(ActivityBuilder.at("2026-11-19T13:20:00Z"));
        assertThat(found(driver)).as("order %d", i).isEqualTo(expected);
      }
      Collections.shuffle(order, random);
    }
  }
}
