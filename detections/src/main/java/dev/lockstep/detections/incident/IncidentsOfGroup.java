package dev.lockstep.detections.incident;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.KeptMember;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Findings of one principal or client address, divided into incidents by time, with the correlation
 * id of each incident.
 *
 * <p>Incidents follow from the set of findings that are not retracted. The findings of a group are
 * taken in the order of start and id. A finding opens an incident if it starts more than a day
 * after the latest end in the current incident, or more than 7 days after the start of that
 * incident; otherwise it joins the current incident.
 */
public final class IncidentsOfGroup {
  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Number of different rules that must have findings in an incident so that each of these findings
   * is raised by one severity level. More rules raise them no further, and High stays High.
   */
  public static final int RULES_TO_RAISE = 3;

  /**
   * Longest time from the latest end of an incident's findings to the start of a finding that joins
   * the incident.
   */
  public static final long GAP_MILLIS = DAY_MILLIS;

  /**
   * Longest time from the start of an incident to the start of a finding that joins the incident.
   */
  public static final long LENGTH_MILLIS = 7 * DAY_MILLIS;

  /**
   * Largest number of findings of one principal or client address that start on the same UTC day
   * and take part in incidents. If there are more, the findings whose ids have the largest hashes
   * are left out.
   */
  static final int MOST_A_DAY = 256;

  private static final Comparator<Member> IN_ORDER =
      Comparator.comparingLong(Member::startAt).thenComparing(Member::finding);

  private final String name;
  private final TreeSet<Member> members = new TreeSet<>(IN_ORDER);
  private final Map<String, Member> byFinding = new HashMap<>();
  private @Nullable Map<String, Incident> incidents;

  /**
   * Finding of the group; a finding is in at most one incident. If too many findings start on a
   * day, those with the largest hash are left out.
   */
  private record Member(String finding, String rule, long startAt, long endAt, long hash) {
    Member(String finding, String rule, long startAt, long endAt) {
      this(finding, rule, startAt, endAt, Hashes.of(finding));
    }

    long day() {
      return Math.floorDiv(startAt, DAY_MILLIS);
    }
  }

  /**
   * Incident that a finding belongs to.
   *
   * @param correlationId id of the incident; null while all its findings are of one rule
   * @param rules rules of the incident's findings, sorted; empty if they are fewer than {@link
   *     IncidentsOfGroup#RULES_TO_RAISE}
   */
  record Incident(@Nullable String correlationId, List<String> rules) {
    static final Incident NONE = new Incident(null, List.of());
  }

  private IncidentsOfGroup(String name) {
    this.name = name;
  }

  static IncidentsOfGroup of(String name, @Nullable IncidentGroup stored) {
    IncidentsOfGroup group = new IncidentsOfGroup(name);
    if (stored != null) {
      for (KeptMember each : stored.getMembers()) {
        group.add(
            new Member(
                each.getFinding(),
                stored.getRules().get(each.getRule()),
                each.getStartAt(),
                each.getEndAt()));
      }
    }
    return group;
  }

  private void add(Member member) {
    incidents = null;
    members.add(member);
    byFinding.put(member.finding(), member);
  }

