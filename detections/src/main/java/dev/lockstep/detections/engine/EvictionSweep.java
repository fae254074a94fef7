package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sweep over all state records, in parts, that evicts records too old to matter and, after a start,
 * finds postponed work. A record matters as long as an event that arrives in time may need it.
 *
 * <p>{@link StateCodec#isEvictable} decides: facts go by {@link
 * dev.lockstep.rules.RuleInfo#daysKept}, and lessons when no day learns from them any more. Alerts
 * go after 32 days, and so do facts of rules that do not run any more. The lessons of a rule that
 * does not run any more go 400 days after its latest lesson.
 *
 * <p>The first sweep after a start, and after some changes of rules, also looks for postponed work,
 * such as graces that are over. At that time only the state records tell of this work.
 */
final class EvictionSweep {
  private final StateCodec codec;
  private final StateRecords records;
  private final RuleCalls calls;
  private final AlertSettings alerts;
  private final OpenSubjects subjects;
  private final DayJudge judge;
  private final DueSubjects dues;
  private final DueWork work;
  private final ReachedTimes times;
  private final JudgedBeforeDays judgedBefore;

  private byte @Nullable [] position;
  private int sweptDay = Integer.MIN_VALUE;

  /**
   * Earliest UTC day of the state records that the last complete sweep saw or that later messages
   * have changed.
   */
  private int oldest = Integer.MIN_VALUE;

  /**
   * Earliest UTC day that this sweep has seen so far. It sees the days of the state records that it
   * passes and of the messages that come meanwhile. At the end of the sweep this day becomes {@link
   * #oldest}.
   */
  private int oldestPassed = Integer.MAX_VALUE;

  private boolean hasRecovered;

  /**
   * Subject and key of a state record that the current call of {@link #sweep} deletes before it
   * returns.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Gone(byte[] subject, byte[] key) {}

  EvictionSweep(
      StateCodec codec,
      StateRecords records,
      RuleCalls calls,
      AlertSettings alerts,
      OpenSubjects subjects,
      DayJudge judge,
      DueSubjects dues,
      DueWork work,
      ReachedTimes times,
      JudgedBeforeDays judgedBefore) {
    this.codec = codec;
    this.records = records;
    this.calls = calls;
    this.alerts = alerts;
    this.subjects = subjects;
    this.judge = judge;
    this.dues = dues;
    this.work = work;
    this.times = times;
    this.judgedBefore = judgedBefore;
  }

  /**
   * Takes over the result of the last sweep of an earlier engine if that sweep reached the end;
   * otherwise begins a new sweep. The earlier engine had other rules.
   *
   * @param recovers if work that is due has to be looked for again
   */
  void resume(EvictionSweep before, boolean recovers) {
    sweptDay = before.position == null ? before.sweptDay : Integer.MIN_VALUE;
    oldest = before.position == null ? before.oldest : Integer.MIN_VALUE;
    hasRecovered = before.hasRecovered && !recovers;
  }

  void recordDay(int day) {
    oldest = Math.min(oldest, day);
    oldestPassed = Math.min(oldestPassed, day);
  }

  /**
   * Checks up to {@code most} further state records, and returns whether records are left to check.
   * A record that no timely event can need is evicted.
   */
  boolean sweep(int most) {
    int low = ReachedTimes.dayOf(times.lowAt());
    if (position == null) {
      if (low <= sweptDay && hasRecovered) {
        return false;
      }
      sweptDay = low;
      subjects.flush();
      oldestPassed = Integer.MAX_VALUE;
      for (SubjectState subject : subjects.all()) {
        learn(subject);
        subject.evict(low);
        oldestPassed = Math.min(oldestPassed, subject.oldest());
      }
      if (hasRecovered && oldest >= low - codec.leastDaysKept()) {
        return false;
      }
    }
    List<Gone> gone = new ArrayList<>();
    Map<Subject, Integer> overdue = new LinkedHashMap<>();
    Map<Subject, Integer> waiting = new LinkedHashMap<>();
    List<Subject> unlearned = new ArrayList<>();
    position =
        records.walk(
            position,
            most,
            (subject, key, value) -> {
              int first = codec.firstDay(key, value);
              if (hasRecovered && first >= low - codec.leastDaysKept()) {
                oldestPassed = Math.min(oldestPassed, first);
                return;
              }
              ActiveRule rule = codec.learnsIn(key);
              if (times.lowAt() > 0
                  && rule != null
                  && holds(rule, () -> codec.isToBeLearned(key, value, low))) {
                unlearned.add(SubjectKey.subject(subject));
              }
              if (times.lowAt() > 0
                  && (rule == null
                      ? codec.isEvictable(key, value, low)
                      : holds(rule, () -> codec.isEvictable(key, value, low)))) {
                gone.add(new Gone(subject.clone(), key.clone()));
                return;
              }
              oldestPassed = Math.min(oldestPassed, first);
              if (!hasRecovered) {
                judgedBefore.recordDay(StateCodec.dayOfKey(key));
                if (codec.isOfPendingDay(key, value)) {
                  waiting.merge(SubjectKey.subject(subject), StateCodec.dayOfKey(key), Math::min);
                }
                Long dueAt = codec.waitsFor(key, value, alerts);
                if (dueAt != null) {
                  Subject id = SubjectKey.subject(subject);
                  int day = StateCodec.dayOfKey(key);
                  if (dueAt <= times.graceAt()) {
                    overdue.merge(id, day, Math::min); // it may be that no message comes any more
                  } else {
                    dues.at(dueAt, id, day, true);
                    if (StateCodec.isOfAlert(key)) {
                      dues.byWallIfNone(times.wallAt() + alerts.settleMinutes() * 60_000L, id);
                    }
                  }
                }
              }
            });
    unlearned.forEach(subject -> learn(subjects.opened(subject, low)));
    for (Gone each : gone) {
      records.write(each.subject(), each.key(), null);
    }
    waiting.forEach(subjects::opened); // from then on they wait in memory
    overdue.forEach(work::recovered);
    if (position == null) {
      oldest = oldestPassed;
      if (!hasRecovered) {
        hasRecovered = true;
        judgedBefore.recordFullSweep();
      }
    }
    return position != null;
  }

  /**
   * Evaluates a condition that calls code of a rule, and returns its result, or false if that code
   * fails. The code says which lessons the rule still needs.
   */
  private boolean holds(ActiveRule rule, Supplier<Boolean> condition) {
    return Boolean.TRUE.equals(calls.guarded(rule, "remember", condition));
  }

  /**
   * Makes the rules of a subject learn again from each day whose lessons may have changed. A lesson
   * is what a rule learns from a closed day, such as a usual country. A rule whose lessons no day
   * can need any more does not learn. The method has to be called before the facts of these days
   * are evicted.
   */
  private void learn(SubjectState subject) {
    int low = ReachedTimes.dayOf(times.lowAt());
    for (RuleState state : subject.rules()) {
      boolean unused =
          holds(
              state.rule(),
              () -> {
                state.evictUnlearned(low);
                return true;
              });
      if (!state.unlearned().isEmpty()) {
        judge.learn(subject, state);
      }
    }
  }
}
