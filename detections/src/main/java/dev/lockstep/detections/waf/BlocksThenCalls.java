package dev.lockstep.detections.waf;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Fired;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collection of the accepted calls of an address and day that come within ten minutes after the
 * firewall blocked a request of the address to the same host, with the facts of these blocks.
 */
final class BlocksThenCalls {
  private static final int MINUTES_OF_DAY = 1_440;
  private static final long MINUTE_MILLIS = 60_000L;
  private static final int MANY = 3;

  private final Map<String, NavigableMap<Long, Fact>> blocks = new HashMap<>();
  private final Map<String, NavigableMap<Long, Fact>> scores = new HashMap<>();
  private final Map<Fact, Followers> fired = new LinkedHashMap<>();
  private final Set<Fact> blocksThatCount = new LinkedHashSet<>();
  private final Map<Fact, String> suppressed = new LinkedHashMap<>();
  private final Map<Fact, MinuteRequests> requests = new IdentityHashMap<>();

  /**
   * Times of those calls of one fact that come soon after a block.
   *
   * @param times a time in each minute with such a call: of the call, or the latest possible one
   * @param first earliest time at which such a call is possible
   */
  private record Followers(List<Long> times, long first) {
    long last() {
      return Collections.max(times);
    }
  }

  private BlocksThenCalls() {}

  static BlocksThenCalls of(Case day) {
    BlocksThenCalls found = new BlocksThenCalls();
    for (int each = day.day() - 1; each <= day.day(); each++) {
      for (Fact fact : day.on(each, WafThenSuccess.BLOCK)) {
        add(found.blocks, fact, WafThenSuccess.BLOCK_MINUTE);
      }
    }
    if (found.blocks.isEmpty()) {
      return found;
    }
    for (int each = day.day() - 1; each <= day.day(); each++) {
      for (Fact fact : day.on(each, WafThenSuccess.SCORE)) {
        add(found.scores, fact, WafThenSuccess.SCORE_MINUTE);
      }
    }
    List<Fact> calls = new ArrayList<>(day.today(WafThenSuccess.CALLS));
    calls.addAll(day.today(WafThenSuccess.KNOWN_CALLS));
    calls.sort(Comparator.comparingLong(Fact::firstAt).thenComparing(Fact::traits));
    calls.forEach(found::judge);
    return found;
  }

  private static void add(Map<String, NavigableMap<Long, Fact>> to, Fact fact, Field minute) {
    to.computeIfAbsent(hostOf(fact), any -> new TreeMap<>())
        .put(fact.day() * (long) MINUTES_OF_DAY + fact.number(minute), fact);
  }

  static String hostOf(Fact fact) {
    FactKind kind = fact.kind();
    Field field =
        kind == WafThenSuccess.BLOCK
            ? WafThenSuccess.BLOCK_HOST
            : kind == WafThenSuccess.SCORE
                ? WafThenSuccess.SCORE_HOST
                : kind == WafThenSuccess.CALLS
                    ? WafThenSuccess.CALL_HOST
                    : WafThenSuccess.KNOWN_HOST;
    return Objects.requireNonNull(fact.text(field));
  }

  private static @Nullable String expected(Fact call) {
    return call.text(
        call.kind() == WafThenSuccess.CALLS
            ? WafThenSuccess.CALL_EXPECTED
            : WafThenSuccess.KNOWN_EXPECTED);
  }

  private void judge(Fact call) {
    NavigableMap<Long, Fact> atHost = blocks.get(hostOf(call));
    if (atHost == null) {
      return;
    }
    List<Long> times = new ArrayList<>();
    Set<Fact> counting = new LinkedHashSet<>();
    long first = Long.MAX_VALUE;
    if (call.kind() == WafThenSuccess.KNOWN_CALLS) {
      long minute = minuteAt(call, WafThenSuccess.KNOWN_MINUTE);
      for (WafRequest one : requests(call, WafThenSuccess.KNOWN_REQUESTS).sorted()) {
        long at = minute + one.millis();
        if (follows(at, one.reference(), atHost, counting)) {
          times.add(at);
          first = Math.min(first, at);
        }
      }
    } else {
      for (Fact block : before(atHost, call.firstAt(), call.lastAt())) {
        long from = Math.max(call.firstAt(), block.firstAt());
        long to = Math.min(call.lastAt(), block.lastAt() + WafThenSuccess.FOLLOWS_MILLIS);
        long possible = from <= to ? addTimes(call, from, to, times) : Long.MAX_VALUE;
        if (possible < Long.MAX_VALUE) {
          counting.add(block);
          first = Math.min(first, possible);
        }
      }
    }
    if (times.isEmpty()) {
      return;
    }
    String gate = expected(call);
    if (gate != null) {
      suppressed.put(call, gate);
    } else {
      fired.put(call, new Followers(times, first));
      blocksThatCount.addAll(counting);
    }
  }

