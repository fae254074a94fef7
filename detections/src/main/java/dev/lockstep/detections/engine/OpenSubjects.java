package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Cache in memory of the state of an engine's subjects, read from state records and written back to
 * them. A subject is read when a message comes to it, and written when it changed. If the subjects
 * together take too much memory, the least recently used subjects are closed: their state is
 * removed from memory.
 *
 * <p>Most tokens and sessions are seen once or twice. They may take at most a quarter of the
 * memory, so that they do not displace the principals and addresses that come again.
 */
final class OpenSubjects {
  /**
   * Number of the most recently used subjects that stay in memory even if they take too much of it.
   */
  private static final int FEWEST_OPEN = 8;

  /**
   * Largest number of subjects whose state has left memory while changes of their findings still
   * wait to be given out. Any further subject gives its changes out when its state leaves memory.
   * Each takes some 100 bytes.
   */
  private static final int MOST_WAITING = 10_000;

  private final StateCodec codec;
  private final StateRecords records;
  private final RuleCalls calls;
  private final PendingOutput output;
  private final DaysToGiveOut pending;
  private final ChangedSubjects changed;
  private final JudgedBeforeDays judgedBefore;
  private final ReachedTimes times;
  private final int mostOpen;

  /**
   * Subjects that left memory although postponed changes of their findings still wait for output.
   * Each has the earliest day that has such changes.
   */
  private final LinkedHashMap<Subject, Integer> waiting = new LinkedHashMap<>();

  private final Held lasting = new Held();
  private final Held passing = new Held();
  private boolean keepsLessons;
  private boolean writesAtOnce;
  private @Nullable SubjectState opened;
  private boolean postponesUntilFlush;
  private int mostSubjects = Integer.MAX_VALUE;

  /**
   * Subjects whose state is in memory, in the order of their last use, and their estimated memory
   * in total.
   */
  private static final class Held {
    private final LinkedHashMap<Subject, SubjectState> open = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /** Number of subjects in memory above which the least recently used ones are removed. */
    private int closesAbove = Integer.MAX_VALUE;
  }

  /**
   * @param mostOpen largest number of subjects with few facts in memory
   */
  OpenSubjects(
      StateCodec codec,
      StateRecords records,
      RuleCalls calls,
      PendingOutput output,
      DaysToGiveOut pending,
      ChangedSubjects changed,
      JudgedBeforeDays judgedBefore,
      ReachedTimes times,
      int mostOpen) {
    this.codec = codec;
    this.records = records;
    this.calls = calls;
    this.output = output;
    this.pending = pending;
    this.changed = changed;
    this.judgedBefore = judgedBefore;
    this.times = times;
    this.mostOpen = mostOpen;
  }

  void keepLessons() {
    keepsLessons = true;
  }

  /**
   * Sets the largest number of subjects in memory. It applies to tokens and sessions together and,
   * separately, to subjects of all other kinds together. Subjects with postponed changes of
   * findings may stay although there are more.
   */
  void mostSubjects(int most) {
    mostSubjects = most;
    lasting.closesAbove = most;
    passing.closesAbove = most;
  }

  /**
   * Makes {@link #done} store the subject that was loaded last, if the subject's state has changed.
   * The subject must have been loaded into memory since the previous call of {@link #done}. All
   * other changed subjects are stored by {@link #write()}, or when their state leaves memory.
   * Storing the subject at once is cheap, because its state is still in the processor's caches.
   * Most subjects leave memory before another message comes to them.
   */
  void writeAtOnce() {
    writesAtOnce = true;
  }

  void done() {
    SubjectState subject = opened;
    opened = null;
    if (subject != null && subject.isDirty()) {
      write(subject);
      changed.remove(subject);
    }
  }

  /**
   * Lets the state of a subject leave memory before postponed changes of its findings are given
   * out. The changes wait for {@link #flush}. Without this call, only changes of days with very
   * many verdicts wait. Two kinds of changes never wait: those of a day with facts that are not
   * judged yet, and those of a subject that leaves memory while 10,000 others wait already.
   */
  void postponeUntilFlush() {
    postponesUntilFlush = true;
  }

  /**
   * Gives out all postponed changes of findings, also those of subjects whose state is not in
   * memory any more.
   */
  void flush() {
    output.flush();
    while (!waiting.isEmpty()) {
      Map.Entry<Subject, Integer> first = waiting.entrySet().iterator().next();
      opened(first.getKey(), first.getValue());
      output.flush();
    }
  }

  List<SubjectState> all() {
    List<SubjectState> all = new ArrayList<>(lasting.open.values());
    all.addAll(passing.open.values());
    return all;
  }

  private Held heldFor(Subject.Kind kind) {
    return kind == Subject.Kind.TOKEN || kind == Subject.Kind.SESSION ? passing : lasting;
  }

  /**
   * Returns a subject with the state of an event's day, of the {@link StateCodec#reach} days before
   * it, and of all later days.
   */
  SubjectState opened(Subject id, int day) {
    Held held = heldFor(id.kind());
    SubjectState subject = held.open.get(id);
    int from = day - codec.reach();
    if (subject == null) {
      byte[] key = SubjectKey.of(id);
      subject = open(held, id, key, from, codec.stretch(id, key, from, records));
    }
    return with(held, subject, from);
  }

