package dev.lockstep.detections.sigma.correlation;

import java.util.List;

/**
 * Static methods that walk over the time windows of a correlation's group, from early to late. Each
 * window ends at an event of the group.
 */
final class WindowWalk {
  private WindowWalk() {}

  /**
   * Receiver to which {@link #walk} passes each time window of a correlation with the events in it.
   */
  @FunctionalInterface
  interface Reader {
    /**
     * Receives one window from {@link WindowWalk#walk}, and returns whether the walk goes on to the
     * next window.
     *
     * @param at time of the events that end the window
     * @param from index of the first event in the window
     * @param to index after the last event in the window
     */
    boolean read(long at, int from, int to, WindowAggregate window);
  }

  /**
   * Passes to a reader each time window that ends between two times, until the reader returns
   * false. Both times are included. A window ends at its last event.
   *
   * @param members events of the group, in order of time
   */
  static void walk(WindowCondition of, List<Member> members, long from, long to, Reader reader) {
    WindowAggregate window = of.window();
    int leaving = indexAt(members, from - of.spanMillis());
    int next = leaving;
    while (next < members.size()) {
      long at = members.get(next).at();
      if (at > to) {
        return;
      }
      int end = next + 1;
      while (end < members.size() && members.get(end).at() == at) {
        end++;
      }
      window.enterAll(members.subList(next, end));
      while (members.get(leaving).at() < at - of.spanMillis()) {
        window.leave(members.get(leaving++));
      }
      if (at >= from && !reader.read(at, leaving, end, window)) {
        return;
      }
      next = end;
    }
  }

  static long earliest(WindowCondition of, List<Member> members, long from, long to) {
    long[] hit = {GroupDay.NO_HIT};
    walk(
        of,
        members,
        from,
        to,
        (at, first, last, window) -> {
          if (window.holds(at)) {
            hit[0] = at;
          }
          return hit[0] == GroupDay.NO_HIT;
        });
    return hit[0];
  }

  /**
   * Returns the index of the first event at or after a time, or the number of events if there is
   * none.
   */
  static int indexAt(List<Member> members, long at) {
    int low = 0;
    int high = members.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (members.get(middle).at() < at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
