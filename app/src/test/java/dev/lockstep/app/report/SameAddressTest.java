package dev.lockstep.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SameAddressTest {
  private static final long HOUR = 3_600_000L;
  private static final String ADDRESS = "192.0.2.1";
  private static final int MANY = 6_000;

  private static Detection finding(String id, @Nullable String incident, long hour) {
    Detection finding = ReportFindings.finding(id, "a-rule", Severity.High, hour * HOUR);
    finding.setEndTime(hour * HOUR);
    finding.setIp(ADDRESS);
    finding.setEvidence(List.of());
    finding.setCorrelationId(incident);
    return finding;
  }

  private static SameAddress.Others near(List<Detection> all, String incident) {
    Incident own =
        new Incident(
            incident,
            all.stream().filter(each -> incident.equals(each.getCorrelationId())).toList());
    return new SameAddress(all)
        .near(own)
        .getOrDefault(ADDRESS, new SameAddress.Others(0, List.of()));
  }

  @Test
  void lists_theFirstFindingOfEachOtherIncidentWithinADay_andFindingsWithoutIncident() {
    List<Detection> all =
        List.of(
            finding("a1", "a", 100),
            finding("a2", "a", 101),
            finding("b1", "b", 70),
            finding("b2", "b", 80),
            finding("b3", "b", 90),
            finding("c1", "c", 126),
            finding("d1", null, 77),
            finding("e1", null, 75));

    SameAddress.Others others = near(all, "a");

    assertThat(others.number()).isEqualTo(2);
    assertThat(others.listed()).extracting(Detection::getId).containsExactly("d1", "b2");
    assertThat(near(all, "c").listed()).isEmpty();
  }

  @Test
  void onlyCounts_moreThanFive() {
    List<Detection> all = new ArrayList<>(List.of(finding("a1", "a", 100)));
    for (int i = 0; i < 6; i++) {
      all.add(finding("b" + i, "b" + i, 100));
    }

    assertThat(near(all, "a").number()).isEqualTo(6);
    assertThat(near(all, "a").listed()).isEmpty();
    assertThat(near(all.subList(0, 6), "a").listed()).hasSize(5);
  }

  @Test
  void takesSeconds_whereAnAddressHasThousandsOfIncidents() {
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      all.add(finding(i + "a", "incident-" + i, 100));
      all.add(finding(i + "b", "incident-" + i, 101));
    }

    assertTimeout(
        Duration.ofSeconds(30),
        () -> {
          SameAddress addresses = new SameAddress(all);
          for (Incident each : Incident.of(all)) {
            assertThat(addresses.near(each).get(ADDRESS)).isNotNull();
          }
        });
  }
}
