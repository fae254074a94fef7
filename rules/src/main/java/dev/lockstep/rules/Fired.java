package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verdict by which a rule reports that facts fire and belong in a finding. A verdict has a reason
 * and a severity.
 *
 * <p>By default the verdict belongs to the one finding of its subject and day. All events of its
 * facts count, and the finding counts their distinct minutes.
 */
public final class Fired {
  private static final Fact[] NO_FACTS = {};

  private final String reason;
  private final Severity severity;
  private final Supplier<List<GateChecked>> gates;
  private final Fact[] facts;
  private long @Nullable [] from;
  private long @Nullable [] to;
  private List<String> parts = List.of();
  private Fact[] grounds = NO_FACTS;
  private @Nullable List<String> counted;
  private double weight;
  private @Nullable Object detail;
  private int count = -1;
  private long @Nullable [] span;
  private boolean overflow;
  private @Nullable Consumer<Fired> rest;
  private boolean isWhole;

  // What the rule sets outside the function of later() cannot be computed again.
  private boolean keepsBounds;
  private boolean keepsCounted;
  private boolean keepsDetail;

  /** Creates a verdict. Only the engine calls this. */
  public Fired(String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts) {
    this.reason = reason;
    this.severity = severity;
    this.gates = gates;
    this.facts = facts;
  }

  /**
   * Sets texts, such as a gateway's name, that distinguish this verdict's finding from others of
   * the same rule, subject and day. Verdicts with the same texts share one finding.
   */
  public Fired in(String... parts) {
    this.parts = List.of(parts);
    return this;
  }

  /**
   * Defers the computation of this verdict's details until somebody reads them. The details are the
   * texts of {@link #counting}, bounds of time, attached detail, and the exact weight. Thousands of
   * verdicts can fire on a bad day, and few of them are read.
   *
   * @param rest function that sets the details by this verdict's other methods
   */
  public Fired later(Consumer<Fired> rest) {
    this.rest = rest;
    return this;
  }

  /**
   * Computes the details that {@link #later} deferred, unless they are computed already. If that
   * fails, they are computed again when they are next read.
   */
  public void complete() {
    Consumer<Fired> left = rest;
    if (left != null && !isWhole) {
      isWhole = true;
      boolean done = false;
      try {
        left.accept(this);
        done = true;
      } finally {
        if (!done) {
          release();
        }
      }
    }
  }

  /**
   * Frees memory by dropping the details of this verdict that the function given to {@link #later}
   * computes. They are computed again when they are next read. Such details are the texts of {@link
   * #counting}, the bounds of time and the attached detail.
   */
  public void release() {
    if (rest != null) {
      isWhole = false;
      from = keepsBounds ? from : null;
      to = keepsBounds ? to : null;
      counted = keepsCounted ? counted : null;
      detail = keepsDetail ? detail : null;
    }
  }

  /**
   * Sets the texts, such as ids of users, that each add 1 to the finding's count. Without them the
   * finding counts the minutes of the verdict's facts. A text of several verdicts counts once.
   */
  public Fired counting(String... members) {
    counted = List.of(members);
    keepsCounted |= !isWhole;
    return this;
  }

  /**
   * Sets the number that the finding shows as its count if this verdict comes first by severity,
   * reason and weight. If the verdict that comes first sets none, the count is the number of
   * minutes and of {@link #counting} texts.
   */
  public Fired count(int count) {
    this.count = count;
    return this;
  }

  /**
   * Sets the first and the last time of the finding. Without this call they are the first and the
   * last time of its facts.
   *
   * @param from first event in milliseconds since 1970
   * @param to last event in milliseconds since 1970
   */
  public Fired spanning(long from, long to) {
    if (from > to) {
      throw new IllegalArgumentException(
          "the first time of a finding, %d, is after its last time, %d; give the earlier one first"
              .formatted(from, to));
    }
    this.span = new long[] {from, to};
    return this;
  }

  /** Records whether more events may have come than a set or an aggregate keeps. */
  public Fired overflows(boolean more) {
    this.overflow = more;
    return this;
  }

  /** Sets the weight; of verdicts with the same severity and reason, the heaviest comes first. */
  public Fired weight(double weight) {
    this.weight = weight;
    return this;
  }

  /**
   * Restricts the events of a fact that count for this verdict to a span of time.
   *
   * @param fact index of the fact in this verdict
   * @param from milliseconds since 1970, inclusive
   * @param to milliseconds since 1970, inclusive
   */
  public Fired within(int fact, long from, long to) {
    keepsBounds |= !isWhole;
    long[] starts = this.from;
    long[] ends = this.to;
    if (starts == null || ends == null) {
      starts = new long[facts.length];
      ends = new long[facts.length];
      Arrays.fill(starts, Long.MIN_VALUE);
      Arrays.fill(ends, Long.MAX_VALUE);
      this.from = starts;
      this.to = ends;
    }
    starts[fact] = from;
    ends[fact] = to;
    return this;
  }

