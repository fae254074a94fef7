package dev.lockstep.detections.sigma.correlation;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the hits of a correlation's group on one UTC day. A hit is a time window that ends on
 * the day and fulfils the condition. It may begin on an earlier day.
 */
public final class HitFinder {
  private final WindowCondition of;
  private final GroupDay today;
  private final List<GroupDay> before;
  private final long start;

  /**
   * Creates a finder of a day's hits, which are windows that end at an event of the day.
   *
   * @param before earlier days in which a window of the day may begin, in order of time
   * @param day UTC day since 1970
   */
  public HitFinder(WindowCondition of, GroupDay today, List<GroupDay> before, int day) {
    this.of = of;
    this.today = today;
    this.before = List.copyOf(before);
    this.start = day * GroupDay.DAY_MILLIS;
  }

  /** Returns the condition that a window of the group has to fulfil. */
  public WindowCondition condition() {
    return of;
  }

  /**
   * Returns whether events were left out because there were too many. They may be events of this
   * day, or of an earlier day in which a window of this day may begin.
   */
  public boolean hasOverflow() {
    return today.hasOverflow() || before.stream().anyMatch(GroupDay::hasOverflow);
  }

  /** Returns the earliest hit of the day, or null if no window of the day fulfils the condition. */
  public @Nullable Hit earliest() {
    if (today.members().isEmpty()) {
      return null;
    }
    if (!of.firesAtOnce()) {
      List<Member> all = all();
      return hit(all, WindowWalk.earliest(of, all, start, GroupDay.NO_HIT));
    }
    long own = today.ownHit();
    if (!mayReachBack()) {
      Hit known = today.known(own);
      if (known == null && own != GroupDay.NO_HIT) {
        known = hit(today.members(), own);
        if (known != null) {
          today.known(known);
        }
      }
      return known;
    }
    List<Member> all = all();
    long to = Math.min(own, start + of.spanMillis());
    long across = WindowWalk.earliest(of, all, start, to);
    return hit(all, Math.min(own, across));
  }

  private boolean mayReachBack() {
    long from = today.members().get(0).at() - of.spanMillis();
    long sum = today.mostOfWindow();
    boolean reaches = false;
    for (GroupDay day : before) {
      List<Member> members = day.members();
      if (!members.isEmpty() && members.get(members.size() - 1).at() >= from) {
        reaches = true;
        sum += day.mostOfWindow();
      }
    }
    return reaches && (of.expression() != null || sum >= of.need());
  }

  private List<Member> all() {
    long from = today.members().get(0).at() - of.spanMillis();
    List<Member> all = new ArrayList<>();
    for (GroupDay day : before) {
      List<Member> members = day.members();
      all.addAll(members.subList(WindowWalk.indexAt(members, from), members.size()));
    }
    if (all.isEmpty()) {
      return today.members();
    }
    all.addAll(today.members());
    return all;
  }

  private @Nullable Hit hit(List<Member> all, long at) {
    if (at == GroupDay.NO_HIT) {
      return null;
    }
    Hit[] found = new Hit[1];
    WindowWalk.walk(
        of,
        all,
        at,
        at,
        (time, from, to, window) -> {
          found[0] = new Hit(time, window.number(time), all.subList(from, to), List.of());
          return false;
        });
    return found[0];
  }

  /**
   * Returns the window whose compared number, such as a count of events, is largest, or null if the
   * day has no events. Of several such windows it is the earliest.
   */
  public @Nullable Hit fullest() {
    if (today.members().isEmpty()) {
      return null;
    }
    List<Member> all = all();
    Hit[] fullest = new Hit[1];
    WindowWalk.walk(
        of,
        all,
        start,
        GroupDay.NO_HIT,
        (at, from, to, window) -> {
          Hit best = fullest[0];
          if (best == null || window.number(at).compareTo(best.number()) > 0) {
            fullest[0] = new Hit(at, window.number(at), all.subList(from, to), window.lacks());
          }
          return true;
        });
    return fullest[0];
  }

  /** Returns the events of the day that come last in a window which fulfils the condition. */
  public Set<Member> hits() {
    Set<Member> hits = new HashSet<>();
    if (!today.members().isEmpty()) {
      List<Member> all = all();
      WindowWalk.walk(
          of,
          all,
          start,
          GroupDay.NO_HIT,
          (at, from, to, window) -> {
            if (window.holds(at)) {
              for (int i = to - 1; i >= from && all.get(i).at() == at; i--) {
                hits.add(all.get(i));
              }
            }
            return true;
          });
    }
    return hits;
  }

  /**
   * Returns whether a hit of the day may still be retracted. That is so if a member is provisional,
   * or if a later event may undo a hit.
   */
  public boolean isProvisional() {
    return !of.firesAtOnce()
        || today.members().stream().anyMatch(Member::isProvisional)
        || before.stream().flatMap(day -> day.members().stream()).anyMatch(Member::isProvisional);
  }

  /**
   * Returns the count that a finding reports for a hit, which is a window that fulfils the
   * condition. If a correlation of events or values fires at once, it is the smallest number that
   * fulfils the condition. Otherwise it is the number of the hit.
   */
  public int count(Hit hit) {
    boolean isThreshold =
        of.firesAtOnce()
            && (of.type() == CorrelationDocument.Type.EVENT_COUNT
                || of.type() == CorrelationDocument.Type.VALUE_COUNT);
    return isThreshold ? of.need() : hit.count();
  }
}
