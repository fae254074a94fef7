package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verdict that facts fire.
 *
 * <p>Unless told otherwise it belongs to the one finding of the subject and day, every event of its
 * facts has a part in it, and the finding counts the distinct minutes of its facts.
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
  private @Nullable String only;
  private @Nullable Consumer<Fired> rest;
  private boolean isWhole;

  /** Creates a verdict; for the engine. */
  public Fired(String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts) {
    this.reason = reason;
    this.severity = severity;
    this.gates = gates;
    this.facts = facts;
  }

  /** Puts it into a finding of its own, named by these texts beside rule, subject and day. */
  public Fired in(String... parts) {
    this.parts = List.of(parts);
    return this;
  }

  /**
   * Leaves the rest of what there is to say of it until somebody reads it: what is counted, the
   * bounds, what is given along, and its weight where that was given roughly. Thousands fire on a
   * bad day, and few are read.
   *
   * @param rest says it, by the other methods
   */
  public Fired later(Consumer<Fired> rest) {
    this.rest = rest;
    return this;
  }

  /** Works out what was left for later. */
  public void complete() {
    Consumer<Fired> left = rest;
    if (left != null && !isWhole) {
      isWhole = true;
      left.accept(this);
    }
  }

  /** Drops what {@link #later} has worked out, which is worked out again for the next reader. */
  public void release() {
    if (rest != null) {
      isWhole = false;
      from = null;
      to = null;
      counted = null;
      detail = null;
      only = null;
    }
  }

  /** Has the finding count distinct texts, of which these are some, instead of minutes. */
  public Fired counting(String... members) {
    counted = List.of(members);
    return this;
  }

  /** Orders it among those of its severity and reason: the heavier tells more. */
  public Fired weight(double weight) {
    this.weight = weight;
    return this;
  }

  /**
   * Bounds the events of a fact that have a part in it.
   *
   * @param fact by its place among the facts
   * @param from milliseconds since 1970, inclusive
   * @param to milliseconds since 1970, inclusive
   */
  public Fired within(int fact, long from, long to) {
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

  /** Bounds it to one member of its facts' sets: only that one's minutes have a part. */
  public Fired ofMember(String member) {
    only = member;
    return this;
  }

  /**
   * Rests it on more facts, whose events have no part in the finding: it holds as long as they are
   * as they are.
   */
  public Fired restingOn(Fact... grounds) {
    this.grounds = grounds;
    return this;
  }

  /** Gives along what the rule wants to have when it tells the finding. */
  public Fired telling(Object detail) {
    this.detail = detail;
    return this;
  }

  /** Returns the reason. */
  public String reason() {
    return reason;
  }

  /** Returns the severity. */
  public Severity severity() {
    return severity;
  }

  /** Returns what was checked, in order, with its numbers. */
  public List<GateChecked> gates() {
    return gates.get();
  }

  /** Returns how many facts fire. */
  public int size() {
    return facts.length;
  }

  /** Returns one of the facts that fire. */
  public Fact fact(int place) {
    return facts[place];
  }

  /** Returns the facts that it rests on beside those that fire. */
  public List<Fact> grounds() {
    return List.of(grounds);
  }

  /** Returns if it rests on a fact. */
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

  /** Returns from when on the events of a fact have a part in it, milliseconds since 1970. */
  public long from(int fact) {
    complete();
    return from == null ? Long.MIN_VALUE : from[fact];
  }

  /** Returns until when the events of a fact have a part in it, milliseconds since 1970. */
  public long to(int fact) {
    complete();
    return to == null ? Long.MAX_VALUE : to[fact];
  }

  /** Returns what names its finding beside rule, subject and day. */
  public List<String> parts() {
    return parts;
  }

  /** Returns the texts that its finding counts, null where that counts minutes. */
  public @Nullable List<String> counted() {
    complete();
    return counted;
  }

  /** Returns its weight, roughly where the rest was left for later. */
  public double weight() {
    return weight;
  }

  /** Returns the one member of its facts' sets that has a part in it, or null. */
  public @Nullable String member() {
    complete();
    return only;
  }

  /**
   * Returns what the rule gave along.
   *
   * @throws IllegalStateException if it gave nothing
   */
  public Object detail() {
    complete();
    Object given = detail;
    if (given == null) {
      throw new IllegalStateException("nothing was given along with " + reason);
    }
    return given;
  }
}
