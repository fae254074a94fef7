package dev.lockstep.detections.topology;

/**
 * Bloom filter of subjects, which recognises most subjects that have no records.
 *
 * <p>A subject sets one bit in each word of one line of 64 bytes. When the filter is full, fewer
 * than one in a hundred absent subjects are taken for present.
 */
final class SubjectFilter {
  private static final int BITS_A_SUBJECT = 16;
  private static final int WORDS_A_LINE = 8;

  private final long[] words;
  private final int lines;
  private final int size;
  private int left;

  SubjectFilter(int subjects) {
    lines = Math.max(1, (int) ((long) subjects * BITS_A_SUBJECT / (64 * WORDS_A_LINE)));
    words = new long[lines * WORDS_A_LINE];
    size = subjects;
    left = subjects;
  }

  /**
   * Returns how many subjects the filter has room for in all. The number does not change when
   * subjects are added.
   */
  int size() {
    return size;
  }

  boolean isFull() {
    return left <= 0;
  }

  void add(long hash) {
    int line = line(hash);
    long second = mixed(hash);
    boolean added = false;
    for (int word = 0; word < WORDS_A_LINE; word++) {
      long bit = bit(second, word);
      added |= (words[line + word] & bit) == 0;
      words[line + word] |= bit;
    }
    if (added) {
      left--;
    }
  }

  /**
   * Returns false if no subject with this {@link #hash} was added, and true if one may have been
   * added.
   */
  boolean mayHold(long hash) {
    int line = line(hash);
    long second = mixed(hash);
    for (int word = 0; word < WORDS_A_LINE; word++) {
      if ((words[line + word] & bit(second, word)) == 0) {
        return false;
      }
    }
    return true;
  }

  private int line(long hash) {
    return (int) (((hash >>> 32) * lines) >>> 32) * WORDS_A_LINE;
  }

  /**
   * Returns a mask with the one bit that marks a subject in one of the filter's 64-bit words. Six
   * bits of the subject's second hash choose the bit.
   */
  private static long bit(long second, int word) {
    return 1L << (second >>> (6 * word));
  }

  static long hash(byte[] subject) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : subject) {
      hash = (hash ^ (each & 0xFF)) * 0x100000001b3L;
    }
    return mixed(hash);
  }

  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 29)) * 0x9e3779b97f4a7c15L;
    return mixed ^ (mixed >>> 32);
  }
}
