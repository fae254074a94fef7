package dev.lockstep.enrichment.address;

import org.jspecify.annotations.Nullable;

/**
 * Answers of a pure look-up, remembered by the question's hash: a new one takes the place of one
 * with the same slot.
 *
 * <p>Safe for use by many threads without a lock: an entry is immutable, and one that is lost in a
 * race is worked out again.
 */
public final class RecentAnswers<Q, A> {
  private final @Nullable Entry<Q, A>[] entries;

  private record Entry<Q, A>(Q question, A answer) {}

  /**
   * Creates a memory of nothing.
   *
   * @param slots a power of two
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public RecentAnswers(int slots) {
    entries = new Entry[slots];
  }

  /** Returns the answer to a question, or null if it is not remembered. */
  public @Nullable A get(Q question) {
    Entry<Q, A> entry = entries[slot(question)];
    return entry != null && entry.question().equals(question) ? entry.answer() : null;
  }

  public void put(Q question, A answer) {
    entries[slot(question)] = new Entry<>(question, answer);
  }

  private int slot(Q question) {
    int hash = question.hashCode() * 0x9E3779B9;
    return hash >>> Integer.numberOfLeadingZeros(entries.length - 1);
  }
}
