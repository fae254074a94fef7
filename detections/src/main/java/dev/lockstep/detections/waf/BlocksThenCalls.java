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

/**
 * Accepted calls of one day that came at most ten minutes after blocked requests of the same
 * address to the same host. The blocks may be of the day before. The facts of these blocks are kept
 * with the calls.
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
  private final IdentityHashMap<Fact, MinuteRequests> requests = new IdentityHashMap<>();

  /**
   * Times of those calls of one fact that come soon after a block.
   *
   * @param times times of the calls in milliseconds since 1970, all in one minute
   */
  private record Followers(List<Long> times) {
    long first() {
      return Collections.min(times);
    }

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
            : kind == WafThenSuccess.SCORE ? WafThenSuccess.SCORE_HOST : WafThenSuccess.CALL_HOST;
    return Objects.requireNonNull(fact.text(field));
  }

  private void judge(Fact call) {
    NavigableMap<Long, Fact> atHost = blocks.get(hostOf(call));
    if (atHost == null) {
      return;
    }
    List<Long> times = new ArrayList<>();
    Set<Fact> counting = new LinkedHashSet<>();
    long minute = minuteAt(call, WafThenSuccess.CALL_MINUTE);
    for (WafRequest one : requests(call, WafThenSuccess.ACCEPTED).sorted()) {
      long at = minute + one.millis();
      if (follows(at, one.reference(), atHost, counting)) {
        times.add(at);
      }
    }
    if (times.isEmpty()) {
      return;
    }
    String gate = call.text(WafThenSuccess.CALL_EXPECTED);
    if (gate != null) {
      suppressed.put(call, gate);
    } else {
      fired.put(call, new Followers(times));
      blocksThatCount.addAll(counting);
    }
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
            .anyMatch(fact -> fact.members(WafThenSuccess.BLOCKED).size() >= most)
        || fired.keySet().stream()
            .anyMatch(fact -> fact.members(WafThenSuccess.ACCEPTED).size() >= most);
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
   * Returns the firewall rules that blocked or scored requests to a host in the minute of {@code
   * at} or the ten minutes before it. To score a request is to give it an anomaly score.
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
   * Limits a verdict to the times of the calls that fired and of the blocks before these calls. The
   * verdict then reaches from the first counted block to the last call that fired, and its evidence
   * has events of this time only. In a fact of calls, events count from the fact's first call that
   * fired to the fact's last call that fired. In a fact of blocks, events count from {@link
   * WafThenSuccess#FOLLOWS_MILLIS} before the first of all calls that fired to the last of all
   * calls that fired. Each minute with a call that fired adds 1 to the count of the finding.
   */
  void bound(Fired verdict) {
    Set<String> minutes = new TreeSet<>();
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
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
    }
    long start = earliest;
    for (Fact block : blocksThatCount) {
      long from = earliest - WafThenSuccess.FOLLOWS_MILLIS;
      verdict.within(place++, from, latest);
      start = Math.min(start, block.firstAt() >= from ? block.firstAt() : block.lastAt());
    }
    verdict.counting(minutes.toArray(String[]::new)).spanning(start, latest);
  }

  /**
   * Returns the index of the fact with the earliest call that came soon after a block. It is an
   * index into the facts of the verdict.
   */
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
