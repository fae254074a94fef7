package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of one subject for all rules, as decoded objects in memory. It has marks for what is to be
 * written, and the keys of records to delete. It weighs its memory, and does not read or write the
 * store.
 */
public final class SubjectState {
  /**
   * Day that stands for "no day is in memory". It is before every real day, and sums with it do not
   * overflow.
   */
  public static final int NO_DAY = Integer.MIN_VALUE / 2;

  private static final RuleState[] NONE = {};

  /**
   * Estimated memory of a usual subject, in units of 200 bytes. A usual subject has one day with
   * one or two facts of two rules.
   */
  public static final int USUAL_WEIGHT = 10;

  private final Subject subject;
  private final byte[] key;
  private RuleState[] rules = NONE;
  private final List<byte[]> gone = new ArrayList<>(0);
  private @Nullable SubjectAlerts alerts;
  private int from = Integer.MAX_VALUE;
  private boolean dirty;
  private int weight;

  public SubjectState(Subject subject, byte[] key) {
    this.subject = subject;
    this.key = key;
  }

  public Subject subject() {
    return subject;
  }

  byte[] key() {
    return key;
  }

  /**
   * Returns the last day of a rule in memory, or {@link #NO_DAY} if there is none. Days of alerts
   * do not count.
   */
  public int newest() {
    int newest = NO_DAY;
    for (RuleState state : rules) {
      if (!state.days().isEmpty()) {
        newest = Math.max(newest, state.days().lastKey());
      }
    }
    return newest;
  }

  /**
   * Returns the first day with facts or lessons of a rule. Days to learn again count too, and days
   * of alerts do not. It is {@code Integer.MAX_VALUE} if there is none.
   */
  public int oldest() {
    int oldest = Integer.MAX_VALUE;
    for (RuleState state : rules) {
      oldest = Math.min(oldest, state.oldest());
      if (!state.days().isEmpty()) {
        oldest = Math.min(oldest, state.days().firstKey());
      }
    }
    return oldest;
  }

  /**
   * Returns the first day whose records have been read, or {@code Integer.MAX_VALUE} if none have
   * been.
   */
  public int from() {
    return from;
  }

  public void from(int day) {
    from = day;
  }

  public RuleState rule(ActiveRule rule) {
    int index = index(rule.place());
    if (index >= 0) {
      return rules[index];
    }
    int to = -index - 1;
    RuleState[] more = new RuleState[rules.length + 1];
    System.arraycopy(rules, 0, more, 0, to);
    System.arraycopy(rules, to, more, to + 1, rules.length - to);
    more[to] = new RuleState(rule);
    rules = more;
    return more[to];
  }

  private int index(int place) {
    int low = 0;
    int high = rules.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int other = rules[middle].rule().place();
      if (other == place) {
        return middle;
      } else if (other < place) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /**
   * Returns the states of the rules that have a state for this subject, in the order of the rules.
   */
  public RuleState[] rules() {
    return rules;
  }

  public @Nullable SubjectAlerts alerts() {
    return alerts;
  }

  public SubjectAlerts alertsOrNew() {
    SubjectAlerts known = alerts;
    if (known == null) {
      known = new SubjectAlerts();
      alerts = known;
    }
    return known;
  }

  /**
   * Evicts from memory the days and alerts that are too old for any event that may still come.
   * Their stored records are deleted elsewhere.
   *
   * @param low UTC day of the watermark
   */
  public void evict(int low) {
    for (RuleState rule : rules) {
      while (!rule.days().isEmpty() && rule.rule().evicts(rule.days().firstKey(), low)) {
        rule.days().pollFirstEntry();
      }
    }
    SubjectAlerts known = alerts;
    if (known != null) {
      known.evict(low - StateCodec.DAYS_LATE);
    }
  }

  /**
   * Estimates the memory of this object again; returns by how much it has grown since the last
   * estimate, in units of 200 bytes.
   */
  public int weigh() {
    int now = 2;
    for (RuleState state : rules) {
      now += 1 + state.lessons().size();
      for (RuleDay day : state.days().values()) {
        now += 1 + day.weight() + day.verdicts();
      }
    }
    if (alerts != null) {
      now += alerts.weight();
    }
    int more = now - weight;
    weight = now;
    return more;
  }

  public int weight() {
    return weight;
  }

  /** Returns the keys of records to delete. */
  public List<byte[]> gone() {
    return gone;
  }

  /**
   * Marks the state of this subject as changed, so that it is written later, and returns whether it
   * was not marked before.
   */
  public boolean markChanged() {
    boolean news = !dirty;
    dirty = true;
    return news;
  }

  public boolean isDirty() {
    return dirty;
  }

  public void written() {
    dirty = false;
    gone.clear();
  }
}
