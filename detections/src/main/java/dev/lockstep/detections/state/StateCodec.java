package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.encoding.AlertCodec;
import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.PartsCodec;
import dev.lockstep.detections.encoding.RecordWords;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.detections.storage.StoredLayouts;
import dev.lockstep.detections.storage.Stretch;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
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

  /** Bit in which a lower-case ASCII letter differs from the capital letter. */
  private static final int LOWER = 'a' - 'A';

  private static final int LEARNED = 0;
  private static final int DAY = 1;
  private static final int FACT = 2;

  private static final int MORE = 1;
  private static final int PENDING = 2;
  private static final int WHOLE = 4;

  /** Number in the keys of alerts, in place of a rule's number. */
  private static final int ALERTS = 0x616c7274;

  /**
   * Largest age of an event that may still come, in UTC days before the day of the watermark. It is
   * the 30 days that a record may lie behind its arrival, and two spare days.
   */
  static final int DAYS_LATE = 32;

  /**
   * Number of UTC days after the latest lesson for which the lessons of a rule that does not run
   * are kept. It is more than the longest time for which a rule may keep facts.
   */
  private static final int STOPPED_DAYS = 400;

  /**
   * Number of earlier UTC days that are read from state for each event, to find alerts. More are
   * read if a rule needs more.
   */
  private static final int ALERT_REACH = 4;

  private static final SubjectAlerts.ItemKind[] ITEMS = SubjectAlerts.ItemKind.values();
  private static final byte[] FIRST_DAY = key(HEAD + 1);
  private static final byte[] NO_HEAD = {};
  static final byte[] FIRST = key(HEAD);
  static final byte[] END = {-1, -1, -1, -1, -1};
  private static final Severity[] SEVERITIES = Severity.values();

  private final Map<Integer, ActiveRule> byCode = new HashMap<>();

  /** Number of each rule in the keys of records, at the rule's index among the active rules. */
  private final int[] codes;

  private final List<ActiveRule> anew = new ArrayList<>();
  private final @Nullable StoredLayouts layouts;
  private final Set<Subject.Kind> learning = EnumSet.noneOf(Subject.Kind.class);
  private final int reach;
  private final int leastDaysKept;
  private final @Nullable RecordWords words;
  private final ByteSink sink;

  // An alert is written for many subjects, one after the other.
  private @Nullable AlertOnSubject written;
  private byte[] writtenBytes = {};

  /**
   * Creates a codec of the state that the given rules keep.
   *
   * @param words dictionary of the texts that repeat in records, or null
   * @param layouts layouts of the facts in the records, or null if they are those of the rules
   */
  public StateCodec(
      List<ActiveRule> rules, @Nullable RecordWords words, @Nullable StoredLayouts layouts) {
    this.words = words;
    this.layouts = layouts;
    this.sink = new ByteSink(words);
    int most = ALERT_REACH;
    int least = DAYS_LATE;
    this.codes = new int[rules.stream().mapToInt(ActiveRule::place).max().orElse(-1) + 1];
    for (ActiveRule rule : rules) {
      int code = rule.code();
      if (layouts != null) {
        StoredLayouts.Stored stored = layouts.numberOf(code, rule.layout());
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
    return new StateCodec(others, words, layouts);
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
   * Returns how many UTC days before an event's day are read from state for the event. The event's
   * day and all later days are read too. Postponed work of a subject may need still earlier days.
   */
  public int reach() {
    return reach;
  }

  /**
   * Returns the key of a subject's records: a letter for its kind, and its id. The letter is a
   * capital if the id consists of GUIDs.
   */
  public static byte[] subjectKey(Subject subject) {
    char letter = letter(subject.kind());
    ByteSink key = new ByteSink().put(letter - LOWER);
    if (!key.guids(subject.id())) {
      key.clear().put(letter).raw(subject.id().getBytes(StandardCharsets.UTF_8));
    }
    return key.bytes();
  }

  private static char letter(Subject.Kind kind) {
    return switch (kind) {
      case PRINCIPAL -> 'p';
      case TOKEN -> 't';
      case SESSION -> 's';
      case ADDRESS -> 'a';
      case PARTNER -> 'r';
      case APPLICATION -> 'c';
      case RESOURCE -> 'e';
      case GROUP -> 'g';
      case PLACE -> 'l';
    };
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
   * Decodes all lessons of a subject, and its days from {@code from} on, into the subject's state.
   *
   * @param stretch records of the subject, as {@link #stretch} returned them
   */
  public void open(SubjectState subject, int from, byte[] stretch) {
    readRecords(subject, from, END_OF_DAYS, stretch);
    subject.from(from);
  }

  /**
   * Reads from the store the days of a subject from {@code from} on, except those that were read
   * before.
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
   * Reads a subject's records of the days from {@code from} on and before {@code to}. Lessons are
   * read only if {@code to} is {@link #END_OF_DAYS}. Facts of a kind lie together, and are decoded
   * when they are first asked for.
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
        readItem(subject, day, key, at.value());
      } else if (rule != null && day == HEAD) {
        readLessons(subject.rule(rule), at.value());
      } else if (rule != null) {
        readDay(subject.rule(rule).dayOrNew(day), at.value());
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
    ByteSource value = new ByteSource(stretch, at.valueAt(), at.end(), words);
    KeptFact fact = readFact(rule, subject, day, place, value);
    fact.readFrom(at.key(), orderOf(stretch, at.keyAt()));
    return fact;
  }

  Place placeOf(FactKind kind, byte[] stretch, Stretch.Cursor at) {
    ByteSource value = new ByteSource(stretch, at.valueAt(), at.end(), words);
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
      eachDay(value, lesson -> first[0] = Math.min(first[0], lesson));
      return first[0];
    }
    RuleState state = new RuleState(rule);
    readLessons(state, value);
    return state.oldest();
  }

  /**
   * Returns the rule whose lessons a state record holds, or null if the record holds facts. The
   * result is also null for a rule that does not run here.
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
        eachDay(value, lesson -> last[0] = Math.max(last[0], lesson));
        return last[0] < low - STOPPED_DAYS; // until then the rule may run again
      }
      RuleState state = new RuleState(rule);
      readLessons(state, value);
      return state.hasNoLessonFrom(low);
    }
    return rule == null ? day < low - DAYS_LATE : rule.evicts(day, low);
  }

  /**
   * Returns whether lessons have to be computed now, because the facts that they come from are
   * about to be evicted. The given record of lessons names the days whose lessons are still to be
   * computed. For any other record the result is false.
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
    readLessons(state, value);
    return !state.unlearned().isEmpty()
        && rule.evicts(state.unlearned().first(), low)
        && !state.hasNoLessonFrom(low);
  }

  /**
   * Returns the arrival time from which a stored fact or alert may be due for judgement, or null.
   * The time is in milliseconds since 1970. The result is null for a record that waits for nothing.
   */
  public @Nullable Long waitsFor(byte[] key, byte[] value, AlertSettings alerts) {
    ByteSource source = new ByteSource(key);
    int day = day(source);
    int code = source.fixed32();
    int type = source.hasMore() ? source.get() : 0;
    if (code == ALERTS) {
      if (ITEMS[type] != SubjectAlerts.ItemKind.COLLECTION) {
        return null;
      }
      ByteSource from = new ByteSource(value);
      long arrivalAt = from.signed();
      return from.get() == 1 ? arrivalAt + alerts.settleMinutes() * 60_000L : null;
    }
    ActiveRule rule = byCode.get(code);
    if (rule == null || day == HEAD || type < FACT || rule.info().grace().isZero()) {
      return null;
    }
    KeptFact fact = readFact(rule, "", day, type - FACT, new ByteSource(value, words));
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
    return rule != null
        && day != HEAD
        && source.get() == DAY
        && (new ByteSource(value).get() & PENDING) != 0;
  }

  /** Returns whether a state record is of a rule that does not run here. */
  boolean isOfStopped(byte[] key) {
    int code = (int) number(key, DAY_BYTES, Integer.BYTES);
    return code != ALERTS && !byCode.containsKey(code);
  }

  /**
   * Returns whether a state record has the lessons of a rule, which it learned from closed days,
   * such as usual countries.
   */
  static boolean isOfLessons(byte[] key) {
    return dayOfKey(key) == HEAD;
  }

  /**
   * Returns the value of a record of lessons with the texts of the lessons replaced by others. The
   * rule need not run here.
   */
  byte[] renamed(byte[] lessons, UnaryOperator<String> renaming) {
    ByteSource from = new ByteSource(lessons);
    List<String> renamed = from.texts().stream().map(renaming).toList();
    return sink.clear().texts(renamed).raw(from.remaining()).bytes();
  }

  /**
   * Returns the ids of the findings given out for a day, from the state record of that day. The
   * result is empty for any other state record. The rule need not run here.
   */
  static List<String> findingsIn(byte[] key, byte[] value) {
    if (isOfLessons(key) || key[TYPE_AT] != DAY) {
      return List.of();
    }
    ByteSource from = new ByteSource(value);
    from.get(); // the flags
    for (int left = from.count(); left > 0; left--) {
      from.fixed64(); // a ceiling
    }
    List<String> ids = new ArrayList<>();
    for (int left = from.count(); left > 0; left--) {
      ids.add(from.someText());
      KeptFinding unused = readFinding(from);
    }
    return ids;
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

  /** Returns the subject of a key made by {@link #subjectKey}. */
  public static Subject subject(byte[] key) {
    Subject.Kind kind =
        switch (key[0] | LOWER) {
          case 'p' -> Subject.Kind.PRINCIPAL;
          case 't' -> Subject.Kind.TOKEN;
          case 's' -> Subject.Kind.SESSION;
          case 'a' -> Subject.Kind.ADDRESS;
          case 'r' -> Subject.Kind.PARTNER;
          case 'c' -> Subject.Kind.APPLICATION;
          case 'e' -> Subject.Kind.RESOURCE;
          case 'g' -> Subject.Kind.GROUP;
          case 'l' -> Subject.Kind.PLACE;
          default ->
              throw new IllegalArgumentException(
                  "a record's key begins with the byte %d, which stands for no kind of subject"
                      .formatted(key[0]));
        };
    ByteSource id = new ByteSource(key);
    id.get();
    return new Subject(kind, key[0] < 'a' ? id.guids() : id.toEnd());
  }

  /** Writes the changes of a subject's state to the store. */
  public void write(SubjectState subject, StateRecords records) {
    for (byte[] key : subject.gone()) {
      records.write(subject.key(), key, null);
    }
    for (RuleState state : subject.rules()) {
      ActiveRule rule = state.rule();
      if (state.lessonsDirty()) {
        byte[] lessons = lessons(state);
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
        records.write(subject.key(), key, item(alerts, item));
      }
      alerts.dirty().clear();
    }
  }

  private byte[] itemKey(SubjectAlerts.AlertItem item) {
    return putDay(sink.clear(), item.day())
        .fixed32(ALERTS)
        .put(Arrays.asList(ITEMS).indexOf(item.kind()))
        .text(item.id())
        .bytes();
  }

  /**
   * Returns the value of the state record for an item of a subject's alerts. It is null if the item
   * was removed.
   */
  private byte @Nullable [] item(SubjectAlerts alerts, SubjectAlerts.AlertItem item) {
    sink.clear();
    switch (item.kind()) {
      case ALERT -> {
        AlertOnSubject alert = alerts.alerts().get(item.id());
        if (alert == null || SubjectAlerts.dayOf(alert) != item.day()) {
          return null;
        }
        if (alert != written) {
          AlertCodec.writeWithoutId(sink, alert);
          writtenBytes = sink.bytes();
          written = alert;
        }
        return writtenBytes;
      }
      case MENTION -> {
        Message.Mentioned mention = alerts.mentions().get(item.id());
        if (mention == null || SubjectAlerts.dayOf(mention) != item.day()) {
          return null;
        }
        sink.signed(mention.startAt()).signed(mention.endAt()).text(mention.networkClass());
      }
      case NAMED -> {
        long[] span = alerts.named().get(new SubjectAlerts.NamedOn(item.day(), item.id()));
        if (span == null) {
          return null;
        }
        sink.signed(span[0] - item.day() * DAY_MILLIS).signed(span[1] - span[0]);
      }
      case COLLECTION -> {
        AlertCollection collection = alerts.collection();
        if (collection == null
            || collection.isEmpty()
            || SubjectAlerts.dayOf(collection.whole()) != item.day()) {
          return null;
        }
        sink.signed(collection.arrivalAt());
        sink.put(collection.isPending() ? 1 : 0);
        sink.put(collection.isJudged() ? 1 : 0);
        sink.put(collection.isGiven() ? 1 : 0);
        AlertCodec.write(sink, collection.whole());
      }
      case FULL -> {
        if (!alerts.hasMoreThanKept(item.day())) {
          return null;
        }
        sink.put(1);
      }
    }
    return sink.bytes();
  }

  private void readItem(SubjectState subject, int day, ByteSource key, byte[] value) {
    SubjectAlerts alerts = subject.alertsOrNew();
    SubjectAlerts.ItemKind kind = ITEMS[key.get()];
    String id = key.text();
    ByteSource from = new ByteSource(value, words);
    switch (kind) {
      case ALERT -> {
        if (id != null) {
          alerts.alerts().put(id, AlertCodec.read(from, id));
        }
      }
      case MENTION -> {
        if (id != null) {
          alerts
              .mentions()
              .put(
                  id,
                  new Message.Mentioned(
                      subject.subject(), id, from.signed(), from.signed(), from.someText()));
        }
      }
      case NAMED -> {
        if (id != null) {
          long first = day * DAY_MILLIS + from.signed();
          alerts
              .named()
              .put(new SubjectAlerts.NamedOn(day, id), new long[] {first, first + from.signed()});
        }
      }
      case COLLECTION -> {
        long arrivalAt = from.signed();
        boolean pending = from.get() == 1;
        boolean judged = from.get() == 1;
        boolean given = from.get() == 1;
        alerts.collection(
            new AlertCollection(AlertCodec.read(from), arrivalAt, pending, judged, given));
      }
      case FULL -> alerts.full(day);
    }
  }

  private void write(SubjectState subject, ActiveRule rule, RuleDay day, StateRecords records) {
    if (day.isDirty()) {
      byte[] bytes = day(day);
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
    records.write(subjectKey, key, fact(subject.id(), fact));
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

  private byte[] fact(String subject, KeptFact fact) {
    FactKind kind = fact.kind();
    sink.clear().put(fact.rank());
    PartsCodec.write(sink, kind.fields(), fact.values());
    PartsCodec.write(sink, fact.location());
    PartsCodec.write(sink, fact.principal(), subject, fact.values());
    PartsCodec.write(sink, fact.first(), fact.day() * DAY_MILLIS);
    boolean one = fact.first().equals(fact.last());
    sink.put(one ? 0 : 1);
    if (!one) {
      PartsCodec.write(sink, fact.last(), fact.first().at());
    }
    if (kind.keepsMinutes()) {
      writeMinutes(fact);
    }
    if (kind.keepsAddresses()) {
      write(fact.storedAddresses());
    }
    for (CappedTexts set : fact.sets()) {
      write(set.stored());
    }
    if (kind.hasAggregate()) {
      writeAggregate(fact);
    }
    return sink.bytes();
  }

  private void writeAggregate(KeptFact fact) {
    sink.signed(fact.graceFrom()).text(fact.aggregate().mark());
    List<Aggregate.Kept> kept = fact.aggregate().kept();
    sink.unsigned(kept.size());
    long before = fact.day() * DAY_MILLIS;
    for (Aggregate.Kept one : kept) {
      PartsCodec.write(sink, one.event(), before);
      before = one.event().at();
      sink.put(one.provisional() ? 1 : 0);
      sink.texts(one.texts());
    }
  }

  private static void readAggregate(KeptFact fact, ByteSource from) {
    fact.graceFrom(from.signed());
    String mark = from.someText();
    int count = from.count();
    List<Aggregate.Kept> kept = new ArrayList<>(count);
    long before = fact.day() * DAY_MILLIS;
    for (int i = 0; i < count; i++) {
      EventReference event = PartsCodec.reference(from, before);
      before = event.at();
      boolean provisional = from.get() == 1;
      kept.add(new Aggregate.Kept(event, from.texts(), provisional));
    }
    fact.aggregate().restore(kept, mark);
  }

  private void writeMinutes(KeptFact fact) {
    BitSet minutes = fact.ownMinutes();
    byte[] bits = minutes == null ? new byte[0] : minutes.toByteArray();
    int count = minutes == null ? 0 : minutes.cardinality();
    if (count < bits.length) {
      sink.unsigned(2L * count);
      int before = 0;
      for (int at : minutes == null ? new int[0] : minutes.stream().toArray()) {
        sink.unsigned(at - before);
        before = at;
      }
    } else {
      sink.unsigned(2L * bits.length + 1);
      for (byte one : bits) {
        sink.put(one);
      }
    }
    if (fact.kind().isRetractable()) {
      NavigableMap<Integer, long[]> provisional = fact.provisional();
      sink.unsigned(provisional == null ? 0 : provisional.size());
      if (provisional != null) {
        provisional.forEach(
            (minute, events) -> {
              sink.unsigned(minute).unsigned(events.length);
              for (long event : events) {
                sink.fixed64(event);
              }
            });
      }
    }
  }

  private void write(List<Seen> seen) {
    sink.unsigned(seen.size());
    for (Seen one : seen) {
      sink.text(one.text()).unsigned(one.firstMinute());
      sink.unsigned(one.lastMinute() - one.firstMinute());
    }
  }

  private KeptFact readFact(ActiveRule rule, String subject, int day, int place, ByteSource from) {
    FactKind kind = rule.info().kinds().get(place);
    int rank = from.get();
    @Nullable Object[] values = PartsCodec.values(from, kind.fields(), kind.values());
    var location = PartsCodec.location(from);
    var principal = PartsCodec.principal(from, subject, values);
    EventReference first = PartsCodec.reference(from, day * DAY_MILLIS);
    EventReference last = from.get() == 0 ? first : PartsCodec.reference(from, first.at());
    KeptFact fact =
        new KeptFact(rule.place(), kind, day, values, rank, location, principal, first, last);
    if (kind.keepsMinutes()) {
      readMinutes(fact, from);
    }
    if (kind.keepsAddresses()) {
      for (Seen one : read(from)) {
        fact.addressTexts().restore(one);
      }
    }
    for (CappedTexts set : fact.sets()) {
      for (Seen one : read(from)) {
        set.restore(one);
      }
    }
    if (kind.hasAggregate()) {
      readAggregate(fact, from);
    }
    return fact;
  }

  private static void readMinutes(KeptFact fact, ByteSource from) {
    long tag = from.unsigned();
    int count = (int) (tag >>> 1);
    BitSet minutes;
    if ((tag & 1) == 0) {
      minutes = new BitSet();
      int at = 0;
      for (int i = 0; i < count; i++) {
        at += (int) from.unsigned();
        minutes.set(at);
      }
    } else {
      byte[] bits = new byte[count];
      for (int i = 0; i < count; i++) {
        bits[i] = (byte) from.get();
      }
      minutes = BitSet.valueOf(bits);
    }
    if (!minutes.isEmpty()) {
      fact.ownMinutes(minutes);
    }
    if (fact.kind().isRetractable()) {
      TreeMap<Integer, long[]> provisional = new TreeMap<>();
      int size = from.count();
      for (int i = 0; i < size; i++) {
        int minute = (int) from.unsigned();
        long[] events = new long[from.count()];
        for (int j = 0; j < events.length; j++) {
          events[j] = from.fixed64();
        }
        provisional.put(minute, events);
      }
      if (size > 0) {
        fact.provisional(provisional);
      }
    }
  }

  private static List<Seen> read(ByteSource from) {
    int count = from.count();
    List<Seen> seen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String text = from.someText();
      int first = (int) from.unsigned();
      seen.add(new Seen(text, first, first + (int) from.unsigned()));
    }
    return seen;
  }

  /**
   * Returns the value of a day's record: the encoded state of the day apart from its facts. It is
   * empty if there is no such state.
   */
  private byte[] day(RuleDay day) {
    if (!day.hasLost()
        && !day.hasMoreFindings()
        && !day.isPending()
        && !day.isToBeJudgedWhole()
        && day.givenOut().isEmpty()) {
      return new byte[0];
    }
    sink.clear()
        .put(
            (day.hasMoreFindings() ? MORE : 0)
                | (day.isPending() ? PENDING : 0)
                | (day.isToBeJudgedWhole() ? WHOLE : 0));
    sink.unsigned(day.ceilings().length);
    for (long ceiling : day.ceilings()) {
      sink.fixed64(ceiling);
    }
    sink.unsigned(day.givenOut().size());
    day.givenOut().forEach((id, one) -> write(sink, id, one));
    sink.unsigned(day.factsGivenOut());
    return sink.bytes();
  }

  private static void write(ByteSink to, String id, KeptFinding one) {
    to.text(id).text(one.reason());
    to.put(Arrays.asList(SEVERITIES).indexOf(one.severity()));
    to.unsigned(one.count()).signed(one.startAt()).signed(one.endAt() - one.startAt());
    to.put(one.collapsed() ? 1 : 0);
    to.texts(one.parts());
  }

  /** Returns how many bytes a finding takes in the state record of its day. */
  public static int findingBytes(String id, KeptFinding finding) {
    ByteSink bytes = new ByteSink();
    write(bytes, id, finding);
    return bytes.length();
  }

  private static void readDay(RuleDay day, byte[] value) {
    ByteSource from = new ByteSource(value);
    int flags = from.get();
    day.moreFindings((flags & MORE) != 0);
    if ((flags & PENDING) != 0) {
      day.delay();
    }
    day.toBeJudgedWhole((flags & WHOLE) != 0);
    int ceilings = from.count();
    for (int i = 0; i < ceilings; i++) {
      long ceiling = from.fixed64();
      if (i < day.ceilings().length) {
        day.ceilings()[i] = ceiling;
      }
    }
    int count = from.count();
    for (int i = 0; i < count; i++) {
      String id = from.someText();
      day.addGivenOut(id, readFinding(from));
    }
    if (from.hasMore()) {
      day.factsGivenOut((int) from.unsigned());
    }
    day.written(value);
  }

  private static KeptFinding readFinding(ByteSource from) {
    String reason = from.someText();
    Severity severity = SEVERITIES[from.get()];
    int count = (int) from.unsigned();
    long startAt = from.signed();
    long endAt = startAt + from.signed();
    boolean collapsed = from.get() == 1;
    return new KeptFinding(from.texts(), reason, severity, count, startAt, endAt, collapsed);
  }

  /**
   * Returns the lessons of a rule as bytes, or no bytes if there is nothing to store. A dictionary
   * of all lessons comes first, then the lessons by day, then the days whose lessons have to be
   * computed again.
   */
  private byte[] lessons(RuleState state) {
    if (state.lessons().isEmpty() && state.unlearned().isEmpty()) {
      return new byte[0];
    }
    writeLessons(sink.clear(), state.lessons());
    sink.unsigned(state.unlearned().size());
    state.unlearned().forEach(day -> sink.unsigned(day));
    return sink.bytes();
  }

  /** Returns how many bytes the lessons of all days of a rule take in their state record. */
  public static int lessonBytes(NavigableMap<Integer, Map<String, Integer>> lessons) {
    ByteSink bytes = new ByteSink();
    writeLessons(bytes, lessons);
    return bytes.length();
  }

  private static void writeLessons(
      ByteSink to, NavigableMap<Integer, Map<String, Integer>> lessons) {
    Map<String, Integer> dictionary = new LinkedHashMap<>();
    lessons
        .values()
        .forEach(
            traits ->
                traits.keySet().stream()
                    .sorted()
                    .forEach(trait -> dictionary.putIfAbsent(trait, dictionary.size())));
    to.texts(dictionary.keySet());
    to.unsigned(lessons.size());
    int before = 0;
    for (Map.Entry<Integer, Map<String, Integer>> day : lessons.entrySet()) {
      to.unsigned(day.getKey() - (long) before);
      before = day.getKey();
      to.unsigned(day.getValue().size());
      new TreeMap<>(day.getValue())
          .forEach(
              (trait, amount) -> {
                Integer place = dictionary.get(trait);
                to.unsigned(place == null ? 0 : place).unsigned(amount);
              });
    }
  }

  private static void readLessons(RuleState state, byte[] value) {
    readLessons(value, state::taught, state::addUnlearned);
    state.written(value);
  }

  /** Passes each day that has lessons, or whose lessons have to be computed, to a reader. */
  private static void eachDay(byte[] lessons, IntConsumer reader) {
    readLessons(lessons, (day, traits) -> reader.accept(day), reader);
  }

  private static void readLessons(
      byte[] value, BiConsumer<Integer, Map<String, Integer>> taught, IntConsumer unlearned) {
    ByteSource from = new ByteSource(value);
    List<String> dictionary = from.texts();
    int days = from.count();
    int day = 0;
    for (int i = 0; i < days; i++) {
      day += (int) from.unsigned();
      int count = from.count();
      Map<String, Integer> traits = new HashMap<>(2 * count);
      for (int j = 0; j < count; j++) {
        String trait = dictionary.get((int) from.unsigned());
        traits.merge(trait, (int) from.unsigned(), Math::max); // two may have been renamed to one
      }
      taught.accept(day, traits);
    }
    for (int left = from.count(); left > 0; left--) {
      unlearned.accept((int) from.unsigned());
    }
  }
}
