package dev.lockstep.app;

/**
 * Two spots of different prefixes at which a user was within one hour of a day.
 *
 * @param user a number of the user
 * @param day since 1970
 */
record Pairing(int user, int day, Spot one, Spot other) {
  private static final double FAR_KM = 500;
  private static final double NEAR_KM = 100;

  /** Returns whether nobody travels that in an hour, as impossible-travel has it by default. */
  boolean far() {
    return one.apartKm(other) >= FAR_KM;
  }

  boolean near() {
    return one.apartKm(other) <= NEAR_KM;
  }

  /** Returns how often a user was there that day, which is once. */
  UserDay userDay() {
    return new UserDay(user, day);
  }

  /** A user on a day. */
  record UserDay(int user, int day) {}
}
