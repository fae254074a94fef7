package dev.lockstep.app;

/**
 * Two spots of different prefixes at which a user was.
 *
 * @param user a number of the user
 * @param day since 1970 of a pair that is far, else 0
 * @param far whether nobody travels that in the time between, as impossible-travel has it by
 *     default
 * @param sameDevice whether one device of the organisation was at both
 * @param close whether at most three hours lay between
 */
record Pairing(
    int user, int day, Spot one, Spot other, boolean far, boolean sameDevice, boolean close) {
  private static final double FAR_KM = 500;
  private static final double NEAR_KM = 100;
  private static final double KM_AN_HOUR = 900;
  private static final int QUARTERS_AN_HOUR = 4;
  private static final int CLOSE_QUARTERS = 3 * QUARTERS_AN_HOUR;

  /**
   * Returns the pair.
   *
   * @param quarters between the quarters of an hour in which they were seen; the real time is less
   *     than one more
   */
  static Pairing of(int user, int day, Spot one, Spot other, int quarters, boolean sameDevice) {
    double apart = one.apartKm(other);
    double hours = (quarters + 1.0) / QUARTERS_AN_HOUR;
    boolean far = apart >= FAR_KM && apart >= KM_AN_HOUR * hours;
    boolean swap = one.network().prefix().compareTo(other.network().prefix()) > 0;
    return new Pairing(
        user,
        far ? day : 0,
        swap ? other : one,
        swap ? one : other,
        far,
        sameDevice,
        quarters <= CLOSE_QUARTERS);
  }

  /** Returns whether one device was at both, which cannot be. */
  boolean proven() {
    return far && sameDevice;
  }

  /** Returns whether it tells anything: that they are far, or seen close to each other. */
  boolean tells() {
    return far || close;
  }

  /** Returns whether they agree where the user was. */
  boolean near() {
    return close && one.apartKm(other) <= NEAR_KM;
  }
}
