package dev.lockstep.detections.probing;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Result of the search for time windows of a day with enough refused calls to fire, and for
 * accepted calls that follow them. A gate may suppress a window. Refused calls are called attempts.
 */
final class ProbingWindows {
  private static final int MINUTES_OF_DAY = 1_440;

  private final Set<Fact> fired = new LinkedHashSet<>();
  private final Map<String, Set<Fact>> suppressed = new LinkedHashMap<>();

  /**
   * Facts in the last minute of each window for which the rule fires, keyed by that minute. Minutes
   * are counted since 1970.
   */
  private final NavigableMap<Integer, List<Fact>> lasts = new TreeMap<>();

  private final Map<Integer, Long> lastSeconds = new HashMap<>();
  private @Nullable Shortfall nearest;

  /**
   * Numbers of a window that does not fire, at least one of which is too low: attempts, operations,
   * and kinds of refusal.
   *
   * @param lacking names of the settings that require more than the window has
   */
  record Shortfall(List<String> lacking, int attempts, int operations, int kinds) {
    private boolean isNearerThan(@Nullable Shortfall other) {
      return other == null
          || lacking.size() < other.lacking.size()
          || (lacking.size() == other.lacking.size() && attempts > other.attempts);
    }
  }

  private ProbingWindows() {}

  static ProbingWindows of(Case day, MinuteFacts attempts, boolean explained) {
    ProbingWindows windows = new ProbingWindows();
    boolean isOfAddress = day.subject().kind() == Subject.Kind.ADDRESS;
    int length = day.settings().integer(GatewayProbing.WINDOW_MINUTES);
    ProbingNeeds needs = new ProbingNeeds(day.settings());
    ArrayDeque<Integer> window = new ArrayDeque<>();
    if (length > 1) {
      attempts.window(day.day() * MINUTES_OF_DAY - 1, length - 1).forEach(window::addFirst);
    }
    window.forEach(minute -> needs.add(attempts.at(minute)));
    for (int last : attempts.on(day.day())) {
      window.addLast(last);
      needs.add(attempts.at(last));
      while (window.getFirst() <= last - length) {
        needs.remove(attempts.at(window.removeFirst()));
      }
      if (needs.areMet()) {
        windows.add(isOfAddress, attempts, window, last);
      } else if (explained) {
        windows.fellShort(needs);
      }
    }
    return windows;
  }

  /** Returns the facts of refused calls in the time windows for which the rule fires. */
  Set<Fact> fired() {
    return fired;
  }

  /** Returns the facts of refused calls in suppressed time windows, by the name of the gate. */
  Map<String, Set<Fact>> suppressed() {
    return suppressed;
  }

  /**
   * Returns the numbers of the window that came nearest to firing, among the windows with a number
   * that is too low for the rule. Windows that a gate suppresses are not among them. The result is
   * null if there is no such window or no explanation is wanted.
   */
  @Nullable Shortfall nearest() {
    return nearest;
  }

  private void fellShort(ProbingNeeds needs) {
    Shortfall shortfall =
        new Shortfall(needs.lacking(), needs.attempts(), needs.operations(), needs.kinds());
    if (shortfall.isNearerThan(nearest)) {
      nearest = shortfall;
    }
  }

  private void add(
      boolean isOfAddress, MinuteFacts attempts, ArrayDeque<Integer> minutes, int last) {
    String gate = isOfAddress ? gate(attempts, minutes) : null;
    Set<Fact> to =
        gate == null ? fired : suppressed.computeIfAbsent(gate, any -> new LinkedHashSet<>());
    minutes.descendingIterator().forEachRemaining(minute -> to.addAll(attempts.at(minute)));
    if (gate == null) {
      lasts.put(last, attempts.at(last));
    }
  }

  private static @Nullable String gate(MinuteFacts attempts, Collection<Integer> minutes) {
    String gate = null;
    for (int minute : minutes) {
      for (Fact fact : attempts.at(minute)) {
        if (fact.is(GatewayProbing.IS_CORPORATE)) {
          return GatewayProbing.CORPORATE;
        }
        if (fact.is(GatewayProbing.IS_BACKEND)) {
          gate = GatewayProbing.BACKEND;
        }
      }
    }
    return gate;
  }

  List<Fact> successes(Case day) {
    List<Fact> successes = new ArrayList<>();
    for (int each = day.day(); each <= day.day() + 1; each++) {
      for (Fact fact : day.on(each, GatewayProbing.SUCCESS)) {
        if (followed(fact) != null) {
          successes.add(fact);
        }
      }
    }
    successes.sort(Comparator.comparingLong(Fact::firstAt).thenComparing(Fact::traits));
    return successes;
  }

  /**
   * Returns the end of the firing window that a run of accepted calls follows closely, or null if
   * there is none. The end is the time of the window's last refused call, in seconds since 1970.
   * Only the last firing window that ends at or before the last call of the run counts. The run
   * follows it closely if the first call of the run comes at most ten minutes after the window's
   * end, or before that end.
   */
  private @Nullable Long followed(Fact run) {
    Long before = floor(run.lastAt() / 1_000);
    return before != null && run.firstAt() / 1_000 - before <= GatewayProbing.FOLLOWS_SECONDS
        ? before
        : null;
  }

  void bound(Fired fired, int place, Fact run) {
    Long first = ceiling(run.firstAt() / 1_000 - GatewayProbing.FOLLOWS_SECONDS);
    Long last = followed(run);
    if (first != null && last != null) {
      fired.within(place, first * 1_000, (last + GatewayProbing.FOLLOWS_SECONDS) * 1_000 + 999);
    }
  }

  /**
   * Returns the end of the last firing window that ends at or before a time, or null if there is
   * none. A window fires if its refused calls are enough for the rule. Both times are seconds since
   * 1970.
   */
  private @Nullable Long floor(long second) {
    Integer minute = lasts.floorKey((int) (second / 60));
    if (minute != null && lastSecond(minute) > second) {
      minute = lasts.lowerKey(minute);
    }
    return minute == null ? null : lastSecond(minute);
  }

  /**
   * Returns the end of the first firing window that ends at or after a time, or null if there is
   * none. A window fires if its refused calls are enough for the rule. Both times are seconds since
   * 1970.
   */
  private @Nullable Long ceiling(long second) {
    Integer minute = lasts.ceilingKey((int) (second / 60));
    if (minute != null && lastSecond(minute) < second) {
      minute = lasts.higherKey(minute);
    }
    return minute == null ? null : lastSecond(minute);
  }

  /** Returns the second, since 1970, of the last attempt in the last minute of a window. */
  private long lastSecond(int minute) {
    return lastSeconds.computeIfAbsent(
        minute,
        any -> {
          int second = 0;
          for (Fact fact : lasts.getOrDefault(minute, List.of())) {
            for (Seen seen : fact.members(GatewayProbing.TRIED)) {
              second = Math.max(second, ProbingAttempt.secondOf(seen.text()));
            }
          }
          return minute * 60L + second;
        });
  }

  /**
   * Returns each minute that has refused calls and lies in a time window for which the rule fires.
   * A minute is written as its number since 1970.
   */
  String[] minutes() {
    Set<String> minutes = new TreeSet<>();
    for (Fact fact : fired) {
      minutes.add(
          Long.toString(fact.day() * (long) MINUTES_OF_DAY + fact.number(GatewayProbing.MINUTE)));
    }
    return minutes.toArray(String[]::new);
  }
}
