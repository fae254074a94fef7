package dev.lockstep.app.estate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counter of how often each text occurs, for at most {@value #MOST} different texts. */
final class TextCounts {
  static final int MOST = 4_096;

  private final Map<String, Long> numbers = new HashMap<>();
  private long total;

  void add(String text) {
    total++;
    if (numbers.size() < MOST || numbers.containsKey(text)) {
      numbers.merge(text, 1L, Long::sum);
    }
  }

  long of(String text) {
    return numbers.getOrDefault(text, 0L);
  }

  long total() {
    return total;
  }

  int size() {
    return numbers.size();
  }

  boolean isEmpty() {
    return numbers.isEmpty();
  }

  List<String> texts() {
    List<String> texts = new ArrayList<>(numbers.keySet());
    texts.sort(Comparator.comparingLong((String text) -> -of(text)).thenComparing(text -> text));
    return texts;
  }
}