  /**
   * Adds one timestamp to {@code times} for each minute with calls that overlaps a period, and
   * returns the earliest time in the period at which one of these calls can lie. The period is from
   * {@code from} to {@code to}, both included. The fact does not keep each call's time, so the
   * timestamp is the latest one that lies in the minute, the period and the fact's span.
   *
   * @return earliest possible time of a call in these minutes; {@code Long.MAX_VALUE} if no
   *     timestamp was added
   */
  private static long addTimes(Fact run, long from, long to, List<Long> times) {
    long earliest = Long.MAX_VALUE;
    long start = run.day() * (MINUTES_OF_DAY * MINUTE_MILLIS);
    int before = (int) Math.max(0, Math.floorDiv(from - start, MINUTE_MILLIS));
    for (int minute = run.minutes().nextSetBit(before);
        minute >= 0 && start + minute * MINUTE_MILLIS <= to;
        minute = run.minutes().nextSetBit(minute + 1)) {
      long first = Math.max(run.firstAt(), start + minute * MINUTE_MILLIS);
      long last = Math.min(run.lastAt(), start + minute * MINUTE_MILLIS + MINUTE_MILLIS - 1);
      if (first <= to && last >= from) {
        times.add(Math.min(last, to));
        earliest = Math.min(earliest, Math.max(first, from));
      }
    }
    return earliest;
  }

  private boolean follows(
      long at, String reference, NavigableMap<Long, Fact> atHost, Set<Fact> counting) {
    boolean follows = false;
    for (Fact block : before(atHost, at, at)) {
      long since = at - minuteAt(block, WafThenSuccess.BLOCK_MINUTE);
      if (requests(block, WafThenSuccess.BLOCKED)
          .hasOther(since - WafThenSuccess.FOLLOWS_MILLIS, since, reference)) {
        counting.add(block);
        follows = true;
      }
    }
    return follows;
  }

  private static Iterable<Fact> before(NavigableMap<Long, Fact> atHost, long from, long to) {
    return atHost
        .subMap(
            Math.floorDiv(from - WafThenSuccess.FOLLOWS_MILLIS, MINUTE_MILLIS),
            true,
            Math.floorDiv(to, MINUTE_MILLIS),
            true)
        .values();
  }

  private static long minuteAt(Fact fact, Field minute) {
    return (fact.day() * (long) MINUTES_OF_DAY + fact.number(minute)) * MINUTE_MILLIS;
  }

  private MinuteRequests requests(Fact fact, Field set) {
    return requests.computeIfAbsent(fact, any -> MinuteRequests.of(fact.members(set)));
  }

  Set<Fact> fired() {
    return fired.keySet();
  }

  Map<Fact, String> suppressed() {
    return suppressed;
  }

  Fact[] facts() {
    List<Fact> facts = new ArrayList<>(fired.keySet());
    facts.addAll(blocksThatCount);
    return facts.toArray(Fact[]::new);
  }

  boolean isAnyFull(int most) {
    return blocksThatCount.stream()
        .anyMatch(fact -> fact.members(WafThenSuccess.BLOCKED).size() >= most);
  }

