package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts of a fact with the minutes of its day, sorted; if there are too many, those with the
 * smallest hashes.
 */
final class SeenSet {
  private final List<Seen> members = new ArrayList<>(1);

  /** Adds a member; returns whether that changed anything. */
  boolean add(String text, int firstMinute, int lastMinute, int most) {
    int at = place(text);
    if (at >= 0) {
      Seen before = members.get(at);
      if (before.firstMinute() <= firstMinute && before.lastMinute() >= lastMinute) {
        return false;
      }
      members.set(
          at,
          new Seen(
              text,
              Math.min(before.firstMinute(), firstMinute),
              Math.max(before.lastMinute(), lastMinute)));
      return true;
    }
    members.add(-at - 1, new Seen(text, firstMinute, lastMinute));
    if (members.size() <= most) {
      return true;
    }
    int last = 0;
    long largest = Long.MIN_VALUE;
    for (int i = 0; i < members.size(); i++) {
      long hash = Hashes.of(members.get(i).text());
      if (hash > largest) {
        largest = hash;
        last = i;
      }
    }
    return !members.remove(last).text().equals(text);
  }

  private int place(String text) {
    int low = 0;
    int high = members.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = members.get(middle).text().compareTo(text);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  List<Seen> list() {
    return members;
  }

  int size() {
    return members.size();
  }
}
