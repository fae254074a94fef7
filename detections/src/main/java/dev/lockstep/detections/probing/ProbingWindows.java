package dev.lockstep.detections.probing;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time windows of a day with enough refused calls for the rule to fire. Refused calls are called
 * attempts.
 *
 * @param fired facts with the attempts of the windows for which the rule fires
 * @param lastSeconds second, since 1970, of the last attempt of each window for which the rule
 *     fires
 * @param suppressed facts with the attempts of windows that a gate suppresses, by gate
 */
record ProbingWindows(
    Set<Fact> fired, TreeSet<Long> lastSeconds, Map<String, Set<Fact>> suppressed) {
  private static final int MINUTES_OF_DAY = 1_440;

  static ProbingWindows of(Case day, MinuteFacts attempts) {
    ProbingWindows windows =
        new ProbingWindows(new LinkedHashSet<>(), new TreeSet<>(), new LinkedHashMap<>());
    boolean isOfAddress = day.subject().kind() == Subject.Kind.ADDRESS;
    int length = day.settings().integer(GatewayProbing.WINDOW_MINUTES);
    for (int last : attempts.on(day.day())) {
      Collection<Integer> minutes = attempts.window(last, length);
      if (isEnough(day, attempts, minutes)) {
        windows.add(isOfAddress, attempts, minutes, last);
      }
    }
    return windows;
  }

  private void add(
      boolean isOfAddress, MinuteFacts attempts, Collection<Integer> minutes, int last) {
    String gate = isOfAddress ? gate(attempts, minutes) : null;
    Set<Fact> to =
        gate == null ? fired : suppressed.computeIfAbsent(gate, any -> new LinkedHashSet<>());
    minutes.forEach(minute -> to.addAll(attempts.at(minute)));
    if (gate == null) {
      int second = 0;
      for (Fact fact : attempts.at(last)) {
        for (Seen seen : fact.members(GatewayProbing.TRIED)) {
          second = Math.max(second, ProbingAttempt.of(seen.text()).second());
        }
      }
      lastSeconds.add(last * 60L + second);
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

  private static boolean isEnough(Case day, MinuteFacts attempts, Collection<Integer> minutes) {
    int needed = day.settings().integer(GatewayProbing.ATTEMPTS);
    int operationsNeeded = day.settings().integer(GatewayProbing.OPERATIONS);
    int kindsNeeded = day.settings().integer(GatewayProbing.KINDS);
    int count = 0;
    Set<String> operations = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    for (int minute : minutes) {
      Set<String> ofMinute = new HashSet<>();
      for (Fact fact : attempts.at(minute)) {
        for (Seen seen : fact.members(GatewayProbing.TRIED)) {
          if (ofMinute.add(seen.text())) {
            count++;
            if (operations.size() < operationsNeeded || kinds.size() < kindsNeeded) {
              ProbingAttempt attempt = ProbingAttempt.of(seen.text());
              operations.add(attempt.operation());
              kinds.add(attempt.kind());
            }
            if (count >= needed
                && operations.size() >= operationsNeeded
                && kinds.size() >= kindsNeeded) {
              return true;
            }
          }
        }
      }
    }
    return false;
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

  /** Returns the time of the first attempt of a verdict, in milliseconds since 1970. */
  static long beginOf(Fired verdict) {
    long begin = Long.MAX_VALUE;
    for (int i = 0; i < verdict.size(); i++) {
      Fact fact = verdict.fact(i);
      if (fact.kind() == GatewayProbing.ATTEMPT) {
        begin = Math.min(begin, fact.firstAt());
      }
    }
    return begin;
  }

  /**
   * Returns the end of the window of refused calls that preceded a run of accepted calls, or null
   * if none preceded the run closely enough. It is the latest window for which the rule fires that
   * ended no later than the last call of the run. It is close enough if the first call of the run
   * came at most ten minutes after the window's end, or before it. The end is the second, since
   * 1970, of the last refused call of the window.
   */
  private @Nullable Long followed(Fact run) {
    Long before = lastSeconds.floor(run.lastAt() / 1_000);
    return before != null && run.firstAt() / 1_000 - before <= GatewayProbing.FOLLOWS_SECONDS
        ? before
        : null;
  }

  void bound(Fired fired, int place, Fact run) {
    Long first = lastSeconds.ceiling(run.firstAt() / 1_000 - GatewayProbing.FOLLOWS_SECONDS);
    Long last = followed(run);
    if (first != null && last != null) {
      fired.within(place, first * 1_000, (last + GatewayProbing.FOLLOWS_SECONDS) * 1_000 + 999);
    }
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
