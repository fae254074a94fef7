package dev.lockstep.detections.sigma.correlation;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Time window of a correlation's group that fulfils the condition, or that an explanation shows
 * because no window fulfils the condition. It ends at an event of the group.
 *
 * @param at time of the ending event in milliseconds since 1970
 * @param number number that the condition compares, such as the count of events
 * @param members events of the window, in order of time
 * @param lacks names of the rules without an event in the window, or {@code the order} if events of
 *     all rules came in another order; empty if the window fulfils the condition, or if the type
 *     compares only a number
 */
public record Hit(long at, BigDecimal number, List<Member> members, List<String> lacks) {
  public Hit {
    members = List.copyOf(members);
    lacks = List.copyOf(lacks);
  }

  /** Returns the time of the first event of the window in milliseconds since 1970. */
  public long from() {
    return members.get(0).at();
  }

  /**
   * Returns the number that the condition compares, rounded down to a whole number of at least 0. A
   * {@link #number} that does not fit into an {@code int} becomes the largest {@code int}.
   */
  public int count() {
    BigDecimal whole = number.setScale(0, RoundingMode.DOWN);
    return whole.signum() < 0
        ? 0
        : whole.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValueExact();
  }
}