  /**
   * Restricts the events of this verdict's two facts by their times. An event counts only if it is
   * at most the given number of milliseconds before or after the time span of the other fact.
   */
  public Fired limitEachToNear(long millis) {
    Fact one = facts[0];
    Fact other = facts[1];
    return within(0, other.firstAt() - millis, other.lastAt() + millis)
        .within(1, one.firstAt() - millis, one.lastAt() + millis);
  }

  /**
   * Makes this verdict depend on further facts, besides those that fire. Their events do not count
   * for the finding. The verdict holds only as long as these facts stay unchanged.
   */
  public Fired dependingOn(Fact... grounds) {
    for (Fact ground : grounds) {
      Objects.requireNonNull(
          ground, "a fact on which a verdict depends is null; give a fact of the Case object");
    }
    this.grounds = grounds;
    return this;
  }

  /** Attaches a detail that the rule needs to describe the finding. */
  public Fired telling(Object detail) {
    this.detail = detail;
    keepsDetail |= !isWhole;
    return this;
  }

  public String reason() {
    return reason;
  }

  public Severity severity() {
    return severity;
  }

  /** Returns the checked gates with their numbers, in order. */
  public List<GateChecked> gates() {
    return gates.get();
  }

  /** Returns the number of facts that fire. */
  public int size() {
    return facts.length;
  }

  /** Returns the fact at an index among the facts that fire. */
  public Fact fact(int place) {
    return facts[place];
  }

  /**
   * Returns the time of the first event among the facts of one kind that fire, in milliseconds
   * since 1970. It is {@code Long.MAX_VALUE} if none of them is of that kind.
   */
  public long firstAt(FactKind kind) {
    long first = Long.MAX_VALUE;
    for (Fact fact : facts) {
      if (fact.kind() == kind) {
        first = Math.min(first, fact.firstAt());
      }
    }
    return first;
  }

  /** Returns the further facts, besides those that fire, on which this verdict depends. */
  public List<Fact> grounds() {
    return List.of(grounds);
  }

  /** Returns whether this verdict fires for a fact or depends on it. */
  public boolean involves(Fact fact) {
    return holds(facts, fact) || holds(grounds, fact);
  }

  private static boolean holds(Fact[] all, Fact fact) {
    for (Fact each : all) {
      if (each == fact) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the earliest time at which events of a fact count for this verdict.
   *
   * @param fact index of the fact in this verdict
   * @return milliseconds since 1970; {@code Long.MIN_VALUE} if there is no bound
   */
  public long from(int fact) {
    complete();
    return from == null ? Long.MIN_VALUE : from[fact];
  }

  /**
   * Returns the latest time at which events of a fact count for this verdict.
   *
   * @param fact index of the fact in this verdict
   * @return milliseconds since 1970; {@code Long.MAX_VALUE} if there is no bound
   */
  public long to(int fact) {
    complete();
    return to == null ? Long.MAX_VALUE : to[fact];
  }

  /**
   * Returns the texts that distinguish this verdict's finding from others of the same rule, subject
   * and day.
   */
  public List<String> parts() {
    return parts;
  }

  /**
   * Returns the texts, such as ids of users, that each add 1 to the finding's count. A text of
   * several verdicts counts once. The result is null if the finding's count is the number of
   * minutes of the facts.
   */
  public @Nullable List<String> counted() {
    complete();
    return counted;
  }

  /** Returns the weight of this verdict. It may be an estimate until the details are computed. */
  public double weight() {
    return weight;
  }

  /**
   * Returns the number that the rule set with {@link #count(int)} as the finding's count, or -1 if
   * it set none.
   */
  public int count() {
    return count;
  }

  /**
   * Returns the first and the last time that {@link #spanning} set, or null if the rule did not
   * call that method. The times are in milliseconds since 1970. Without them, the finding has the
   * times of its facts.
   */
  public long @Nullable [] span() {
    return span == null ? null : span.clone();
  }

  /** Returns whether more events may have come than a set or an aggregate keeps. */
  public boolean hasOverflow() {
    return overflow;
  }

  /**
   * Returns the detail that the rule attached.
   *
   * @throws IllegalStateException if the rule attached no detail
   */
  public Object detail() {
    complete();
    Object given = detail;
    if (given == null) {
      throw new IllegalStateException(
          "could not read the detail of a verdict with the reason "
              + reason
              + ": the rule attached none; attach one with Fired.telling in Rule.judge");
    }
    return given;
  }
}
