package dev.lockstep.detections.storage;

/**
 * Counter that has one count for each recently counted key, in memory outside the heap. A key is
 * any sequence of bytes. For one thread.
 *
 * <p>The keys are in two tables, a recent one and an earlier one. When the recent table is full, it
 * becomes the earlier one, and the keys of the previous earlier table are evicted.
 */
public final class RecentCounts {
  private final int most;
  private SubjectTable recent = new SubjectTable();
  private SubjectTable earlier = new SubjectTable();
  private final byte[] count = new byte[1];

  /**
   * Number of keys in {@link #recent}, the newer of the two tables. Each counted key is written to
   * this table.
   */
  private int keys;

  /**
   * Creates a counter that has counted no keys yet.
   *
   * @param most largest number of keys that are kept; the {@code most / 2} keys that were counted
   *     last are always among them
   */
  public RecentCounts(int most) {
    this.most = most;
  }

  /** Adds one to the count of a key, up to {@value Byte#MAX_VALUE}, and returns the new count. */
  public int add(byte[] key) {
    byte[] before = recent.read(key);
    if (before.length == 0) {
      before = earlier.read(key);
      if (keys >= most / 2) {
        SubjectTable evicted = earlier;
        evicted.clear();
        earlier = recent;
        recent = evicted;
        keys = 0;
      }
      keys++;
    }
    count[0] = before.length == 0 ? 1 : (byte) Math.min(Byte.MAX_VALUE, before[0] + 1);
    recent.replace(key, count, 1);
    return count[0];
  }
}
