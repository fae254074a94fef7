package dev.lockstep.detections;

/**
 * The numbers of the built-in rules.
 *
 * @param travel of {@code impossible-travel}
 * @param token of {@code token-replay}
 * @param drift of {@code partner-ip-drift}
 * @param defender of {@code defender-corroboration}
 * @param setCap how many members a set keeps (the smallest by hash), at least 2
 * @param repeatSeconds how long after a revision of a finding one goes out that only counts up, the
 *     first time; twice as long each next; 0 says each at once
 */
public record RuleSettings(
    Travel travel, Token token, Drift drift, Defender defender, int setCap, int repeatSeconds) {

  /** Returns the settings that the documentation names. */
  public static RuleSettings defaults() {
    return new RuleSettings(
        Travel.defaults(), Token.defaults(), Drift.defaults(), Defender.defaults(), 256, 5);
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

  /**
   * Settings of {@code defender-corroboration}.
   *
   * @param enabled whether it runs
   * @param shadow whether it runs and counts, but forwards and raises nothing
   * @param settleMinutes how long none of an alert's records may have come until it is judged, by
   *     arrival time, at least 0
   * @param escalateHours how far an alert may lie from a finding that it confirms, at least 1
   * @param flagMinutes how far an alert may lie from a sign-in or call at its address, at least 1
   */
  public record Defender(
      boolean enabled, boolean shadow, int settleMinutes, int escalateHours, int flagMinutes) {
    static Defender defaults() {
      return new Defender(true, false, 10, 24, 60);
    }
  }
}
