package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** State of one subject for all rules as live objects. */
public final class SubjectState {
  /**
   * Day before all others, when nothing is in memory. It is far enough from the smallest integer to
   * calculate with.
   */
  public static final int NO_DAY = Integer.MIN_VALUE / 2;

  /** Weight of a subject with a day of one or two facts of two rules. */
  public static final int USUAL_WEIGHT = 10;

  private final Subject subject;
  private final byte[] key;
  private final @Nullable RuleState[] rules;
  private final List<byte[]> gone = new ArrayList<>(0);
  private @Nullable SubjectAlerts alerts;
  private int from = Integer.MAX_VALUE;
  private boolean dirty;
  private int weight;

  public SubjectState(Subject subject, byte[] key, int rules) {
    this.subject = subject;
    this.key = key;
    this.rules = new RuleState[rules];
  }

  public Subject subject() {
    return subject;
  }

  byte[] key() {
    return key;
  }

  /** Returns the last day in memory, or {@link #NO_DAY}. */
  public int newest() {
    int newest = NO_DAY;
    for (RuleState state : rules) {
      if (state != null && !state.days().isEmpty()) {
        newest = Math.max(newest, state.days().lastKey());
      }
    }
    return newest;
  }

  /** Returns the first day whose records have been read. */
  public int from() {
    return from;
  }

  public void from(int day) {
    from = day;
  }

  @Nullable RuleState known(int place) {
    return rules[place];
  }

  public RuleState rule(ActiveRule rule) {
    RuleState state = rules[rule.place()];
    if (state == null) {
      state = new RuleState(rule);
      rules[rule.place()] = state;
    }
    return state;
  }

  public @Nullable RuleState[] rules() {
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

  /** Drops state that nothing in time can need any more; its records are deleted elsewhere. */
  public void evict(int low) {
    for (RuleState rule : rules) {
      if (rule != null) {
        int oldest = low - rule.rule().info().daysKept();
        while (!rule.days().isEmpty() && rule.days().firstKey() < oldest) {
          rule.days().pollFirstEntry();
        }
      }
    }
    SubjectAlerts known = alerts;
    if (known != null) {
      known.evict(low - StateCodec.DAYS_LATE);
    }
  }

  /** Computes the estimated memory in units of 200 bytes; returns its growth. */
  public int weigh() {
    int now = 2;
    for (RuleState state : rules) {
      if (state != null) {
        now += 1 + state.lessons().size();
        for (RuleDay day : state.days().values()) {
          now += 1 + 2 * day.facts().size() + day.verdicts();
        }
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

  /** Marks the subject to be written; returns whether it was unmarked. */
  public boolean soil() {
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
