package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the incident view adds to the findings that stand, read from them alone. */
final class IncidentReading {
  private static final long DAY_MILLIS = 86_400_000L;

  private IncidentReading() {}

  /** Returns a finding's severity without what its incident adds. */
  static Severity severityByItself(Detection detection) {
    GateChecked raised = raised(detection);
    return raised == null
        ? detection.getSeverity()
        : Severity.valueOf(String.valueOf(raised.getNumbers().get("from")));
  }

  private static @Nullable GateChecked raised(Detection detection) {
    List<GateChecked> raised =
        detection.getGates().stream().filter(gate -> gate.getGate().equals("incident")).toList();
    assertThat(raised).hasSizeLessThan(2);
    return raised.isEmpty() ? null : raised.get(0);
  }

  /** Checks the ids and severities of all findings that stand. */
  static void check(Collection<Detection> standing) {
    Map<String, List<Detection>> groups = new TreeMap<>();
    for (Detection each : standing) {
      groups.computeIfAbsent(group(each), any -> new ArrayList<>()).add(each);
    }
    Set<String> ids = new HashSet<>();
    for (List<Detection> group : groups.values()) {
      group.sort(Comparator.comparingLong(Detection::getStartTime).thenComparing(Detection::getId));
      int from = 0;
      for (int to = 1; to <= group.size(); to++) {
        if (to == group.size() || opens(group.get(to), group.subList(from, to))) {
          checkOne(group.subList(from, to), ids);
          from = to;
        }
      }
    }
  }

  private static String group(Detection detection) {
    if (detection.getPrincipal() != null) {
      return "principal " + detection.getPrincipal().getId();
    }
    return detection.getRule().equals(DefenderOracle.RULE)
        ? "address " + detection.getIp()
        : "alone " + detection.getId();
  }

  private static boolean opens(Detection next, List<Detection> open) {
    long latest = open.stream().mapToLong(Detection::getEndTime).max().orElseThrow();
    return next.getStartTime() - latest > DAY_MILLIS
        || next.getStartTime() - open.get(0).getStartTime() > 7 * DAY_MILLIS;
  }

  private static void checkOne(List<Detection> incident, Set<String> ids) {
    TreeSet<String> rules = new TreeSet<>();
    incident.forEach(each -> rules.add(each.getRule()));
    String id = incident.get(0).getCorrelationId();
    if (rules.size() == 1) {
      assertThat(id).isNull();
    } else {
      assertThat(ids.add(id)).as("an id of one incident only").isTrue();
    }
    for (Detection each : incident) {
      assertThat(each.getCorrelationId()).as("%s in %s", each, incident).isEqualTo(id);
      GateChecked raised = raised(each);
      assertThat(raised != null).as("%s in %s", each, incident).isEqualTo(rules.size() >= 3);
      if (raised != null) {
        int by = each.getSeverity().compareTo(severityByItself(each));
        assertThat(by).isEqualTo(severityByItself(each) == Severity.High ? 0 : 1);
        assertThat(raised.getNumbers()).containsEntry("rules", String.join(", ", rules));
      }
    }
  }
}
