package dev.lockstep.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.lockstep.app.detection.Incident;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FindingsByAddressTest {
  private static final long HOUR = 3_600_000L;
  private static final String ADDRESS = "192.0.2.1";
  private static final FindingsByAddress.Others NONE = new FindingsByAddress.Others(0, List.of());
  private static final long SEED = 38;
  private static final int MANY = 40_000;

  private static Detection finding(String id, @Nullable String incident, long hour) {
    Detection finding = ReportFindings.finding(id, "a-rule", Severity.High, hour * HOUR);
    finding.setEndTime(hour * HOUR);
    finding.setIp(ADDRESS);
    finding.setEvidence(List.of());
    finding.setCorrelationId(incident);
    return finding;
  }

  private static FindingsByAddress.Others near(List<Detection> all, String incident) {
    Incident own =
        new Incident(
            incident,
            all.stream().filter(each -> incident.equals(each.getCorrelationId())).toList());
    return new FindingsByAddress(all).near(own).getOrDefault(ADDRESS, NONE);
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

    FindingsByAddress.Others others = near(all, "a");

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
  void countsAndLists_asALookAtEachFinding() {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      List<Detection> all = new ArrayList<>();
      int findings = 2 + random.nextInt(24);
      for (int i = 0; i < findings; i++) {
        String incident = random.nextInt(6) == 0 ? null : "i" + random.nextInt(8);
        Detection finding = finding("f" + i, incident, random.nextInt(400));
        finding.setEndTime(finding.getStartTime() + random.nextInt(60) * HOUR);
        all.add(finding);
      }
      FindingsByAddress addresses = new FindingsByAddress(all);
      for (Incident each : Incident.of(all)) {
        assertThat(addresses.near(each).getOrDefault(ADDRESS, NONE))
            .as("round %d of seed %d", round, SEED)
            .isEqualTo(looked(all, each));
      }
    }
  }

  private static FindingsByAddress.Others looked(List<Detection> all, Incident own) {
    Map<String, Detection> first = new TreeMap<>();
    all.stream()
        .sorted(Incident.IN_ORDER)
        .filter(each -> !own.correlationId().equals(each.getCorrelationId()))
        .filter(each -> each.getStartTime() <= own.endAt() + 24 * HOUR)
        .filter(each -> each.getEndTime() >= own.startAt() - 24 * HOUR)
        .forEach(
            each -> {
              String id = each.getCorrelationId();
              first.putIfAbsent(id == null ? each.getId() : id, each);
            });
    return new FindingsByAddress.Others(
        first.size(),
        first.size() > FindingsByAddress.MOST_LISTED
            ? List.of()
            : first.values().stream().sorted(Incident.IN_ORDER).toList());
  }

  @Test
  void takesSeconds_whereAnAddressHasTensOfThousandsOfIncidents() {
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      all.add(finding(i + "a", "incident-" + i, 100));
      all.add(finding(i + "b", "incident-" + i, 101));
    }

    assertTimeout(
        Duration.ofSeconds(15),
        () -> {
          FindingsByAddress addresses = new FindingsByAddress(all);
          for (Incident each : Incident.of(all)) {
            assertThat(addresses.near(each).get(ADDRESS)).isNotNull();
          }
        });
  }
}
