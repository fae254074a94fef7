package dev.lockstep.detections.spray;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * List of successful sign-ins within a day after a failed sign-in of the same user. It has the
 * times of those failures too.
 *
 * @param facts facts with successful sign-ins, each of one user and day
 * @param after for each of these facts, the minutes since 1970 of the first and the last failure
 *     that its sign-ins follow
 * @param needed number of users who had to fail within a window
 */
record SuccessesAfterFailure(List<Fact> facts, List<int[]> after, int needed) {
  private static final int MINUTES_OF_DAY = 1_440;
  private static final long MINUTE_MILLIS = 60_000L;
  private static final int MOST_NAMED = 5;

  static SuccessesAfterFailure of(Case day, Set<Fact> failures, int needed) {
    Map<String, List<Fact>> byUser = new HashMap<>();
    for (int each = day.day() - 1; each <= day.day() + 1; each++) {
      for (Fact fact : day.on(each, PasswordSpray.SUCCESS)) {
        byUser.computeIfAbsent(userOf(fact), any -> new ArrayList<>(2)).add(fact);
      }
    }
    List<Fact> facts = new ArrayList<>();
    List<int[]> after = new ArrayList<>();
    if (!byUser.isEmpty()) {
      Map<Fact, int[]> follows = new HashMap<>();
      for (Fact failure : failures) {
        int minute = failure.day() * MINUTES_OF_DAY + (int) failure.number(PasswordSpray.MINUTE);
        for (Seen user : failure.members(PasswordSpray.FAILED)) {
          for (Fact success : byUser.getOrDefault(user.text(), List.of())) {
            if (follows(success, minute)) {
              int[] span = follows.computeIfAbsent(success, any -> new int[] {minute, minute});
              span[0] = Math.min(span[0], minute);
              span[1] = Math.max(span[1], minute);
            }
          }
        }
      }
      facts.addAll(follows.keySet());
      facts.sort(Comparator.comparingLong(Fact::firstAt).thenComparing(Fact::traits));
      facts.forEach(fact -> after.add(follows.get(fact)));
    }
    return new SuccessesAfterFailure(facts, after, needed);
  }

  /**
   * Returns whether a fact has successful sign-ins of a user who has no failed sign-in around the
   * judged day. Such a user has none from the address on that day, the day before and the day
   * after.
   */
  static boolean isOfUserWithoutFailure(Case day, Fact fact) {
    if (fact.kind() != PasswordSpray.SUCCESS) {
      return false;
    }
    String user = userOf(fact);
    for (int each = day.day() - 1; each <= day.day() + 1; each++) {
      for (Fact other : day.on(each, PasswordSpray.FAILURES)) {
        if (other.has(PasswordSpray.FAILED, user)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean follows(Fact success, int failure) {
    int first = success.day() * MINUTES_OF_DAY + MinuteFacts.ofDay(success.firstAt());
    int last = success.day() * MINUTES_OF_DAY + MinuteFacts.ofDay(success.lastAt());
    // Only the first and the last of a day are known; one of them is nearest to any other day.
    return last >= failure && first <= failure + MINUTES_OF_DAY;
  }

  private static String userOf(Fact success) {
    return Objects.requireNonNull(success.text(PasswordSpray.USER));
  }

  static String name(Fact success) {
    List<Seen> names = success.members(PasswordSpray.NAMES);
    return names.isEmpty() ? userOf(success) : names.get(0).text();
  }

  boolean isEmpty() {
    return facts.isEmpty();
  }

  /**
   * Returns the time from which the successful sign-ins of one fact count for the verdict. The time
   * is in milliseconds since 1970. It is the beginning of the minute of the earliest failure that
   * the sign-ins of the fact follow.
   *
   * @param place index of the fact in {@code facts}
   */
  long from(int place) {
    return after.get(place)[0] * MINUTE_MILLIS;
  }

  /**
   * Returns the time up to which the successful sign-ins of one fact count for the verdict. The
   * time is in milliseconds since 1970. It is one day after the end of the minute of the latest
   * failure that these sign-ins follow.
   *
   * @param place index of the fact in {@code facts}
   */
  long to(int place) {
    return (after.get(place)[1] + MINUTES_OF_DAY + 1) * MINUTE_MILLIS - 1;
  }

  String names() {
    TreeSet<String> names = new TreeSet<>();
    facts.forEach(fact -> names.add(name(fact)));
    List<String> shown = names.stream().limit(MOST_NAMED).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
