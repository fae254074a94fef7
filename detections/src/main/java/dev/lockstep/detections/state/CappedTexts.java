package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorted list of the texts that a fact keeps, up to a maximum number. Each text has the minutes of
 * the UTC day of its first and last event. If there are too many, those with the smallest hashes
 * are kept.
 */
final class CappedTexts {
  private final List<Seen> members = new ArrayList<>(1);

  /**
   * Hashes of the kept texts, each at the index that its text has in {@link #members}. Null until a
   * new text comes to the full list.
   */
  private long @Nullable [] hashes;

  /** Hash codes of the kept texts in ascending order. Null until a text is asked for. */
  private int @Nullable [] codes;

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
    int to = -at - 1;
    if (members.size() < most) {
      members.add(to, new Seen(text, firstMinute, lastMinute));
      hashes = null;
      codes = null;
      return true;
    }
    if (members.isEmpty()) {
      return false;
    }
    long[] known = hashes;
    if (known == null) {
      known = new long[members.size()];
      for (int i = 0; i < known.length; i++) {
        known[i] = Hashes.of(members.get(i).text());
      }
      hashes = known;
    }
    int last = 0;
    for (int i = 1; i < known.length; i++) {
      if (known[i] > known[last]) {
        last = i;
      }
    }
    long hash = Hashes.of(text);
    if (hash > known[last] || (hash == known[last] && to <= last)) {
      return false;
    }
    replace(last, to, new Seen(text, firstMinute, lastMinute), hash, known);
    return true;
  }

  /**
   * Removes the member at index {@code last}, and inserts another member at its place in the order.
   *
   * @param last index of the member to remove
   * @param place index for the other member, counted before the removal
   */
  private void replace(int last, int place, Seen other, long hash, long[] known) {
    codes = null;
    members.remove(last);
    int to = place > last ? place - 1 : place;
    members.add(to, other);
    if (to > last) {
      System.arraycopy(known, last + 1, known, last, to - last);
    } else {
      System.arraycopy(known, to, known, to + 1, last - to);
    }
    known[to] = hash;
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

  boolean contains(String text) {
    int[] known = codes;
    if (known == null) {
      known = members.stream().mapToInt(member -> member.text().hashCode()).sorted().toArray();
      codes = known;
    }
    return Arrays.binarySearch(known, text.hashCode()) >= 0 && place(text) >= 0;
  }

  List<Seen> list() {
    return members;
  }

  int size() {
    return members.size();
  }
}