  /**
   * Returns the state of a subject, or null if none is kept. None is kept if the subject is not in
   * memory, has no records to read, and has no postponed changes of findings. The days are read
   * from {@link StateCodec#reach} days before the given day on.
   *
   * @param key key of the subject's records
   */
  @Nullable SubjectState openedIfKept(Subject id, byte[] key, int day) {
    Held held = heldFor(id.kind());
    SubjectState subject = held.open.get(id);
    int from = day - codec.reach();
    if (subject == null) {
      byte[] stretch = codec.stretch(id, key, from, records);
      if (stretch.length == 0 && !waiting.containsKey(id)) {
        return null;
      }
      subject = open(held, id, key, from, stretch);
    }
    return with(held, subject, from);
  }

  private SubjectState open(Held held, Subject id, byte[] key, int from, byte[] stretch) {
    makeRoom(held);
    SubjectState subject = new SubjectState(id, key);
    codec.open(subject, from, stretch);
    judgedBefore.restore(subject, from, Integer.MAX_VALUE);
    pending.addRead(subject);
    held.open.put(id, subject);
    opened = writesAtOnce ? subject : null;
    return subject;
  }

  private SubjectState with(Held held, SubjectState subject, int needed) {
    Subject id = subject.subject();
    int from = needed;
    Integer firstWaiting = waiting.isEmpty() ? null : waiting.remove(id);
    if (firstWaiting != null) {
      from = Math.min(from, firstWaiting - codec.reach());
    }
    for (RuleState state : subject.rules()) {
      if (!state.unlearned().isEmpty()) {
        from = Math.min(from, firstToLearn(state));
      }
    }
    if (from < subject.from()) {
      int to = subject.from();
      codec.read(subject, from, records);
      judgedBefore.restore(subject, from, to);
      pending.addRead(subject);
    }
    held.weight += subject.weigh();
    return subject;
  }

  private static int firstToLearn(RuleState state) {
    return state.rule().info().firstDayReadBy(state.unlearned().first());
  }

  private void makeRoom(Held held) {
    long all = (long) mostOpen * SubjectState.USUAL_WEIGHT;
    long most = held == passing ? all / 4 : all - passing.weight;
    if (held.weight < most && held.open.size() <= held.closesAbove) {
      return;
    }
    close(held, most);
    // If many subjects wait for output, a close finds few to remove, and costs too much each time.
    held.closesAbove = (int) Math.max(mostSubjects, held.open.size() + mostSubjects / 5L);
  }

  /**
   * Removes the least recently used subjects from memory, until number and estimated memory of the
   * remaining ones are clearly below their limits. A few always remain. Subjects with postponed
   * changes of findings are only removed for want of memory.
   */
  private void close(Held held, long most) {
    Iterator<SubjectState> eldest = held.open.values().iterator();
    while (eldest.hasNext() && held.open.size() > FEWEST_OPEN) {
      boolean tooHeavy = held.weight > most / 10 * 9;
      if (!tooHeavy && held.open.size() <= mostSubjects / 5 * 4) {
        return;
      }
      SubjectState subject = eldest.next();
      // Closing a subject gives out its changed counts, which of a crowded day is a lot of work.
      if (tooHeavy || !pending.hasDayOf(subject)) {
        held.weight -= subject.weight();
        leave(subject);
        eldest.remove();
      }
    }
  }

  private void leave(SubjectState subject) {
    if (waiting.size() >= MOST_WAITING) {
      output.flush(subject, Integer.MAX_VALUE);
    } else if (!postponesUntilFlush) {
      output.flushMost(subject);
    } else if (pending.hasDayOf(subject)) {
      output.flushUnjudged(subject);
    }
    if (subject.isDirty()) {
      write(subject);
      changed.remove(subject);
    }
    int first = pending.isEmpty() ? Integer.MAX_VALUE : pending.leave(subject);
    if (first != Integer.MAX_VALUE) {
      waiting.put(subject.subject(), first);
    }
  }

  void write() {
    for (SubjectState subject : changed.all()) {
      write(subject);
      close(subject);
    }
    changed.clear();
  }

  private void write(SubjectState subject) {
    if (!pending.isEmpty()) {
      output.flush(subject, subject.newest() - codec.reach() - 1);
    }
    for (RuleState state : subject.rules()) {
      if (!keepsLessons) {
        calls.prune(state, ReachedTimes.dayOf(times.lowAt()));
      }
    }
    codec.write(subject, records);
    subject.written();
  }

  /**
   * Removes a subject's old days from memory, except those that outstanding work needs. Outstanding
   * work is changes of findings to give out, and lessons to compute. Days also stay if an event of
   * the newest day, or of the day before it, would need them.
   */
  private void close(SubjectState subject) {
    int newest = subject.newest();
    int oldest = Integer.MAX_VALUE;
    for (RuleState state : subject.rules()) {
      if (!state.days().isEmpty()) {
        for (RuleDay day : state.days().values()) {
          if (pending.contains(day)) {
            oldest = Math.min(oldest, day.day() - codec.reach());
          }
        }
        if (!state.unlearned().isEmpty()) {
          oldest = Math.min(oldest, firstToLearn(state));
        }
      }
    }
    if (newest == SubjectState.NO_DAY) {
      return;
    }
    int from = Math.min(oldest, newest - codec.reach() - 1);
    if (from <= subject.from()) {
      return;
    }
    for (RuleState state : subject.rules()) {
      NavigableMap<Integer, RuleDay> closed = state.days().headMap(from, false);
      closed.values().forEach(RuleDay::dropJudgement);
      closed.clear();
    }
    subject.from(from);
  }

  void close() {
    write();
    for (Held held : List.of(lasting, passing)) {
      held.open.clear();
      held.weight = 0;
    }
  }
}
