package dev.lockstep.rules.kit;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.RuleWithInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Check that a rule gives the expected findings, in many random orders of arrival.
 *
 * <p>In each order events arrive up to 23 h late (alerts up to 72 h), and some arrive twice. In two
 * of three orders the engine restarts from its saved state on the way. If the rule has a grace, the
 * watermark advances with the arrivals, and every grace is over at the end. A rule that lets the
 * engine leave out judgements also runs in the same orders without leaving any out. Id, reason,
 * severity and count of the findings are compared.
 */
public final class RuleCheck {
  private static final int MOST_SHOWN = 60;

  /** Interval at which the engine looks for work that is due. */
  private static final long MINUTE_MILLIS = 60_000L;

  private final Rule rule;
  private final KitEngine engine;
  private final Map<String, Double> settings = new HashMap<>();
  private Enrichment enrichment = Enrichment.none();
  private int setCap = 256;
  private int orders = 20;
  private long seed = 1;

  private RuleCheck(Rule rule, KitEngine engine) {
    this.rule = rule;
    this.engine = engine;
  }

  /**
   * Creates a check of a rule. The other methods set up the check, and the method {@code gives}
   * runs it.
   *
   * @throws AssertionError if the rule's description has a fault
   */
  public static RuleCheck of(Rule rule) {
    RuleInfo.Problem problem = rule.info().problem();
    if (problem != null) {
      throw new AssertionError("rule %s: %s".formatted(rule.info().id(), problem));
    }
    return new RuleCheck(rule, KitEngine.find());
  }

  /**
   * Wraps a rule so that the whole day is judged after each change of a fact.
   *
   * @see RuleInfo#judgingWhole
   */
  public static Rule judgingWhole(Rule rule) {
    return new RuleWithInfo(rule, rule.info().judgingWhole());
  }

  /**
   * Sets the files and databases in which the place, network and partner of an event's address are
   * looked up. By default they are empty.
   */
  public RuleCheck with(Enrichment known) {
    this.enrichment = known;
    return this;
  }

  /** Sets a setting of the rule. For a flag 1 means true. */
  public RuleCheck with(String setting, double value) {
    settings.put(setting, value);
    return this;
  }

  /**
   * Sets how many members each set of a fact keeps at most, as {@code rules.setCap} does in the
   * service. The default is 256. The number also limits the facts of a kind and the findings of a
   * day if the rule gives no other number.
   */
  public RuleCheck setCap(int members) {
    this.setCap = members;
    return this;
  }

  /** Sets the number of random orders in which events arrive. The default is 20. */
  public RuleCheck orders(int count) {
    this.orders = count;
    return this;
  }

  /**
   * Sets the seed of the random orders in which events arrive, and of events that the test
   * generates at random. The default is 1.
   */
  public RuleCheck seed(long number) {
    this.seed = number;
    return this;
  }

  /** Starts the rule with empty state, for a test that enters events itself. */
  public KitEngine.Run run() {
    return run(rule);
  }

  private KitEngine.Run run(Rule judging) {
    return engine.start(
        judging, Settings.of(rule.info(), true, false, setCap, settings), enrichment);
  }

  /**
   * Checks that events give exactly these findings, in many random orders of arrival.
   *
   * @throws AssertionError if the findings differ, with the seed that reproduces it
   */
  public void gives(List<Activity> events, List<Expected> findings) {
    check(events, findings, seed);
  }

  /**
   * Checks that lists of events generated at random, called histories, give the findings that an
   * oracle expects.
   *
   * @param histories number of histories
   * @param maker function from a source of random numbers to the events of one history
   * @param oracle function from the events of a history to the findings that it has to give in any
   *     order of arrival
   * @return the number of findings that the oracle expects of all histories together
   * @throws AssertionError if the findings differ, with the seed that reproduces it, or if the
   *     oracle expects none
   */
  public int gives(
      int histories,
      Function<SplittableRandom, List<Activity>> maker,
      Function<List<Activity>, List<Expected>> oracle) {
    int findings = 0;
    for (long each = seed; each < seed + histories; each++) {
      List<Activity> events = maker.apply(new SplittableRandom(each));
      List<Expected> expected = oracle.apply(events);
      findings += expected.size();
      check(events, expected, each);
    }
    if (findings == 0) {
      throw new AssertionError(
          "rule %s: the oracle expects no finding (histories: %d, first seed: %d), so nothing was checked; generate events for which the oracle expects findings"
              .formatted(rule.info().id(), histories, seed));
    }
    return findings;
  }

