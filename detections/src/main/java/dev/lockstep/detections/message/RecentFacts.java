package dev.lockstep.detections.message;

/**
 * Bounded memory of the hashes of facts, used to recognise a fact that a rule states again. No
 * verdict depends on the memory.
 *
 * <p>It holds two generations of hashes. When the younger one is full, it becomes the elder, and
 * the former elder is dropped.
 */
public final class RecentFacts {
  private static final int FEWEST_SLOTS = 256;

  private final int most;
  private long[] younger = new long[FEWEST_SLOTS];
  private long[] elder = new long[FEWEST_SLOTS];
  private int size;

  /**
   * Creates an empty memory of the hashes of recent facts.
   *
   * @param most number of hashes in a generation
   */
  public RecentFacts(int most) {
    this.most = most;
  }

  /** Adds the hash of a fact, and returns whether the hash is new to this memory. */
  public boolean add(long identity) {
    long hash = identity == 0 ? 1 : identity; // 0 is a free slot
    int slot = slot(younger, hash);
    if (younger[slot] == hash) {
      return false;
    }
    boolean isNew = elder[slot(elder, hash)] != hash;
    younger[slot] = hash;
    if (++size >= most) {
      elder = younger;
      younger = new long[elder.length];
      size = 0;
    } else if (2 * size > younger.length) {
      grow();
    }
    return isNew;
  }

  private void grow() {
    long[] more = new long[2 * younger.length];
    for (long hash : younger) {
      if (hash != 0) {
        more[slot(more, hash)] = hash;
      }
    }
    younger = more;
  }

  private static int slot(long[] slots, long hash) {
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
