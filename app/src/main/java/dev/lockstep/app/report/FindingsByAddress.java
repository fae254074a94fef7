package dev.lockstep.app.report;

import dev.lockstep.app.detection.Incident;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Index of findings by address, to find other incidents at the addresses of an incident. */
final class FindingsByAddress {
  /**
   * Largest number of other findings at an address of an incident that are listed one by one. If
   * there are more, none is listed, and only their number is shown.
   */
  static final int MOST_LISTED = 5;

  private static final long NEAR_MILLIS = 86_400_000L;

  private final Map<String, Groups> byAddress = new HashMap<>();

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

    long start() {
      return findings.get(0).getStartTime();
    }

    long end() {
      return findings.stream().mapToLong(Detection::getEndTime).max().orElseThrow();
    }

    /**
     * Returns whether more than two days pass between two successive findings of the group. Other
     * findings are looked for in a period of at least two days around an incident. A group that
     * begins before this period and ends after it has a finding in the period, unless the group has
     * such a gap.
     */
    boolean hasGap() {
      long end = findings.get(0).getEndTime();
      for (Detection each : findings) {
        if (each.getStartTime() - end > 2 * NEAR_MILLIS) {
          return true;
        }
        end = Math.max(end, each.getEndTime());
      }
      return false;
    }
  }

  /**
   * Findings at one address, grouped by incident; each finding without incident is a group by
   * itself. An address may have tens of thousands of groups. The search for the groups near one
   * incident therefore does not visit all groups.
   */
  private static final class Groups {
    private final List<Group> withGap = new ArrayList<>();
    private final Map<String, Group> byId = new HashMap<>();
    private final List<Group> others; // by start
    private final long[] starts;
    private final long[] ends;
    private final long longest;

    Groups(List<Group> all) {
      others = new ArrayList<>();
      for (Group group : all) { // in the order of start
        if (group.hasGap()) {
          withGap.add(group);
        } else {
          others.add(group);
          if (group.correlationId() != null) {
            byId.put(group.correlationId(), group);
          }
        }
      }
      starts = others.stream().mapToLong(Group::start).toArray();
      ends = others.stream().mapToLong(Group::end).toArray();
      long most = 0;
      for (int i = 0; i < starts.length; i++) {
        most = Math.max(most, ends[i] - starts[i]);
      }
      longest = most;
      Arrays.sort(ends);
    }

    Others near(String correlationId, long from, long to) {
      List<Detection> listed = new ArrayList<>();
      for (Group group : withGap) {
        addFirst(group, correlationId, from, to, listed);
      }
      int number = listed.size() + before(starts, to + 1) - before(ends, from);
      Group own = byId.get(correlationId);
      if (own != null && own.first(from, to) != null) {
        number--;
      }
      if (number > MOST_LISTED) {
        return new Others(number, List.of());
      }
      int end = before(starts, to + 1);
      for (int i = before(starts, from - longest); i < end; i++) {
        addFirst(others.get(i), correlationId, from, to, listed);
      }
      listed.sort(Incident.IN_ORDER);
      return new Others(number, listed);
    }

    private static void addFirst(
        Group group, String own, long from, long to, List<Detection> listed) {
      Detection first = own.equals(group.correlationId()) ? null : group.first(from, to);
      if (first != null) {
        listed.add(first);
      }
    }

    /** Returns how many of the sorted times are earlier than a given time. */
    private static int before(long[] times, long time) {
      int from = 0;
      int to = times.length;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (times[middle] < time) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }
  }

  /**
   * Findings that name one address of an incident, lie within a day of the incident, and are not
   * part of it.
   *
   * @param number number of findings; all such findings of one other incident count as one
   * @param listed findings in the order of start and id, with only the first finding of an
   *     incident; empty if there are more than {@link #MOST_LISTED}
   */
  record Others(int number, List<Detection> listed) {}

  FindingsByAddress(List<Detection> detections) {
    Map<String, List<Group>> all = new HashMap<>();
    Map<String, Map<String, Group>> byIncident = new HashMap<>();
    for (Detection detection : detections.stream().sorted(Incident.IN_ORDER).toList()) {
      String id = detection.getCorrelationId();
      for (String address : addresses(detection)) {
        Map<String, Group> known = byIncident.computeIfAbsent(address, any -> new HashMap<>());
        Group group = id == null ? null : known.get(id);
        if (group == null) {
          group = new Group(id, new ArrayList<>(1));
          all.computeIfAbsent(address, any -> new ArrayList<>()).add(group);
          if (id != null) {
            known.put(id, group);
          }
        }
        group.findings().add(detection);
      }
    }
    all.forEach((address, groups) -> byAddress.put(address, new Groups(groups)));
  }

  /**
   * Returns, for each address of an incident, other findings that name this address. Only findings
   * outside the incident and within a day of it count. Addresses without such findings are absent.
   */
  Map<String, Others> near(Incident incident) {
    long from = incident.startAt() - NEAR_MILLIS;
    long to = incident.endAt() + NEAR_MILLIS;
    Map<String, Others> near = new TreeMap<>();
    for (Detection finding : incident.findings()) {
      for (String address : addresses(finding)) {
        Groups groups = byAddress.get(address);
        if (groups != null && !near.containsKey(address)) {
          near.put(address, groups.near(incident.correlationId(), from, to));
        }
      }
    }
    near.values().removeIf(others -> others.number() == 0);
    return near;
  }

  private static Set<String> addresses(Detection finding) {
    Set<String> addresses = new TreeSet<>();
    if (finding.getIp() != null) {
      addresses.add(finding.getIp());
    }
    for (Evidence event : finding.getEvidence()) {
      if (event.getIp() != null) {
        addresses.add(event.getIp());
      }
    }
    return addresses;
  }
}
