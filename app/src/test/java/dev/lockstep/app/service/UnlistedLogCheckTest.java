package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UnlistedLogCheckTest {
  private static final String FIREWALL = "FrontDoorWebApplicationFirewallLog";

  @Test
  void namesTheSourceAndTheLog_thatNoSourceMayBring() {
    UnlistedLogCheck unlisted = new UnlistedLogCheck(new JoinableLogs(true, true, false));
    assertThat(unlisted.found(Map.of("edge", of("FrontDoorAccessLog", "GatewayLogs")))).isEmpty();
    assertThat(unlisted.found(Map.of("edge", of(FIREWALL), "calls", of("GatewayLogs"))))
        .containsExactly(
            "ingest: source edge delivers FrontDoorWebApplicationFirewallLog, but no source"
                + " lists it in the key \"brings\", and no hub has Azure's default name for it, so"
                + " rules that need this log do not see it; list it in the key \"brings\" of this"
                + " source, with all other categories of the source, then restart");
  }

  @Test
  void namesEachOfTheThreeLogs() {
    IngestCounts counts = of("IdentityLink", "FrontDoorAccessLog", FIREWALL);
    assertThat(new UnlistedLogCheck(JoinableLogs.NONE).found(Map.of("all", counts)))
        .hasSize(3)
        .anyMatch(one -> one.contains("IdentityLink") && one.contains("claims"))
        .anyMatch(one -> one.contains("FrontDoorAccessLog") && one.contains("address"));
    assertThat(new UnlistedLogCheck(JoinableLogs.ALL).found(Map.of("all", counts))).isEmpty();
  }

  private static IngestCounts of(String... categories) {
    IngestCounts counts = new IngestCounts();
    for (String category : List.of(categories)) {
      Activity activity = new Activity();
      activity.setCategory(category);
      counts.count(new Outcome.Mapped(activity));
    }
    return counts;
  }
}
