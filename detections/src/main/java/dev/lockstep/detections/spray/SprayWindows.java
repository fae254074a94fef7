package dev.lockstep.detections.spray;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Seen;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Result of the search for time windows in which enough users failed to sign in from one address.
 * An address that many users share needs more of them than any other address. If a window of a
 * shared address has fewer than that, but enough for any other address, its last failures are
 * suppressed. A window ends on the judged day and may begin on the day before.
 *
 * @param fired failures in a window with enough users
 * @param suppressed failures in the last minutes of windows with too few users for a shared address
 * @param needed lowest number of users that was enough for a window that fired; if none fired, the
 *     number for a shared address
 * @param most highest number of users in a window that did not fire; 0 if there is none
 * @param isShared whether a window that did not fire has an address that many share
 */
record SprayWindows(Set<Fact> fired, Set<Fact> suppressed, int needed, int most, boolean isShared) {
  static SprayWindows of(Case day, MinuteFacts failures) {
    int length = day.settings().integer(PasswordSpray.WINDOW_MINUTES);
    int bar = day.settings().integer(PasswordSpray.USERS);
    int barOfShared = Math.max(bar, day.settings().integer(PasswordSpray.USERS_OF_SHARED));
    Set<Fact> fired = new LinkedHashSet<>();
    Set<Fact> suppressed = new LinkedHashSet<>();
    int lowest = barOfShared;
    int most = 0;
    boolean isAnyShared = false;
    for (int last : failures.on(day.day())) {
      Collection<Integer> window = failures.window(last, length);
      boolean isShared = isShared(failures, window);
      int needed = isShared ? barOfShared : bar;
      int users = users(failures, window, needed);
      if (users >= needed) {
        window.forEach(minute -> fired.addAll(failures.at(minute)));
        lowest = Math.min(lowest, needed);
      } else {
        if (users >= bar) {
          suppressed.addAll(failures.at(last));
        }
        most = Math.max(most, users);
        isAnyShared |= isShared;
      }
    }
    return new SprayWindows(fired, suppressed, lowest, most, isAnyShared);
  }

  private static boolean isShared(MinuteFacts failures, Collection<Integer> window) {
    for (int minute : window) {
      for (Fact fact : failures.at(minute)) {
        if (fact.is(PasswordSpray.IS_SHARED)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int users(MinuteFacts failures, Collection<Integer> window, int enough) {
    Set<String> users = new HashSet<>();
    for (int minute : window) {
      for (Fact fact : failures.at(minute)) {
        for (Seen user : fact.members(PasswordSpray.FAILED)) {
          users.add(user.text());
          if (users.size() >= enough) {
            return users.size();
          }
        }
      }
    }
    return users.size();
  }

  static boolean isAnyFull(Set<Fact> failures, int most) {
    return failures.stream().anyMatch(fact -> fact.members(PasswordSpray.FAILED).size() >= most);
  }

  static String[] users(Set<Fact> failures) {
    Set<String> users = new HashSet<>();
    for (Fact fact : failures) {
      fact.members(PasswordSpray.FAILED).forEach(user -> users.add(user.text()));
    }
    return users.toArray(String[]::new);
  }
}
