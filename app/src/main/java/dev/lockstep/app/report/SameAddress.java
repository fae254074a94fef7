package dev.lockstep.app.report;

import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Index of findings by address, to find other incidents at the addresses of an incident. */
final class SameAddress {
  /**
   * Number of other findings at an address of an incident up to which all of them are listed. If
   * there are more, none is listed, and only their number is shown.
   */
  static final int MOST_LISTED = 5;

  private static final long NEAR_MILLIS = 86_400_000L;

  private final Map<String, List<Group>> byAddress = new HashMap<>();

  /**
   * Findings at an address that belong to one incident, or a single finding without incident.
   *
   * @param findings findings in the order of start and id
   */
  private record Group(@Nullable String correlationId, List<Detection> findings) {
    @Nullable Detection first(long from, long to) {
      for (Detection each : findings) {
        if (each.getStartTime() <= to && each.getEndTime() >= from) {
          return each;
        }
      }
      return null;
    }
  }

  /**
   * Findings outside an incident, but within a day of it, that name one address of the incident.
   *
   * @param number number of findings; those of one other incident count as one
   * @param listed findings in the order of start and id, of each other incident the first; empty if
   *     there are more than {@link #MOST_LISTED}
   */
  record Others(int number, List<Detection> listed) {}

  SameAddress(List<Detection> detections) {
    Map<String, Map<String, Group>> byIncident = new HashMap<>();
    for (Detection detection : detections.stream().sorted(Incident.IN_ORDER).toList()) {
      String id = detection.getCorrelationId();
      for (String address : Incident.addresses(detection)) {
        Map<String, Group> known = byIncident.computeIfAbsent(address, any -> new HashMap<>());
        Group group = id == null ? null : known.get(id);
        if (group == null) {
          group = new Group(id, new ArrayList<>(1));
          byAddress.computeIfAbsent(address, any -> new ArrayList<>()).add(group);
          if (id != null) {
            known.put(id, group);
          }
        }
        group.findings().add(detection);
      }
    }
  }

  /**
   * Returns the findings outside an incident, but within a day of it, that name one of its
   * addresses, by address. Addresses without such findings are absent.
   */
  Map<String, Others> near(Incident incident) {
    Map<String, Others> near = new TreeMap<>();
    for (Detection finding : incident.findings()) {
      for (String address : Incident.addresses(finding)) {
        if (!near.containsKey(address)) {
          near.put(address, near(incident, byAddress.getOrDefault(address, List.of())));
        }
      }
    }
    near.values().removeIf(others -> others.number() == 0);
    return near;
  }

  private static Others near(Incident incident, List<Group> groups) {
    long from = incident.startAt() - NEAR_MILLIS;
    long to = incident.endAt() + NEAR_MILLIS;
    List<Detection> listed = new ArrayList<>();
    int number = 0;
    for (Group group : groups) {
      Detection first =
          incident.correlationId().equals(group.correlationId()) ? null : group.first(from, to);
      if (first != null && ++number <= MOST_LISTED) {
        listed.add(first);
      }
    }
    listed.sort(Incident.IN_ORDER);
    return new Others(number, number <= MOST_LISTED ? listed : List.of());
  }
}
