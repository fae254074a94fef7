package dev.lockstep.app;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * At which spots each user was, by quarters of an hour, and with which of up to three devices of
 * the organisation: up to 4 million such stays of up to a million users; more are left out. The
 * order in which they are added does not matter.
 */
final class Stays {
  /** How many quarters of an hour a day has. */
  static final int QUARTERS_A_DAY = 96;

  private static final int MOST = 1 << 22;
  private static final int DEVICE_BITS = 2;
  private static final int SPOT_BITS = 18;
  private static final int QUARTER_BITS = 24;
  private static final int USER_BITS = 20;
  private static final int MOST_DEVICES = (1 << DEVICE_BITS) - 1;
  private static final long QUARTER_MILLIS = 900_000;
  private static final long SPOT_MASK = (1L << SPOT_BITS) - 1;
  private static final long QUARTER_MASK = (1L << QUARTER_BITS) - 1;

  private final Map<Long, User> users = new HashMap<>();
  private long[] stays = new long[1024];
  private int size;
  private long leftOut;

  /** A user's number, and the hashes of devices. */
  private static final class User {
    final int number;
    private final long[] devices = new long[MOST_DEVICES];

    User(int number) {
      this.number = number;
    }

    /** Returns 1 to 3, or 0 for no device, and for one too many. */
    int numberOf(long device) {
      for (int i = 0; device != 0 && i < devices.length; i++) {
        if (devices[i] == 0) {
          devices[i] = device;
        }
        if (devices[i] == device) {
          return i + 1;
        }
      }
      return 0;
    }
  }

  /** Takes where one user was. */
  interface Visitor {
    /**
     * Takes a user's stays in order of time.
     *
     * @param user a number of the user
     * @param quarters of an hour since 1970
     * @param spots their numbers
     * @param devices 1 to 3, or 0 for a device that is not known to be the organisation's
     */
    void visit(int user, int[] quarters, int[] spots, int[] devices);
  }

  /**
   * @param device a hash of a device of the organisation, or 0
   * @param spot a number below 262,144
   */
  void add(long userHash, long device, long eventAt, int spot) {
    User user = users.get(userHash);
    if (user == null) {
      if (users.size() >> USER_BITS != 0) {
        leftOut++;
        return;
      }
      user = new User(users.size());
      users.put(userHash, user);
    }
    if (size == stays.length && !room()) {
      leftOut++;
      return;
    }
    long quarter = Math.floorDiv(eventAt, QUARTER_MILLIS) & QUARTER_MASK;
    stays[size++] =
        (((long) user.number << QUARTER_BITS | quarter) << SPOT_BITS | spot) << DEVICE_BITS
            | user.numberOf(device);
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

  void each(Visitor visitor) {
    once();
    int from = 0;
    while (from < size) {
      int user = user(stays[from]);
      int to = from + 1;
      while (to < size && user(stays[to]) == user) {
        to++;
      }
      int[] quarters = new int[to - from];
      int[] spots = new int[to - from];
      int[] devices = new int[to - from];
      for (int i = from; i < to; i++) {
        devices[i - from] = (int) (stays[i] & MOST_DEVICES);
        spots[i - from] = (int) (stays[i] >>> DEVICE_BITS & SPOT_MASK);
        quarters[i - from] = (int) (stays[i] >>> (DEVICE_BITS + SPOT_BITS) & QUARTER_MASK);
      }
      visitor.visit(user, quarters, spots, devices);
      from = to;
    }
  }

  private static int user(long stay) {
    return (int) (stay >>> (DEVICE_BITS + SPOT_BITS + QUARTER_BITS));
  }

  long leftOut() {
    return leftOut;
  }
}
