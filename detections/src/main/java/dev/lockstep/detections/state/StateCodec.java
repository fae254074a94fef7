package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.PartsCodec;
import dev.lockstep.detections.encoding.StateDictionary;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.LayoutNumbers;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.detections.storage.Stretch;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Codec of the records in which the state of a subject is stored.
 *
 * <p>A key consists of a day, a rule's number and a type. The key of a fact also has its order and,
 * if its kind has runs, the time of its first event. The lessons of each rule come before all days.
 */
public final class StateCodec {
  /**
   * Largest size of a state record with the lessons of a rule, or with the findings of a day. A
   * message of a topic has at most about 1 MB.
   */
  public static final int MOST_RECORD_BYTES = 512 * 1024;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final int DAY_BYTES = 3;
  private static final int HEAD = -(1 << (Byte.SIZE * DAY_BYTES - 1));
  private static final int LAST_DAY = -HEAD - 1;
  private static final int END_OF_DAYS = LAST_DAY + 1;
  private static final int ORDER_BYTES = 6;
  private static final int TIME_BYTES = Integer.BYTES;
  private static final int TYPE_AT = DAY_BYTES + Integer.BYTES;

  private static final int LEARNED = 0;
  private static final int DAY = 1;
  private static final int FACT = 2;

  /** Number in the keys of alerts, in place of a rule's number. */
  private static final int ALERTS = 0x616c7274;

  /**
   * Largest age of an event that may still come, in UTC days before the day of the watermark. It is
   * the 30 days that a record may lie behind its arrival, and two spare days.
   */
  static final int DAYS_LATE = 32;

  /**
   * Number of UTC days for which the lessons of a rule that does not run are kept, counted from the
   * latest lesson. It is more than the longest time for which a rule may keep facts.
   */
  private static final int STOPPED_DAYS = 400;

  /**
   * Number of earlier UTC days that are read from state for each event, to find alerts. More are
   * read if a rule needs more.
   */
  private static final int ALERT_REACH = 4;

  private static final byte[] FIRST_DAY = key(HEAD + 1);
  private static final byte[] NO_HEAD = {};
  static final byte[] FIRST = key(HEAD);
  static final byte[] END = {-1, -1, -1, -1, -1};

  private final Map<Integer, ActiveRule> byCode = new HashMap<>();

  /** Number of each rule in the keys of records, at the rule's index among the active rules. */
  private final int[] codes;

  private final List<ActiveRule> anew = new ArrayList<>();
  private final @Nullable LayoutNumbers layouts;
  private final Set<Subject.Kind> learning = EnumSet.noneOf(Subject.Kind.class);
  private final int reach;
  private final int leastDaysKept;
  private final @Nullable StateDictionary dictionary;
  private final ByteSink sink;
  private final AlertItemCodec items;

  /**
   * Creates a codec of the state that the given rules keep.
   *
   * @param dictionary dictionary of the texts that repeat in records, or null
   * @param layouts layouts of the facts in the records, or null if they are those of the rules
   */
  public StateCodec(
      List<ActiveRule> rules,
      @Nullable StateDictionary dictionary,
      @Nullable LayoutNumbers layouts) {
    this.dictionary = dictionary;
    this.layouts = layouts;
    this.sink = new ByteSink(dictionary);
    this.items = new AlertItemCodec(dictionary);
    int most = ALERT_REACH;
    int least = DAYS_LATE;
    this.codes = new int[rules.stream().mapToInt(ActiveRule::place).max().orElse(-1) + 1];
    for (ActiveRule rule : rules) {
      int code = rule.code();
      if (layouts != null) {
        LayoutNumbers.RuleNumber stored = layouts.numberOf(code, rule.layout());
        code = stored.number();
        if (stored.isAnew()) {
          anew.add(rule);
        }
      }
      codes[rule.place()] = code;
      ActiveRule other = byCode.put(code, rule);
      if (other != null) {
        throw new IllegalStateException(
            "rules %s and %s have the same number in state; give one of them another id"
                .formatted(other.info().id(), rule.info().id()));
      }
      most = Math.max(most, rule.info().daysBack() + rule.info().daysAhead());
      least = Math.min(least, rule.info().daysKept());
      if (rule.info().daysLearned(rule.settings()) > 0) {
        learning.addAll(rule.info().subjects());
      }
    }
    this.reach = most;
    this.leastDaysKept = least;
  }

  /**
   * Returns a codec of the state that other rules keep, with this codec's dictionary of repeated
   * texts and its layouts. The two lists of rules may share rules.
   */
  public StateCodec of(List<ActiveRule> others) {
    return new StateCodec(others, dictionary, layouts);
  }

