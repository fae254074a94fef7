package dev.lockstep.detections.rule;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rule set in force, which is replaced as a whole while stages run. For use by several threads.
 *
 * <h2>Two steps</h2>
 *
 * Stages and instances do not change their rules at the same moment, but facts that one of them
 * states reach the others. So every instance first accepts the facts of new rules ({@link
 * #announce}), and lets these rules observe events later ({@link #enforce}). Removed rules still
 * judge facts that are on their way ({@link #dropRemoved}). A rule keeps its state if its meaning
 * did not change.
 */
public final class RunningRules {
  /** Time for which removed rules still judge facts that are on their way. */
  public static final Duration REMOVAL_GRACE = Duration.ofMinutes(10);

  private static final int MOST_GONE_SETS = 8;

  private volatile RuleSet now;
  private List<ActiveRule> observing;
  private final Deque<Gone> gone = new ArrayDeque<>();

  /**
   * Rules that were removed together, with the time of their removal by {@link System#nanoTime}.
   */
  private record Gone(List<ActiveRule> rules, long atNanos) {}

  /** Creates a holder in which the given rule set is in force. */
  public RunningRules(RuleSet first) {
    this.now = first;
    this.observing = first.rules();
  }

  /** Returns the rule set in force. */
  public RuleSet now() {
    return now;
  }

  /**
   * Makes the new rules of the next set judge facts, before {@link #enforce} makes them observe
   * events. The facts come from stages and instances where these rules observe events already.
   */
  public synchronized void announce(RuleSet next) {
    Set<Integer> known = codes(now.rules());
    if (!known.containsAll(codes(next.rules()))) {
      List<ActiveRule> accepted = new ArrayList<>(next.rules());
      gone.forEach(each -> accepted.addAll(each.rules()));
      now = set(next, observing, accepted);
    }
  }

  /**
   * Makes a rule set observe events, in place of the one in force.
   *
   * @param atNanos time by {@link System#nanoTime}
   */
  public synchronized void enforce(RuleSet next, long atNanos) {
    Set<Integer> codes = codes(next.rules());
    List<ActiveRule> others =
        observing.stream().filter(rule -> !codes.contains(rule.code())).toList();
    if (!others.isEmpty()) {
      gone.addFirst(new Gone(others, atNanos));
    }
    while (gone.size() > MOST_GONE_SETS) {
      gone.removeLast();
    }
    observing = next.rules();
    accept(next);
  }

  /** Stops judging by rules that were removed {@link #REMOVAL_GRACE} ago or earlier. */
  public synchronized void dropRemoved(long atNanos) {
    if (gone.removeIf(each -> atNanos - each.atNanos() >= REMOVAL_GRACE.toNanos())) {
      accept(now);
    }
  }

  private static Set<Integer> codes(List<ActiveRule> rules) {
    Set<Integer> codes = new HashSet<>();
    rules.forEach(rule -> codes.add(rule.code()));
    return codes;
  }

  private void accept(RuleSet like) {
    List<ActiveRule> accepted = new ArrayList<>();
    gone.forEach(each -> accepted.addAll(each.rules()));
    now = set(like, observing, accepted);
  }

  /**
   * Joins rules that observe events and rules that only judge facts into one rule set. These facts
   * were stated earlier or by other instances. Of several rules with the same number in state, only
   * the first is kept.
   *
   * @param observe rules that observe events
   * @param accept rules that only judge facts
   */
  private static RuleSet set(RuleSet like, List<ActiveRule> observe, List<ActiveRule> accept) {
    List<ActiveRule> rules = new ArrayList<>();
    Set<Integer> codes = new HashSet<>();
    for (ActiveRule rule : observe) {
      codes.add(rule.code());
      rules.add(rule.at(rules.size(), true));
    }
    for (ActiveRule rule : accept) {
      if (codes.add(rule.code())) {
        rules.add(rule.at(rules.size(), false));
      }
    }
    return new RuleSet(rules, like.alerts(), like.repeatSeconds());
  }
}
