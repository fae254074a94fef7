package dev.lockstep.detections.contribution;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Order of the verdicts of a finding. The finding takes its severity, reason and gates from the
 * first verdict.
 */
final class VerdictOrder {
  /**
   * Largest number of verdicts of a finding that are sorted completely. If there are more, this
   * number of verdicts, the foremost by severity, reason and weight, are sorted, and the others
   * follow them unsorted. That suffices for the evidence.
   */
  static final int MOST_SORTED = 256;

  private VerdictOrder() {}

  static List<Fired> sorted(RuleInfo info, List<Fired> fired) {
    List<Fired> sorted = new ArrayList<>(fired);
    Comparator<Fired> telling = (one, other) -> compare(info, one, other);
    if (sorted.size() <= MOST_SORTED) {
      sorted.forEach(Fired::complete);
      sorted.sort(telling);
    } else {
      bringFirst(sorted, telling);
    }
    return sorted;
  }

  private static int compare(RuleInfo info, Fired one, Fired other) {
    int order = other.severity().compareTo(one.severity());
    if (order == 0 && !one.reason().equals(other.reason())) {
      order = Integer.compare(info.rank(one.reason()), info.rank(other.reason()));
    }
    if (order == 0) {
      order = Double.compare(other.weight(), one.weight());
    }
    if (order == 0) {
      order = Long.compare(one.fact(0).firstAt(), other.fact(0).firstAt());
    }
    if (order == 0) {
      order = locatedFirst(one.fact(0), other.fact(0));
    }
    if (order == 0) {
      order = one.fact(0).traits().compareTo(other.fact(0).traits());
    }
    if (order == 0) {
      order = Integer.compare(one.size(), other.size());
    }
    for (int i = 1; i < one.size() && order == 0; i++) {
      order = locatedFirst(one.fact(i), other.fact(i));
      if (order == 0) {
        order = one.fact(i).traits().compareTo(other.fact(i).traits());
      }
      if (order == 0) {
        order = Long.compare(one.fact(i).firstAt(), other.fact(i).firstAt());
      }
    }
    return order;
  }

  /**
   * Compares two facts so that a fact with a location comes first. If only Front Door's record
   * tells the client's address of a call, the call may be in two facts: one without a location, and
   * one with it.
   */
  private static int locatedFirst(Fact one, Fact other) {
    return Boolean.compare(one.location() == null, other.location() == null);
  }

  private static void bringFirst(List<Fired> all, Comparator<Fired> order) {
    PriorityQueue<Fired> first = new PriorityQueue<>(MOST_SORTED + 1, order.reversed());
    int kept = 0;
    for (int i = 0; i < all.size(); i++) {
      Fired one = all.get(i);
      if (first.size() < MOST_SORTED) {
        first.add(one);
      } else if (order.compare(one, first.element()) < 0) {
        all.set(kept++, first.remove());
        first.add(one);
      } else {
        all.set(kept++, one);
      }
    }
    List<Fired> sorted = new ArrayList<>(first);
    sorted.sort(order);
    List<Fired> others = List.copyOf(all.subList(0, kept));
    all.clear();
    all.addAll(sorted);
    all.addAll(others);
  }
}