  /**
   * Returns the rules that cannot read their stored records, and so start without them. The records
   * were written when the rule's facts had other kinds or other fields, although the rule's meaning
   * is the same.
   */
  public List<ActiveRule> startedAnew() {
    return List.copyOf(anew);
  }

  /**
   * Returns how many earlier UTC days are read from state for each event. The event's day and all
   * later days are read too. Postponed work of a subject may need still earlier days.
   */
  public int reach() {
    return reach;
  }

  private static byte[] key(int day) {
    return putDay(new ByteSink(), day).bytes();
  }

  private static ByteSink putDay(ByteSink to, int day) {
    return to.fixed(Math.max(HEAD, Math.min(LAST_DAY, day)) - HEAD, DAY_BYTES);
  }

  private static int day(ByteSource key) {
    return (int) key.fixed(DAY_BYTES) + HEAD;
  }

  /** Returns whether any of the rules learns from the days of subjects of this kind. */
  public boolean learns(Subject.Kind kind) {
    return learning.contains(kind);
  }

  /**
   * Decodes all lessons of a subject, and the subject's records of the day {@code from} and later
   * days, into the subject's state.
   *
   * @param stretch records of the subject, as {@link #stretch} returned them
   */
  public void open(SubjectState subject, int from, byte[] stretch) {
    readRecords(subject, from, END_OF_DAYS, stretch);
    subject.from(from);
  }

  /**
   * Reads a subject's records of the day {@code from} and later days from the store, except days
   * that were read before.
   */
  public void read(SubjectState subject, int from, StateRecords records) {
    byte[] stretch = stretch(subject.subject(), subject.key(), from, records);
    readRecords(subject, from, subject.from(), stretch);
    subject.from(from);
  }

  /**
   * Returns a subject's records of the day {@code from} and all later days as one array, which
   * {@link Stretch.Cursor} reads. The array includes lessons if a rule learns about subjects of
   * this kind, and may have further records of the subject.
   */
  public byte[] stretch(Subject subject, byte[] key, int from, StateRecords records) {
    byte[] first = key(Math.max(from, HEAD + 1));
    return records.open(key, learns(subject.kind()) ? FIRST_DAY : NO_HEAD, first, END);
  }

  /**
   * Reads a subject's records of the days from {@code from} (inclusive) to {@code to} (exclusive).
   * Lessons are read only if {@code to} is {@link #END_OF_DAYS}. Facts of a kind lie together, and
   * are decoded when they are first asked for.
   */
  private void readRecords(SubjectState subject, int from, int to, byte[] stretch) {
    Stretch.Cursor at = new Stretch.Cursor(stretch);
    while (at.isValid()) {
      int day = (int) number(stretch, at.keyAt(), DAY_BYTES) + HEAD;
      boolean isWanted = day == HEAD ? to == END_OF_DAYS : day >= from && day < to;
      int code = (int) number(stretch, at.keyAt() + DAY_BYTES, Integer.BYTES);
      ActiveRule rule = isWanted && code != ALERTS ? byCode.get(code) : null;
      int type = stretch[at.keyAt() + TYPE_AT];
      if (rule != null && day != HEAD && type >= FACT) {
        int begin = at.record();
        int count = skipAlike(at, stretch);
        subject
            .rule(rule)
            .dayOrNew(day)
            .unread(
                rule.info().kinds().get(type - FACT),
                new UnreadFacts(
                    this, rule, subject.subject().id(), stretch, begin, at.record(), count));
        continue;
      }
      if (isWanted && code == ALERTS) {
        ByteSource key = new ByteSource(stretch, at.keyAt() + TYPE_AT, at.valueAt(), null);
        items.read(subject, day, key, at.value());
      } else if (rule != null && day == HEAD) {
        LessonsCodec.read(subject.rule(rule), at.value());
      } else if (rule != null) {
        DayCodec.read(subject.rule(rule).dayOrNew(day), at.value());
      }
      at.advance();
    }
  }

  private static int skipAlike(Stretch.Cursor at, byte[] stretch) {
    int first = at.keyAt();
    int count = 0;
    do {
      count++;
      at.advance();
    } while (at.isValid()
        && Arrays.equals(
            stretch, first, first + TYPE_AT + 1, stretch, at.keyAt(), at.keyAt() + TYPE_AT + 1));
    return count;
  }

  KeptFact readFact(ActiveRule rule, String subject, byte[] stretch, Stretch.Cursor at) {
    int day = (int) number(stretch, at.keyAt(), DAY_BYTES) + HEAD;
    int place = stretch[at.keyAt() + TYPE_AT] - FACT;
    ByteSource value = new ByteSource(stretch, at.valueAt(), at.end(), dictionary);
    KeptFact fact = FactCodec.read(rule, subject, day, place, value);
    fact.readFrom(at.key(), orderOf(stretch, at.keyAt()));
    return fact;
  }

