package dev.lockstep.app.report;

import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Index of findings by address, to find other incidents at the addresses of an incident. */
final class SameAddress {
  private static final long NEAR_MILLIS = 86_400_000L;

  private final Map<String, List<Detection>> byAddress = new HashMap<>();

  SameAddress(List<Detection> detections) {
    for (Detection detection : detections) {
      for (String address : Incident.addresses(detection)) {
        byAddress.computeIfAbsent(address, any -> new ArrayList<>()).add(detection);
      }
    }
  }

  /**
   * Returns the findings outside an incident that name one of its addresses, by address. They lie
   * within a day of the incident, in the order of start and id. Of another incident, only the first
   * such finding is in the list of an address.
   */
  Map<String, List<Detection>> near(Incident incident) {
    Map<String, List<Detection>> near = new TreeMap<>();
    for (Detection finding : incident.findings()) {
      for (String address : Incident.addresses(finding)) {
        if (!near.containsKey(address)) {
          near.put(address, near(incident, byAddress.getOrDefault(address, List.of())));
        }
      }
    }
    near.values().removeIf(List::isEmpty);
    return near;
  }

  private static List<Detection> near(Incident incident, List<Detection> named) {
    Map<String, Detection> firsts = new TreeMap<>();
    List<Detection> near = new ArrayList<>();
    for (Detection each : named) {
      boolean isOther = !incident.correlationId().equals(each.getCorrelationId());
      if (isOther
          && each.getStartTime() <= incident.endAt() + NEAR_MILLIS
          && each.getEndTime() >= incident.startAt() - NEAR_MILLIS) {
        if (each.getCorrelationId() == null) {
          near.add(each);
        } else {
          firsts.merge(each.getCorrelationId(), each, SameAddress::earlier);
        }
      }
    }
    near.addAll(firsts.values());
    near.sort(Incident.IN_ORDER);
    return near;
  }

  private static Detection earlier(Detection one, Detection other) {
    return Incident.IN_ORDER.compare(one, other) <= 0 ? one : other;
  }
}
