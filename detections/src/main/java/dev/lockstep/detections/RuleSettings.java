package dev.lockstep.detections;

/**
 * The numbers of the built-in rules.
 *
 * @param travel of {@code impossible-travel}
 * @param token of {@code token-replay}
 * @param drift of {@code partner-ip-drift}
 * @param setCap how many members a set keeps (the smallest by hash), at least 2
 */
public record RuleSettings(Travel travel, Token token, Drift drift, int setCap) {

  /** Returns the settings that the documentation names. */
  public static RuleSettings defaults() {
    return new RuleSettings(Travel.defaults(), Token.defaults(), Drift.defaults(), 256);
  }

  /**
   * Settings of {@code impossible-travel}.
   *
   * @param enabled whether it runs
   * @param shadow whether it runs and counts, but forwards nothing
   * @param minDistanceKm least effective distance, in km, above 0
   * @param maxSpeedKmh effective speed from which a pair fires, in km/h, above 0
   * @param maxHours how far apart two observations may be, in hours, 1 to 24
   * @param commuteDays on how many distinct days a place is seen until it is known
   * @param workloads whether workloads are observed too
   */
  public record Travel(
      boolean enabled,
      boolean shadow,
      double minDistanceKm,
      double maxSpeedKmh,
      int maxHours,
      int commuteDays,
      boolean workloads) {
    static Travel defaults() {
      return new Travel(true, false, 500, 900, 24, 3, false);
    }

    /**
     * Returns how close two alike observations lie to be held as one stay, in milliseconds: within
     * it, whatever is far enough away fires whichever of them it is compared with.
     */
    long stayGapMillis() {
      double closeHours = minDistanceKm / maxSpeedKmh;
      return closeHours * 3600 < 60 ? 0 : (long) (Math.min(0.5, closeHours) * 3_600_000);
    }
  }

  /**
   * Settings of {@code token-replay}.
   *
   * @param enabled whether it runs
   * @param shadow whether it runs and counts, but forwards nothing
   * @param maxHours how far apart two observations may be, in hours, 24 to 48: uses are kept by day
   * @param expirySkewMinutes how long after its expiry a token may still come
   */
  public record Token(boolean enabled, boolean shadow, int maxHours, int expirySkewMinutes) {
    static Token defaults() {
      return new Token(true, false, 48, 5);
    }
  }

  /**
   * Settings of {@code partner-ip-drift}.
   *
   * @param enabled whether it runs
   * @param shadow whether it runs and counts, but forwards nothing
   * @param learningDays distinct closed days with calls until the learning is done
   * @param learningMinutes distinct minutes with calls until the learning is done
   * @param knownDays on how many closed days of the window a network is seen until it is known
   * @param windowDays how far back these days may lie
   */
  public record Drift(
      boolean enabled,
      boolean shadow,
      int learningDays,
      int learningMinutes,
      int knownDays,
      int windowDays) {
    static Drift defaults() {
      return new Drift(true, false, 7, 50, 14, 60);
    }
  }
}
