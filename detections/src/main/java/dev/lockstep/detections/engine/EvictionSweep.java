package dev.lockstep.detections.engine;

import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walk over all records, some at a time: evicts those that nothing in time can need any more, and
 * after a start looks for what is still due.
 */
final class EvictionSweep {
  private final StateCodec codec;
  private final StateRecords records;
  private final AlertSettings alerts;
  private final OpenSubjects subjects;
  private final DayJudge judge;
  private final DueSubjects dues;
  private final DueWork work;
  private final ReachedTimes times;
  private final SettledDays settled;

  private byte @Nullable [] position;
  private int sweptDay = Integer.MIN_VALUE;

  /** No record is of a day before this one, nor teaches anything about one. */
  private int oldest = Integer.MIN_VALUE;

  /** The same of the records that the walk has passed, and of what came since it began. */
  private int oldestPassed = Integer.MAX_VALUE;

  private boolean hasRecovered;

  @SuppressWarnings("ArrayRecordComponent") // bytes on their way, compared by nobody
  private record Gone(byte[] subject, byte[] key) {}

  EvictionSweep(
      StateCodec codec,
      StateRecords records,
      AlertSettings alerts,
      OpenSubjects subjects,
      DayJudge judge,
      DueSubjects dues,
      DueWork work,
      ReachedTimes times,
      SettledDays settled) {
    this.codec = codec;
    this.records = records;
    this.alerts = alerts;
    this.subjects = subjects;
    this.judge = judge;
    this.dues = dues;
    this.work = work;
    this.times = times;
    this.settled = settled;
  }

  /**
   * Continues after the walk of an engine with other rules.
   *
   * @param recovers if something that is due has to be looked for again
   */
  void resume(EvictionSweep before, boolean recovers) {
    sweptDay = before.position == null ? before.sweptDay : Integer.MIN_VALUE;
    oldest = before.position == null ? before.oldest : Integer.MIN_VALUE;
    hasRecovered = before.hasRecovered && !recovers;
  }

  /** Learns that a message has come about a day. */
  void sees(int day) {
    oldest = Math.min(oldest, day);
    oldestPassed = Math.min(oldestPassed, day);
  }

  /**
   * Evicts what nothing in time can need any more, some of it at a time, and after a start looks
   * for what is still due; returns if there is more to look at.
   *
   * @param most how many records to look at
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
      if (hasRecovered && oldest >= low - codec.leastKept()) {
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
              if (hasRecovered && first >= low - codec.leastKept()) {
                oldestPassed = Math.min(oldestPassed, first);
                return;
              }
              if (times.lowAt() > 0 && codec.isToBeLearned(key, value, low)) {
                unlearned.add(StateCodec.subject(subject));
              }
              if (times.lowAt() > 0 && codec.isOver(key, value, low)) {
                gone.add(new Gone(subject.clone(), key.clone()));
                return;
              }
              oldestPassed = Math.min(oldestPassed, first);
              if (!hasRecovered) {
                settled.sees(StateCodec.dayOfKey(key));
                if (codec.isOfPendingDay(key, value)) {
                  waiting.merge(StateCodec.subject(subject), StateCodec.dayOfKey(key), Math::min);
                }
                Long dueAt = codec.waitsFor(key, value, alerts);
                if (dueAt != null) {
                  Subject id = StateCodec.subject(subject);
                  int day = StateCodec.dayOfKey(key);
                  if (dueAt <= times.graceAt()) {
                    overdue.merge(id, day, Math::min); // nothing later may come
                  } else {
                    dues.at(dueAt, id, day, true);
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
        settled.sawAll();
      }
    }
    return position != null;
  }

  /** Learns from days while the facts are there that teach. */
  private void learn(SubjectState subject) {
    int low = ReachedTimes.dayOf(times.lowAt());
    for (RuleState state : subject.rules()) {
      state.evictUnlearned(low);
      if (!state.unlearned().isEmpty()) {
        judge.learn(subject, state);
      }
    }
  }
}