  boolean isHigh() {
    for (Map.Entry<Fact, Followers> call : fired.entrySet()) {
      String host = hostOf(call.getKey());
      for (long at : call.getValue().times()) {
        if (rules(host, at).size() >= MANY && isHigh(host, at)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns the firewall rules that blocked requests to a host, or gave them an anomaly score, in
   * the minute of the given time or in the ten minutes before.
   */
  private Set<String> rules(String host, long at) {
    Set<String> rules = new HashSet<>();
    for (Fact block : before(blocks.getOrDefault(host, new TreeMap<>()), at, at)) {
      rules.addAll(requests(block, WafThenSuccess.BLOCKED).rules());
    }
    for (Fact score : before(scores.getOrDefault(host, new TreeMap<>()), at, at)) {
      rules.addAll(requests(score, WafThenSuccess.SCORED).rules());
    }
    return rules;
  }

  private boolean isHigh(String host, long at) {
    Set<String> references = new HashSet<>();
    Set<String> rules = new HashSet<>();
    NavigableMap<Long, Fact> atHost = blocks.getOrDefault(host, new TreeMap<>());
    for (Fact block : before(atHost, at, at)) {
      for (WafRequest one : requests(block, WafThenSuccess.BLOCKED).sorted()) {
        if (isUpTo(at, minuteAt(block, WafThenSuccess.BLOCK_MINUTE) + one.millis())) {
          references.add(one.reference());
          addRule(rules, one);
        }
      }
    }
    if (references.size() < MANY) {
      return false;
    }
    NavigableMap<Long, Fact> scored = scores.getOrDefault(host, new TreeMap<>());
    for (Fact score : before(scored, at, at)) {
      for (WafRequest one : requests(score, WafThenSuccess.SCORED).sorted()) {
        if (isUpTo(at, minuteAt(score, WafThenSuccess.SCORE_MINUTE) + one.millis())
            && references.contains(one.reference())) {
          addRule(rules, one);
        }
      }
    }
    return rules.size() >= MANY;
  }

  private static void addRule(Set<String> rules, WafRequest one) {
    if (!one.rule().isEmpty()) {
      rules.add(one.rule());
    }
  }

  private static boolean isUpTo(long at, long blockedAt) {
    return blockedAt <= at && at - blockedAt <= WafThenSuccess.FOLLOWS_MILLIS;
  }

  /**
   * Limits a verdict to the accepted calls that came soon after a blocked request, and to the
   * blocked requests before them. The verdict then reaches from the first counted block to the last
   * of these calls, and its evidence has events of this time only. In a fact of calls, events count
   * from the first such call to the last. In a fact of blocks, they count from {@link
   * WafThenSuccess#FOLLOWS_MILLIS} before the first such call of any fact to the last one. The
   * method also makes each minute with such a call add 1 to the count of the finding.
   */
  void bound(Fired verdict) {
    Set<String> minutes = new TreeSet<>();
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    long end = Long.MIN_VALUE;
    int place = 0;
    for (Map.Entry<Fact, Followers> call : fired.entrySet()) {
      Followers followers = call.getValue();
      for (long at : followers.times()) {
        minutes.add(Long.toString(Math.floorDiv(at, MINUTE_MILLIS)));
      }
      long last = followers.last();
      verdict.within(place++, followers.first(), last);
      earliest = Math.min(earliest, followers.first());
      latest = Math.max(latest, last);
      end = Math.max(end, endOf(call.getKey(), followers.first(), last));
    }
    long start = earliest;
    for (Fact block : blocksThatCount) {
      long from = earliest - WafThenSuccess.FOLLOWS_MILLIS;
      verdict.within(place++, from, latest);
      start = Math.min(start, block.firstAt() >= from ? block.firstAt() : block.lastAt());
    }
    verdict.counting(minutes.toArray(String[]::new)).spanning(start, end);
  }

  /**
   * Returns the time of the last call in a period, or the start of that call's minute if only its
   * minute is known.
   */
  private static long endOf(Fact call, long from, long to) {
    if (call.kind() == WafThenSuccess.KNOWN_CALLS) {
      return to;
    }
    return call.lastAt() <= to
        ? call.lastAt()
        : Math.max(from, to - Math.floorMod(to, MINUTE_MILLIS));
  }

  /**
   * Returns whether the time from which a verdict counts the calls of a fact is known to be the
   * exact time of a call; otherwise only the minute of that call is known.
   *
   * @param place index in the verdict of a fact of calls
   */
  static boolean isExact(Fired verdict, int place) {
    Fact call = verdict.fact(place);
    return call.kind() == WafThenSuccess.KNOWN_CALLS || call.firstAt() == verdict.from(place);
  }

  /** Returns the index of the fact with the earliest call that came soon after a block. */
  static int earliestCall(Fired verdict) {
    int earliest = 0;
    for (int i = 1; i < verdict.size(); i++) {
      FactKind kind = verdict.fact(i).kind();
      if (kind != WafThenSuccess.BLOCK && verdict.from(i) < verdict.from(earliest)) {
        earliest = i;
      }
    }
    return earliest;
  }
}
