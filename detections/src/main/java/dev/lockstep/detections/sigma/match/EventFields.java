package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;

/**
 * Reader of the fields of one event by their index in {@link EventMatcher#fields}, for the
 * comparisons of Sigma rules.
 */
@FunctionalInterface
public interface EventFields {
  /**
   * Returns the event's field that has the given index in {@link EventMatcher#fields}.
   *
   * @param index index of the field in {@link EventMatcher#fields}
   */
  RawField field(int index);

  /**
   * Returns the result of a function for the event's field that has the given index in {@link
   * EventMatcher#fields}. The function comes in a memo, which remembers results for fields with
   * equal values.
   *
   * @param index index of the field in {@link EventMatcher#fields}
   * @param memo function, with the results that are remembered
   */
  default <T> T field(int index, RawField.Memo<T> memo) {
    return memo.of(field(index));
  }
}