  Place placeOf(FactKind kind, byte[] stretch, Stretch.Cursor at) {
    ByteSource value = new ByteSource(stretch, at.valueAt(), at.end(), dictionary);
    value.get(); // the rank
    PartsCodec.skipValues(value, kind.fields());
    return PartsCodec.place(value);
  }

  static long orderOf(byte[] stretch, int keyAt) {
    return number(stretch, keyAt + TYPE_AT + 1, ORDER_BYTES) << FactOrder.UNUSED_BITS;
  }

  static long firstAtOf(byte[] stretch, int keyAt) {
    long day = number(stretch, keyAt, DAY_BYTES) + HEAD;
    return day * DAY_MILLIS + number(stretch, keyAt + TYPE_AT + 1 + ORDER_BYTES, TIME_BYTES);
  }

  private static long number(byte[] key, int at, int count) {
    long number = 0;
    for (int i = at; i < at + count; i++) {
      number = (number << Byte.SIZE) | (key[i] & 0xFF);
    }
    return number;
  }

  /** Returns the least number of days for which a state record is kept, whatever its rule. */
  public int leastDaysKept() {
    return leastDaysKept;
  }

  /**
   * Returns the UTC day of a state record or, for a record of lessons, the first of its days. A
   * record of lessons covers many days. The first of them is the first day that has lessons or
   * whose lessons have to be computed. It is {@code Integer.MAX_VALUE} if there is none.
   */
  public int firstDay(byte[] key, byte[] value) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    if (day != HEAD) {
      return day;
    }
    ActiveRule rule = byCode.get(source.fixed32());
    if (rule == null) {
      int[] first = {Integer.MAX_VALUE};
      LessonsCodec.eachDay(value, lesson -> first[0] = Math.min(first[0], lesson));
      return first[0];
    }
    RuleState state = new RuleState(rule);
    LessonsCodec.read(state, value);
    return state.oldest();
  }

  /**
   * Returns the rule whose lessons a state record holds, or null if the record holds no lessons.
   * The result is also null for a rule that does not run here.
   */
  public @Nullable ActiveRule learnsIn(byte[] key) {
    ByteSource source = new ByteSource(key);
    return day(source) == HEAD ? byCode.get(source.fixed32()) : null;
  }

  /**
   * Returns whether a state record can be evicted, because no event that may still come can need
   * it.
   *
   * @param low UTC day up to which everything has passed
   */
  public boolean isEvictable(byte[] key, byte[] value, int low) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    ActiveRule rule = byCode.get(source.fixed32());
    if (day == HEAD) {
      if (rule == null) {
        int[] last = {HEAD};
        LessonsCodec.eachDay(value, lesson -> last[0] = Math.max(last[0], lesson));
        return last[0] < low - STOPPED_DAYS; // until then the rule may run again
      }
      RuleState state = new RuleState(rule);
      LessonsCodec.read(state, value);
      return state.mayEvictLessons(low);
    }
    return rule == null ? day < low - DAYS_LATE : rule.evicts(day, low);
  }

  /**
   * Returns whether lessons have to be computed now, before the facts from which they are computed
   * are evicted. The given record of lessons names the days whose lessons are still to be computed.
   * For any other record the result is false.
   *
   * @param low UTC day up to which everything has passed
   */
  public boolean isToBeLearned(byte[] key, byte[] value, int low) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    ActiveRule rule = byCode.get(source.fixed32());
    if (day != HEAD || rule == null) {
      return false;
    }
    RuleState state = new RuleState(rule);
    LessonsCodec.read(state, value);
    return !state.unlearned().isEmpty()
        && rule.evicts(state.unlearned().first(), low)
        && !state.mayEvictLessons(low);
  }

  /**
   * Returns the arrival time from which a stored fact or alert may be due for judgement, or null if
   * it waits for nothing. The time is in milliseconds since 1970. The result is null for any other
   * record too.
   */
  public @Nullable Long waitsFor(byte[] key, byte[] value, AlertSettings alerts) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    int code = source.fixed32();
    int type = source.hasMore() ? source.get() : 0;
    if (code == ALERTS) {
      return AlertItemCodec.waitsFor(type, value, alerts);
    }
    ActiveRule rule = byCode.get(code);
    if (rule == null || day == HEAD || type < FACT || rule.info().grace().isZero()) {
      return null;
    }
    KeptFact fact = FactCodec.read(rule, "", day, type - FACT, new ByteSource(value, dictionary));
    return fact.graceFrom() + rule.info().grace().toMillis();
  }

  /**
   * Returns whether a state record is of a day with changed findings that are still to be given
   * out.
   */
  public boolean isOfPendingDay(byte[] key, byte[] value) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    ActiveRule rule = byCode.get(source.fixed32());
    return rule != null && day != HEAD && source.get() == DAY && DayCodec.isPending(value);
  }

  /** Returns whether a state record belongs to a rule that does not run now. */
  boolean isOfStopped(byte[] key) {
    int code = (int) number(key, DAY_BYTES, Integer.BYTES);
    return code != ALERTS && !byCode.containsKey(code);
  }

  /** Returns whether a state record holds the lessons of a rule, such as usual countries. */
  static boolean isOfLessons(byte[] key) {
    return dayOfKey(key) == HEAD;
  }

  /**
   * Returns the ids of the findings given out for a day, from the state record of that day. The
   * result is empty for any other state record. The rule need not run here.
   */
  static List<String> findingsIn(byte[] key, byte[] value) {
    return isOfLessons(key) || key[TYPE_AT] != DAY ? List.of() : DayCodec.findings(value);
  }

  /** Returns whether two state records are of the same rule and day. */
  static boolean isSameDay(byte[] key, byte[] other) {
    return Arrays.equals(key, 0, TYPE_AT, other, 0, TYPE_AT);
  }

  /** Returns whether a state record is of an alert, and not of a rule. */
  public static boolean isOfAlert(byte[] key) {
    ByteSource source = new ByteSource(key);
    return day(source) != HEAD && source.fixed32() == ALERTS;
  }

  public static int dayOfKey(byte[] key) {
    return day(new ByteSource(key));
  }

  /** Writes the changes of a subject's state to the store. */
  public void write(SubjectState subject, StateRecords records) {
    for (byte[] key : subject.gone()) {
      records.write(subject.key(), key, null);
    }
    for (RuleState state : subject.rules()) {
      ActiveRule rule = state.rule();
      if (state.lessonsDirty()) {
        byte[] lessons = LessonsCodec.bytes(sink, state);
        byte[] before = state.written();
        if (before == null ? lessons.length > 0 : !Arrays.equals(lessons, before)) {
          records.write(
              subject.key(),
              key(HEAD, rule, LEARNED).bytes(),
              lessons.length == 0 ? null : lessons);
        }
        state.written(lessons);
      }
      for (RuleDay day : state.days().values()) {
        write(subject, rule, day, records);
      }
    }
    SubjectAlerts alerts = subject.alerts();
    if (alerts != null && !alerts.dirty().isEmpty()) {
      for (SubjectAlerts.AlertItem item : alerts.dirty()) {
        byte[] key = itemKey(item);
        records.write(subject.key(), key, items.bytes(sink, alerts, item));
      }
      alerts.dirty().clear();
    }
  }

  private byte[] itemKey(SubjectAlerts.AlertItem item) {
    return AlertItemCodec.writeKey(putDay(sink.clear(), item.day()).fixed32(ALERTS), item).bytes();
  }

  private void write(SubjectState subject, ActiveRule rule, RuleDay day, StateRecords records) {
    if (day.isDirty()) {
      byte[] bytes = DayCodec.bytes(sink, day);
      byte[] before = day.written();
      if (before == null ? bytes.length > 0 : !Arrays.equals(bytes, before)) {
        records.write(
            subject.key(), key(day.day(), rule, DAY).bytes(), bytes.length == 0 ? null : bytes);
      }
      day.written(bytes);
    }
    day.eachDecoded(
        fact -> {
          if (fact.isDirty()) {
            write(subject.key(), subject.subject(), rule, fact, records);
          }
        });
  }

  /**
   * Writes the record of a fact. If the key has changed, it deletes the record under the old key.
   */
  public void write(
      byte[] subjectKey, Subject subject, ActiveRule rule, KeptFact fact, StateRecords records) {
    byte[] key = factKey(rule, fact);
    byte[] before = fact.storedKey();
    if (before != null && !Arrays.equals(before, key)) {
      records.write(subjectKey, before, null);
    }
    FactCodec.write(sink.clear(), subject.id(), fact);
    records.write(subjectKey, key, sink.bytes());
    fact.storedAs(key);
  }

  private ByteSink key(int day, ActiveRule rule, int type) {
    return putDay(sink.clear(), day).fixed32(codes[rule.place()]).put(type);
  }

  private byte[] factKey(ActiveRule rule, KeptFact fact) {
    byte[] before = fact.storedKey();
    if (before != null && !fact.kind().hasRuns()) {
      return before; // made of nothing that changes
    }
    ByteSink key = key(fact.day(), rule, FACT + rule.kindOf(fact.kind()));
    key.fixed(fact.order() >>> FactOrder.UNUSED_BITS, ORDER_BYTES);
    if (fact.kind().hasRuns()) {
      key.fixed(fact.firstAt() - fact.day() * DAY_MILLIS, TIME_BYTES);
    }
    return key.bytes();
  }
}
