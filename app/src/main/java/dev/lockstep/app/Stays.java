package dev.lockstep.app;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Who was seen at which spots in which hour, each once: up to 4 million such stays of up to a
 * million users; more are left out. The order in which they are added does not matter.
 */
final class Stays {
  private static final int MOST = 1 << 22;
  private static final int SPOT_BITS = 24;
  private static final int HOUR_BITS = 19;
  private static final int USER_BITS = 20;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long SPOT_MASK = (1L << SPOT_BITS) - 1;
  private static final long HOUR_MASK = (1L << HOUR_BITS) - 1;

  private final Map<Long, Integer> users = new HashMap<>();
  private long[] stays = new long[1024];
  private int size;
  private long leftOut;

  /** Takes those who were at some spots in the same hour. */
  interface Company {
    /**
     * Takes a user's hour.
     *
     * @param user a number of the user
     * @param day since 1970
     * @param spots two or more different ones
     */
    void together(int user, int day, int[] spots);
  }

  /**
   * @param spot a number below 16 million
   */
  void add(long userHash, long eventAt, int spot) {
    Integer user = users.get(userHash);
    if (user == null) {
      user = users.size();
      if (user >> USER_BITS != 0) {
        leftOut++;
        return;
      }
      users.put(userHash, user);
    }
    if (size == stays.length && !room()) {
      leftOut++;
      return;
    }
    long hour = Math.floorDiv(eventAt, HOUR_MILLIS) & HOUR_MASK;
    stays[size++] = (long) user << (HOUR_BITS + SPOT_BITS) | hour << SPOT_BITS | spot;
  }

  /** Makes room: by forgetting repetitions, else by taking more of it. */
  private boolean room() {
    once();
    if (size > stays.length / 2 && stays.length < MOST) {
      stays = Arrays.copyOf(stays, 2 * stays.length);
    }
    return size < stays.length;
  }

  private void once() {
    Arrays.sort(stays, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || stays[i] != stays[i - 1]) {
        stays[kept++] = stays[i];
      }
    }
    size = kept;
  }

  void together(Company company) {
    once();
    int from = 0;
    while (from < size) {
      long who = stays[from] >>> SPOT_BITS;
      int to = from + 1;
      while (to < size && stays[to] >>> SPOT_BITS == who) {
        to++;
      }
      if (to - from > 1) {
        int[] spots = new int[to - from];
        for (int i = from; i < to; i++) {
          spots[i - from] = (int) (stays[i] & SPOT_MASK);
        }
        company.together((int) (who >>> HOUR_BITS), (int) ((who & HOUR_MASK) / 24), spots);
      }
      from = to;
    }
  }

  long leftOut() {
    return leftOut;
  }
}
