package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;

/** Fields of one event, by index, for the comparisons of Sigma rules. */
@FunctionalInterface
public interface EventFields {
  /**
   * Returns a field.
   *
   * @param index index of the field in {@link EventMatcher#fields}
   */
  RawField field(int index);

  /** Returns what a memo makes of a field. */
  default <T> T field(int index, RawField.Memo<T> memo) {
    return memo.of(field(index));
  }
}
