package dev.lockstep.app.report;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values in the order of their first use, each with its number from 0. */
final class NumberedValues<T> {
  private final Map<T, Integer> numbers = new LinkedHashMap<>();

  /** Returns the number of a value; a new value gets the next free number. */
  int number(T value) {
    return numbers.computeIfAbsent(value, any -> numbers.size());
  }

  Collection<T> values() {
    return numbers.keySet();
  }
}
