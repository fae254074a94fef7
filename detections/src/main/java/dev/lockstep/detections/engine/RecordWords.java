package dev.lockstep.detections.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Dictionary of the few texts that repeat in all records of one run. For one thread. */
final class RecordWords {
  private static final int MOST = 10_000;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  /** Returns the number of a text, -1 if there are too many. */
  int number(String text) {
    Integer known = numbers.get(text);
    if (known != null) {
      return known;
    }
    if (words.size() >= MOST) {
      return -1;
    }
    numbers.put(text, words.size());
    words.add(text);
    return words.size() - 1;
  }

  String word(int number) {
    return words.get(number);
  }
}