  private void remove(@Nullable Member member) {
    if (member != null) {
      incidents = null;
      members.remove(member);
      byFinding.remove(member.finding());
    }
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /**
   * Returns whether the group stays as it is, because a changed finding was outside the group and
   * stays outside.
   */
  boolean isUnchangedBy(IncidentMember change) {
    if (byFinding.containsKey(change.getFinding())) {
      return false;
    }
    return !change.getStands() || isLeftOut(memberOf(change));
  }

  private boolean isLeftOut(Member member) {
    int before = 0;
    for (Member each : fromDay(member.day())) {
      if (each.day() != member.day()) {
        break;
      }
      if (isAfter(each, member)) {
        return false;
      }
      before++;
    }
    return before >= MOST_A_DAY;
  }

  private static Member memberOf(IncidentMember change) {
    return new Member(
        change.getFinding(), change.getRule(), change.getStartAt(), change.getEndAt());
  }

  /**
   * Adds, replaces or removes a changed finding, and returns the id of the finding that is dropped
   * for lack of room, or null. A finding is dropped if its day has too many. The dropped finding
   * takes part in no incident, and need not be the changed one.
   */
  @Nullable String take(IncidentMember change) {
    remove(byFinding.get(change.getFinding()));
    if (!change.getStands()) {
      return null;
    }
    Member member = memberOf(change);
    add(member);
    Member last = lastIfTooMany(member.day());
    remove(last);
    return last == null ? null : last.finding();
  }

  private @Nullable Member lastIfTooMany(long day) {
    int count = 0;
    Member last = null;
    for (Member each : fromDay(day)) {
      if (each.day() != day) {
        break;
      }
      count++;
      if (last == null || isAfter(each, last)) {
        last = each;
      }
    }
    return count > MOST_A_DAY ? last : null;
  }

  private Iterable<Member> fromDay(long day) {
    return members.tailSet(new Member("", "", day * DAY_MILLIS, 0, 0), true);
  }

  private static boolean isAfter(Member one, Member other) {
    int order = Long.compareUnsigned(one.hash(), other.hash());
    return order == 0 ? one.finding().compareTo(other.finding()) > 0 : order > 0;
  }

  /**
   * Returns the incident of each finding by the finding's id. The incident is {@link Incident#NONE}
   * while all findings of the incident are of one rule.
   */
  Map<String, Incident> incidents() {
    Map<String, Incident> known = incidents;
    if (known == null) {
      known = computed();
      incidents = known;
    }
    return known;
  }

  private Map<String, Incident> computed() {
    Map<String, Incident> all = new HashMap<>();
    for (List<Member> each : split()) {
      TreeSet<String> rules = new TreeSet<>();
      each.forEach(member -> rules.add(member.rule()));
      Incident incident =
          rules.size() == 1
              ? Incident.NONE
              : new Incident(
                  IncidentId.of(name, each.get(0).finding()),
                  rules.size() < RULES_TO_RAISE ? List.of() : List.copyOf(rules));
      each.forEach(member -> all.put(member.finding(), incident));
    }
    return all;
  }

  List<List<String>> findings() {
    return split().stream().map(each -> each.stream().map(Member::finding).toList()).toList();
  }

  private List<List<Member>> split() {
    List<List<Member>> all = new ArrayList<>();
    List<Member> open = new ArrayList<>();
    long endAt = Long.MIN_VALUE;
    for (Member each : members) {
      if (!open.isEmpty()
          && (each.startAt() > endAt + GAP_MILLIS
              || each.startAt() > open.get(0).startAt() + LENGTH_MILLIS)) {
        all.add(open);
        open = new ArrayList<>();
        endAt = Long.MIN_VALUE;
      }
      open.add(each);
      endAt = Math.max(endAt, each.endAt());
    }
    if (!open.isEmpty()) {
      all.add(open);
    }
    return all;
  }

  /**
   * Removes the oldest incidents, as long as all findings of an incident ended before a time, and
   * returns whether an incident was removed. An incident is only removed as a whole, so that the
   * next incident still opens with the same finding.
   */
  boolean evict(long before) {
    boolean removed = false;
    for (List<Member> each : split()) {
      if (each.stream().anyMatch(member -> member.endAt() >= before)) {
        break;
      }
      each.forEach(this::remove);
      removed = true;
    }
    return removed;
  }

  IncidentGroup stored() {
    TreeMap<String, Integer> rules = new TreeMap<>();
    members.forEach(each -> rules.put(each.rule(), 0));
    List<String> names = List.copyOf(rules.keySet());
    for (int i = 0; i < names.size(); i++) {
      rules.put(names.get(i), i);
    }
    List<KeptMember> kept = new ArrayList<>(members.size());
    for (Member each : members) {
      kept.add(
          new KeptMember(
              each.finding(), rules.getOrDefault(each.rule(), 0), each.startAt(), each.endAt()));
    }
    return new IncidentGroup(name, names, kept);
  }
}
