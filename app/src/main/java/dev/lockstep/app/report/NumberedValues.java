package dev.lockstep.app.report;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values in the order of their first use, each with its number from 0. */
final class NumberedValues<T> {
  private final Map<T, Integer> numbers = new LinkedHashMap<>();

  /** Returns the number of a value, which is the next free one if the value is new. */
  int number(T value) {
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    int next = numbers.size();
    numbers.put(value, next);
    return next;
  }

  Collection<T> values() {
    return numbers.keySet();
  }
}
