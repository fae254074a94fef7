package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sorted list of the texts that a fact keeps, up to a maximum number. Each text has the minutes of
 * the UTC day of its first and last event. If there are too many, those with the smallest hashes
 * are kept.
 *
 * <h2>Texts that may be removed</h2>
 *
 * A text of an event that may be retracted is kept apart, with a hash of the event, until the event
 * is retracted. These pairs of text and hash have the same maximum number, and are counted
 * separately. A further text is kept like the texts of other events, so that no retraction removes
 * it. In state, a separator and the hash follow the text.
 */
final class CappedTexts {
  private static final char SEPARATOR = '\u0000';
  private static final long HASH_BITS = (1L << 40) - 1;

  private final List<Seen> members = new ArrayList<>(1);

  /**
   * Minute of each event that may be retracted. The key is the event's text, a separator and the
   * event's hash.
   */
  private @Nullable TreeMap<String, Integer> removable;

  /** Texts of all events, each once. Null until they are asked for. */
  private @Nullable List<Seen> all;

  /**
   * Hashes of the kept texts, each at the index that its text has in {@link #members}. Null until a
   * new text comes to the full list.
   */
  private long @Nullable [] hashes;

  /** Hash codes of the kept texts in ascending order. Null until a text is asked for. */
  private int @Nullable [] javaHashCodes;

  /**
   * Adds a text of an event that may be retracted, and returns whether that changed anything.
   *
   * @param event hash of the event, by which {@link #remove} finds the text
   */
  boolean addRemovable(String text, long event, int minute, int most) {
    int at = place(text);
    if (at >= 0
        && members.get(at).firstMinute() <= minute
        && members.get(at).lastMinute() >= minute) {
      return false;
    }
    TreeMap<String, Integer> known = removable;
    if (known == null) {
      known = new TreeMap<>();
      removable = known;
    }
    String marked = marked(text, event);
    if (known.size() >= most && !known.containsKey(marked)) {
      return add(text, minute, minute, most);
    }
    all = null;
    return known.putIfAbsent(marked, minute) == null;
  }

  /** Removes the text that a retracted event added, and returns whether there was such a text. */
  boolean remove(String text, long event) {
    TreeMap<String, Integer> known = removable;
    if (known == null || known.remove(marked(text, event)) == null) {
      return false;
    }
    all = null;
    return true;
  }

  private static String marked(String text, long event) {
    return text + SEPARATOR + Long.toString(event & HASH_BITS, Character.MAX_RADIX);
  }

  boolean add(String text, int firstMinute, int lastMinute, int most) {
    all = null;
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
      javaHashCodes = null;
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
   * Removes the member at index {@code last}, and inserts another member at the index {@code
   * place}.
   *
   * @param last index of the member to remove
   * @param place index for the other member, counted before the removal
   */
  private void replace(int last, int place, Seen other, long hash, long[] known) {
    javaHashCodes = null;
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
    int[] known = javaHashCodes;
    if (removable != null) {
      return list().stream().anyMatch(one -> one.text().equals(text));
    }
    if (known == null) {
      known = members.stream().mapToInt(member -> member.text().hashCode()).sorted().toArray();
      javaHashCodes = known;
    }
    return Arrays.binarySearch(known, text.hashCode()) >= 0 && place(text) >= 0;
  }

  /** Returns the kept texts in their order, each once. */
  List<Seen> list() {
    TreeMap<String, Integer> others = removable;
    if (others == null || others.isEmpty()) {
      return members;
    }
    List<Seen> known = all;
    if (known == null) {
      TreeMap<String, Seen> merged = new TreeMap<>();
      members.forEach(one -> merged.put(one.text(), one));
      others.forEach(
          (marked, minute) ->
              merged.merge(
                  textOf(marked),
                  new Seen(textOf(marked), minute, minute),
                  (one, other) ->
                      new Seen(
                          one.text(),
                          Math.min(one.firstMinute(), other.firstMinute()),
                          Math.max(one.lastMinute(), other.lastMinute()))));
      known = List.copyOf(merged.values());
      all = known;
    }
    return known;
  }

  private static String textOf(String marked) {
    return marked.substring(0, marked.lastIndexOf(SEPARATOR));
  }

  /** Returns the texts in the form that state stores and {@link #restore} reads. */
  List<Seen> stored() {
    boolean isPlain = removable == null || removable.isEmpty();
    if (isPlain && members.stream().noneMatch(one -> one.text().indexOf(SEPARATOR) >= 0)) {
      return members;
    }
    List<Seen> stored = new ArrayList<>();
    for (Seen one : members) {
      stored.add(one.text().indexOf(SEPARATOR) < 0 ? one : ofText(one, one.text() + SEPARATOR));
    }
    if (removable != null) {
      removable.forEach((marked, minute) -> stored.add(new Seen(marked, minute, minute)));
    }
    return stored;
  }

  /** Adds a text that {@link #stored} returned. */
  void restore(Seen one) {
    int end = one.text().lastIndexOf(SEPARATOR);
    if (end >= 0 && end < one.text().length() - 1) {
      TreeMap<String, Integer> known = removable;
      if (known == null) {
        known = new TreeMap<>();
        removable = known;
      }
      known.put(one.text(), one.firstMinute());
      all = null;
    } else {
      String text = end < 0 ? one.text() : one.text().substring(0, end);
      add(text, one.firstMinute(), one.lastMinute(), Integer.MAX_VALUE);
    }
  }

  /**
   * Adds the texts of another list after a function has changed each text.
   *
   * @param most largest number of texts that this list keeps
   */
  void addAll(CappedTexts other, UnaryOperator<String> change, int most) {
    for (Seen one : other.members) {
      add(change.apply(one.text()), one.firstMinute(), one.lastMinute(), most);
    }
    if (other.removable != null) {
      other.removable.forEach(
          (marked, minute) -> {
            String text = textOf(marked);
            restore(new Seen(change.apply(text) + marked.substring(text.length()), minute, minute));
          });
    }
  }

  private static Seen ofText(Seen one, String text) {
    return new Seen(text, one.firstMinute(), one.lastMinute());
  }

  int size() {
    return members.size() + (removable == null ? 0 : removable.size());
  }
}
