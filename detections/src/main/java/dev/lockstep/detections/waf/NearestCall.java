package dev.lockstep.detections.waf;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.schemas.GateChecked;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blocked requests and accepted calls that came nearest to a finding, with the condition that they
 * did not meet. No pair of the day meets all conditions. This pair meets the most; of pairs that
 * meet equally many, it is the one with the shortest time between block and calls.
 *
 * @param why condition that was not met: {@code host}, {@code order}, {@code time} or {@code
 *     own-request}
 * @param block blocked requests
 * @param call accepted calls
 * @param millis time between the two, or 0 if they overlap
 */
record NearestCall(String why, Fact block, Fact call, long millis) {
  // The order is that of the checks.
  private static final List<String> CONDITIONS = List.of("host", "order", "time", "own-request");

  private static final double MINUTE_MILLIS = 60_000;

  /**
   * Returns the pair of blocked requests and accepted calls that came nearest to a finding, or null
   * if there is no pair. The calls are of this day. The blocked requests are of this day or the day
   * before.
   */
  static @Nullable NearestCall of(Case day) {
    NearestCall nearest = null;
    for (int each = day.day() - 1; each <= day.day(); each++) {
      for (Fact block : day.on(each, WafThenSuccess.BLOCK)) {
        for (Fact call : day.today(WafThenSuccess.CALLS)) {
          NearestCall one = of(block, call);
          nearest = one.isNearerThan(nearest) ? one : nearest;
        }
      }
    }
    return nearest;
  }

  private static NearestCall of(Fact block, Fact call) {
    long after = Math.max(0, call.firstAt() - block.lastAt());
    long before = Math.max(0, block.firstAt() - call.lastAt());
    String why =
        !BlocksThenCalls.hostOf(block).equals(BlocksThenCalls.hostOf(call))
            ? "host"
            : before > 0 ? "order" : after > WafThenSuccess.FOLLOWS_MILLIS ? "time" : "own-request";
    return new NearestCall(why, block, call, Math.max(after, before));
  }

  private boolean isNearerThan(@Nullable NearestCall other) {
    if (other == null) {
      return true;
    }
    int met = CONDITIONS.indexOf(why);
    int otherMet = CONDITIONS.indexOf(other.why);
    return met > otherMet || (met == otherMet && millis < other.millis);
  }

  /**
   * Returns the conditions that were checked for the pair, as gates in the order of their check.
   * The last one is the condition that was not met.
   */
  List<GateChecked> gates() {
    Gates gates = new Gates();
    for (String condition : CONDITIONS.subList(0, CONDITIONS.indexOf(why) + 1)) {
      String verdict = condition.equals(why) ? Gates.SUPPRESSED : Gates.PASSED;
      if (condition.equals("time")) {
        gates.adds(
            condition,
            verdict,
            "minutesBetween",
            millis / MINUTE_MILLIS,
            "limitMinutes",
            WafThenSuccess.FOLLOWS_MILLIS / MINUTE_MILLIS);
      } else {
        gates.adds(condition, verdict);
      }
    }
    return gates.list();
  }
}
