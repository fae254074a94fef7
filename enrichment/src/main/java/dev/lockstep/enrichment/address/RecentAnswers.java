package dev.lockstep.enrichment.address;

import org.jspecify.annotations.Nullable;

/**
 * Cache, with a fixed number of slots, for a look-up whose answers depend only on the question. The
 * hash of a question gives its slot, and a new answer replaces the answer in its slot.
 *
 * <p>Safe for use by many threads without a lock: entries are immutable, and an entry that is lost
 * in a race is computed again.
 */
public final class RecentAnswers<Q, A> {
  private final @Nullable Entry<Q, A>[] entries;

  /** Cached answer with its question. */
  private record Entry<Q, A>(Q question, A answer) {}

  /**
   * Creates an empty cache.
   *
   * @param slots number of slots, a power of two
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public RecentAnswers(int slots) {
    entries = new Entry[slots];
  }

  /** Returns the cached answer to a question, or null if none is cached. */
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
