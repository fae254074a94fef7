package dev.lockstep.detections.waf;

import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Requests of one address to one host in one minute: all blocked, all scored or all accepted. The
 * firewall blocks a request or gives it an anomaly score; the gateway accepts a call.
 *
 * @param sorted requests by time
 * @param others for each request the index of the next one with another reference, or the number of
 *     requests if there is none
 * @param rules rules of the firewall that the requests matched
 */
@SuppressWarnings("ArrayRecordComponent") // no two are compared
record MinuteRequests(List<WafRequest> sorted, int[] others, Set<String> rules) {
  static MinuteRequests of(List<Seen> members) {
    List<WafRequest> sorted = new ArrayList<>(members.size());
    Set<String> rules = new HashSet<>();
    for (Seen seen : members) {
      WafRequest one = WafRequest.of(seen.text());
      sorted.add(one);
      if (!one.rule().isEmpty()) {
        rules.add(one.rule());
      }
    }
    sorted.sort(Comparator.comparingInt(WafRequest::millis));
    int[] others = new int[sorted.size()];
    for (int i = sorted.size() - 1; i >= 0; i--) {
      boolean isSame =
          i + 1 < sorted.size() && sorted.get(i).reference().equals(sorted.get(i + 1).reference());
      others[i] = isSame ? others[i + 1] : i + 1;
    }
    return new MinuteRequests(sorted, others, rules);
  }

  /**
   * Returns whether a request with another tracking reference than the given one lies in a time
   * span.
   *
   * @param from milliseconds since the start of the minute, inclusive
   * @param to milliseconds since the start of the minute, inclusive
   */
  boolean hasOther(long from, long to, String reference) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).millis() < from) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < sorted.size() && sorted.get(low).reference().equals(reference)) {
      low = others[low];
    }
    return low < sorted.size() && sorted.get(low).millis() <= to;
  }
}