  private void check(List<Activity> events, List<Expected> findings, long from) {
    Map<String, Outcome> expected = new TreeMap<>();
    for (Expected each : findings) {
      String id = engine.id(rule, each.subject(), each.parts(), each.day());
      Outcome before =
          expected.put(
              id,
              new Outcome(
                  each.reason() + " " + each.severity() + " x" + each.count(), each.toString()));
      if (before != null) {
        throw new AssertionError(
            "rule %s: two expected findings have the same id, %s and %s; expect only one, or tell them apart with Expected.in"
                .formatted(rule.info().id(), before.text(), each));
      }
    }
    for (int order = 0; order < orders; order++) {
      SplittableRandom random = new SplittableRandom(from * 1_000_003L + order);
      List<Activity> delivered = Deliveries.of(events, random);
      Restarts restarts = new Restarts(order, random.nextLong());
      String where = "seed %d, order %d of %d".formatted(from, order + 1, orders);
      compare(expected, rule, delivered, restarts, where);
      if (rule.info().mayLeaveOut()) {
        compare(expected, judgingWhole(rule), delivered, restarts, where + ", judging whole");
      }
    }
  }

  /**
   * Finding as two texts: one that the check compares, and one for its messages.
   *
   * @param verdict text of reason, severity and count
   */
  private record Outcome(String verdict, String text) {}

  /**
   * Points at which the engine is restarted during a run of the check. Each run has a random order
   * of the events. The first order has no restart, the second a few, the third many, and so on in
   * turn.
   */
  private record Restarts(int order, long seed) {}

  private void compare(
      Map<String, Outcome> expected,
      Rule judging,
      List<Activity> delivered,
      Restarts restarts,
      String where) {
    Map<String, Outcome> found = new TreeMap<>();
    String undeclared;
    try {
      KitEngine.Run run = enter(judging, delivered, restarts);
      List<Detection> given = run.findings();
      undeclared = rule.info().undeclared(given, run.gatesOfVerdicts());
      for (Detection each : given) {
        String verdict = each.getReason() + " " + each.getSeverity() + " x" + each.getCount();
        found.put(
            each.getId(),
            new Outcome(
                verdict,
                "%s, until %s: %s"
                    .formatted(each.getTitle(), Instant.ofEpochMilli(each.getEndTime()), verdict)));
      }
    } catch (RuntimeException e) {
      throw new AssertionError(
          "rule %s threw an exception in the run with %s: %s%n%s"
              .formatted(rule.info().id(), where, e.getMessage(), shown(delivered)),
          e);
    }
    String difference = difference(expected, found);
    if (undeclared != null) {
      difference += "%n  ".formatted() + undeclared;
    }
    if (!difference.isEmpty()) {
      throw new AssertionError(
          "rule %s, %s: %s%n%s".formatted(rule.info().id(), where, difference, shown(delivered)));
    }
  }

  private KitEngine.Run enter(Rule judging, List<Activity> delivered, Restarts restarts) {
    KitEngine.Run run = run(judging);
    SplittableRandom random = new SplittableRandom(restarts.seed());
    int middle = delivered.size() / 2;
    long grace = judging.info().grace().toMillis();
    for (int i = 0; i < delivered.size(); i++) {
      boolean isNow =
          switch (restarts.order() % 3) {
            case 0 -> false;
            case 1 -> i == middle || random.nextInt(10) == 0;
            default -> random.nextInt(3) > 0;
          };
      if (isNow) {
        run.restart();
      }
      if (grace > 0) {
        // Two steps do what minute by minute would do: after the first, each earlier grace is over.
        long arrivalAt = delivered.get(i).getArrivalAt();
        long before = i == 0 ? arrivalAt : delivered.get(i - 1).getArrivalAt();
        run.advance(Math.min(arrivalAt, before + grace + MINUTE_MILLIS));
        run.advance(arrivalAt);
      }
      run.enter(delivered.get(i));
    }
    if (grace > 0 && !delivered.isEmpty()) {
      run.advance(delivered.get(delivered.size() - 1).getArrivalAt() + grace + MINUTE_MILLIS);
    }
    return run;
  }

  private static String difference(Map<String, Outcome> expected, Map<String, Outcome> found) {
    StringBuilder text = new StringBuilder();
    TreeSet<String> ids = new TreeSet<>(expected.keySet());
    ids.addAll(found.keySet());
    for (String id : ids) {
      Outcome one = expected.get(id);
      Outcome other = found.get(id);
      if (one == null) {
        text.append("%n  not expected: ".formatted()).append(other == null ? id : other.text());
      } else if (other == null) {
        text.append("%n  missing: ".formatted()).append(one.text());
      } else if (!one.verdict().equals(other.verdict())) {
        text.append("%n  expected ".formatted()).append(one.text());
        text.append(", found ").append(other.verdict());
      }
    }
    return text.toString();
  }

  private static String shown(List<Activity> delivered) {
    StringBuilder text = new StringBuilder("events as they arrived:");
    for (Activity event : delivered.subList(0, Math.min(MOST_SHOWN, delivered.size()))) {
      text.append("%n  ".formatted()).append(Instant.ofEpochMilli(event.getArrivalAt()));
      text.append(": ").append(event.getCategory()).append(' ').append(event.getEventId());
    }
    if (delivered.size() > MOST_SHOWN) {
      text.append("%n  and %d more".formatted(delivered.size() - MOST_SHOWN));
    }
    return text.toString();
  }
}
