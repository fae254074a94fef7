package dev.lockstep.detections.probing;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counter of attempts, different operations and kinds of refusal in a sliding window of minutes. It
 * tells whether they reach the numbers that the rule needs to fire.
 */
final class ProbingNeeds {
  private final int attemptsNeeded;
  private final int operationsNeeded;
  private final int kindsNeeded;
  private int attempts;
  private final Map<String, Integer> operations = new HashMap<>();
  private final Map<String, Integer> kinds = new HashMap<>();

  ProbingNeeds(Settings settings) {
    this.attemptsNeeded = settings.integer(GatewayProbing.ATTEMPTS);
    this.operationsNeeded = settings.integer(GatewayProbing.OPERATIONS);
    this.kindsNeeded = settings.integer(GatewayProbing.KINDS);
  }

  /** Adds the facts of one minute to the counts of the window. */
  void add(List<Fact> minute) {
    attempts += attempts(minute);
    count(minute, 1);
  }

  /**
   * Removes the facts of one minute, which {@link #add} has added, from the counts of the window.
   */
  void remove(List<Fact> minute) {
    attempts -= attempts(minute);
    count(minute, -1);
  }

  private static int attempts(List<Fact> minute) {
    if (minute.size() == 1) {
      return minute.get(0).members(GatewayProbing.TRIED).size();
    }
    Set<String> all = new HashSet<>();
    for (Fact fact : minute) {
      fact.members(GatewayProbing.TRIED).forEach(seen -> all.add(seen.text()));
    }
    return all.size();
  }

  private void count(List<Fact> minute, int by) {
    for (Fact fact : minute) {
      count(fact.members(GatewayProbing.TRIED_OPERATIONS), operations, by);
      count(fact.members(GatewayProbing.TRIED_KINDS), kinds, by);
    }
  }

  private static void count(List<Seen> members, Map<String, Integer> of, int by) {
    for (Seen seen : members) {
      of.merge(seen.text(), by, (one, other) -> one + other == 0 ? null : one + other);
    }
  }

  int attempts() {
    return attempts;
  }

  int operations() {
    return operations.size();
  }

  int kinds() {
    return kinds.size();
  }

  /** Returns the names of the settings that ask for more than the window contains. */
  List<String> lacking() {
    List<String> lacking = new ArrayList<>();
    if (attempts < attemptsNeeded) {
      lacking.add(GatewayProbing.ATTEMPTS.name());
    }
    if (operations.size() < operationsNeeded) {
      lacking.add(GatewayProbing.OPERATIONS.name());
    }
    if (kinds.size() < kindsNeeded) {
      lacking.add(GatewayProbing.KINDS.name());
    }
    return lacking;
  }

  boolean areMet() {
    return attempts >= attemptsNeeded
        && operations.size() >= operationsNeeded
        && kinds.size() >= kindsNeeded;
  }
}
