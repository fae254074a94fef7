package dev.lockstep.detections.engine;

import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Codec of a subject's records.
 *
 * <p>A key is a day, a rule's number, a type, and of a fact its order and, where its kind has runs,
 * its first event's time. Before all days stands what each rule has learned.
 */
final class StateCodec {
  private static final int HEAD = Integer.MIN_VALUE;
  private static final int LEARNED = 0;
  private static final int DAY = 1;
  private static final int FACT = 2;
  private static final byte[] FIRST_DAY = key(HEAD + 1);
  private static final byte[] FIRST = key(HEAD);
  private static final byte[] END = {-1, -1, -1, -1, -1};
  private static final Severity[] SEVERITIES = Severity.values();

  private final List<ActiveRule> rules;
  private final Map<Integer, ActiveRule> byCode = new HashMap<>();
  private final int reach;
  private final ByteSink sink = new ByteSink();

  StateCodec(List<ActiveRule> rules) {
    this.rules = rules;
    int most = 0;
    for (ActiveRule rule : rules) {
      ActiveRule other = byCode.put(rule.code(), rule);
      if (other != null) {
        throw new IllegalStateException(
            "rules %s and %s have the same number in state; give one of them another id"
                .formatted(other.info().id(), rule.info().id()));
      }
      most = Math.max(most, rule.info().daysBack() + rule.info().daysAhead());
    }
    this.reach = most;
  }

  /** Returns how many days before an event's day are read for it. */
  int reach() {
    return reach;
  }

  /** Returns a subject as the key of its records. */
  static byte[] subjectKey(Subject subject) {
    byte[] id = subject.id().getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[id.length + 1];
    key[0] =
        (byte)
            switch (subject.kind()) {
              case PRINCIPAL -> 'p';
              case TOKEN -> 't';
              case SESSION -> 's';
              case ADDRESS -> 'a';
              case PARTNER -> 'r';
              case APPLICATION -> 'c';
              case RESOURCE -> 'e';
              case GROUP -> 'g';
            };
    System.arraycopy(id, 0, key, 1, id.length);
    return key;
  }

  private static byte[] key(int day) {
    return new ByteSink().fixed32(day ^ Integer.MIN_VALUE).bytes();
  }

  /** Reads what rules have learned of a subject. */
  void readHead(SubjectState subject, StateRecords records) {
    records.read(
        subject.key(),
        FIRST,
        FIRST_DAY,
        (key, value) -> {
          ByteSource source = new ByteSource(key);
          source.fixed32();
          ActiveRule rule = byCode.get(source.fixed32());
          if (rule != null) {
            readLessons(subject.rule(rule), value);
          }
        });
  }

  /** Reads the days of a subject from one on, as far as they have not been read. */
  void read(SubjectState subject, int from, StateRecords records) {
    byte[] end = subject.from() == Integer.MAX_VALUE ? END : key(subject.from());
    records.read(
        subject.key(),
        key(from),
        end,
        (key, value) -> {
          ByteSource source = new ByteSource(key);
          int day = source.fixed32() ^ Integer.MIN_VALUE;
          ActiveRule rule = byCode.get(source.fixed32());
          if (rule == null) {
            return; // of a rule that is gone, or of another version
          }
          RuleDay ruleDay = subject.rule(rule).dayOrNew(day);
          int type = source.get();
          if (type == DAY) {
            readDay(ruleDay, value);
          } else {
            KeptFact fact = readFact(rule, day, type - FACT, value);
            fact.storedAs(key);
            ruleDay.facts().add(fact);
          }
        });
    subject.from(from);
  }

  /** Writes what of a subject has changed. */
  void write(SubjectState subject, StateRecords records) {
    for (byte[] key : subject.gone()) {
      records.write(subject.key(), key, null);
    }
    for (ActiveRule rule : rules) {
      RuleState state = subject.known(rule.place());
      if (state == null) {
        continue;
      }
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
    for (KeptFact fact : day.facts()) {
      if (!fact.isDirty()) {
        continue;
      }
      byte[] key = factKey(rule, fact);
      byte[] before = fact.storedKey();
      if (before != null && !Arrays.equals(before, key)) {
        records.write(subject.key(), before, null);
      }
      records.write(subject.key(), key, fact(fact));
      fact.storedAs(key);
    }
  }

  private ByteSink key(int day, ActiveRule rule, int type) {
    return sink.clear().fixed32(day ^ Integer.MIN_VALUE).fixed32(rule.code()).put(type);
  }

  private byte[] factKey(ActiveRule rule, KeptFact fact) {
    ByteSink key = key(fact.day(), rule, FACT + rule.kindOf(fact.kind())).fixed64(fact.order());
    if (fact.kind().hasRuns()) {
      key.fixed64(fact.firstAt());
    }
    return key.bytes();
  }

  private byte[] fact(KeptFact fact) {
    FactKind kind = fact.kind();
    sink.clear().put(fact.rank());
    PartsCodec.write(sink, kind.fields(), fact.values());
    PartsCodec.write(sink, fact.location());
    PartsCodec.write(sink, fact.principal());
    PartsCodec.write(sink, fact.first());
    boolean one = fact.first().equals(fact.last());
    sink.put(one ? 0 : 1);
    if (!one) {
      PartsCodec.write(sink, fact.last());
    }
    if (kind.keepsMinutes()) {
      writeMinutes(fact);
    }
    if (kind.keepsAddresses()) {
      write(fact.addresses());
    }
    for (SeenSet set : fact.sets()) {
      write(set.list());
    }
    return sink.bytes();
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

  private static KeptFact readFact(ActiveRule rule, int day, int place, byte[] value) {
    FactKind kind = rule.info().kinds().get(place);
    ByteSource from = new ByteSource(value);
    int rank = from.get();
    @Nullable Object[] values = PartsCodec.values(from, kind.fields(), kind.values());
    var location = PartsCodec.location(from);
    var principal = PartsCodec.principal(from);
    EventReference first = PartsCodec.reference(from);
    EventReference last = from.get() == 0 ? first : PartsCodec.reference(from);
    KeptFact fact =
        new KeptFact(rule.place(), kind, day, values, rank, location, principal, first, last);
    if (kind.keepsMinutes()) {
      readMinutes(fact, from);
    }
    if (kind.keepsAddresses()) {
      read(from).forEach(one -> fact.addAddress(one, Integer.MAX_VALUE));
    }
    for (SeenSet set : fact.sets()) {
      for (Seen one : read(from)) {
        set.add(one.text(), one.firstMinute(), one.lastMinute(), Integer.MAX_VALUE);
      }
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

  /** Returns what is kept of a day beside its facts; empty if nothing is. */
  private byte[] day(RuleDay day) {
    if (!day.hasLost() && !day.hasMoreFindings() && day.standing().isEmpty()) {
      return new byte[0];
    }
    sink.clear().put(day.hasMoreFindings() ? 1 : 0);
    sink.unsigned(day.ceilings().length);
    for (long ceiling : day.ceilings()) {
      sink.fixed64(ceiling);
    }
    sink.unsigned(day.standing().size());
    day.standing()
        .forEach(
            (id, one) -> {
              sink.text(id).text(one.reason());
              sink.put(Arrays.asList(SEVERITIES).indexOf(one.severity()));
              sink.unsigned(one.count()).signed(one.startAt()).signed(one.endAt() - one.startAt());
              sink.put(one.collapsed() ? 1 : 0);
              texts(one.parts());
            });
    return sink.bytes();
  }

  private void texts(List<String> texts) {
    sink.unsigned(texts.size());
    texts.forEach(sink::text);
  }

  private static List<String> texts(ByteSource from) {
    int count = from.count();
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(from.someText());
    }
    return texts;
  }

  private static void readDay(RuleDay day, byte[] value) {
    ByteSource from = new ByteSource(value);
    day.moreFindings(from.get() == 1);
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
      String reason = from.someText();
      Severity severity = SEVERITIES[from.get()];
      int counted = (int) from.unsigned();
      long startAt = from.signed();
      long endAt = startAt + from.signed();
      boolean collapsed = from.get() == 1;
      List<String> parts = texts(from);
      day.stands(
          id, new StandingFinding(parts, reason, severity, counted, startAt, endAt, collapsed));
    }
    day.written(value);
  }

  /** Returns the lessons of a rule: a dictionary of traits, and by day which of them. */
  private byte[] lessons(RuleState state) {
    if (state.lessons().isEmpty() && state.unlearned().isEmpty()) {
      return new byte[0];
    }
    Map<String, Integer> dictionary = new LinkedHashMap<>();
    state
        .lessons()
        .values()
        .forEach(
            traits ->
                traits.keySet().stream()
                    .sorted()
                    .forEach(trait -> dictionary.putIfAbsent(trait, dictionary.size())));
    sink.clear().unsigned(dictionary.size());
    dictionary.keySet().forEach(sink::text);
    sink.unsigned(state.lessons().size());
    int before = 0;
    for (Map.Entry<Integer, Map<String, Integer>> day : state.lessons().entrySet()) {
      sink.unsigned(day.getKey() - (long) before);
      before = day.getKey();
      sink.unsigned(day.getValue().size());
      new TreeMap<>(day.getValue())
          .forEach(
              (trait, amount) -> {
                Integer place = dictionary.get(trait);
                sink.unsigned(place == null ? 0 : place).unsigned(amount);
              });
    }
    sink.unsigned(state.unlearned().size());
    state.unlearned().forEach(day -> sink.unsigned(day));
    return sink.bytes();
  }

  private static void readLessons(RuleState state, byte[] value) {
    ByteSource from = new ByteSource(value);
    List<String> dictionary = texts(from);
    int days = from.count();
    int day = 0;
    for (int i = 0; i < days; i++) {
      day += (int) from.unsigned();
      int count = from.count();
      Map<String, Integer> traits = new HashMap<>(2 * count);
      for (int j = 0; j < count; j++) {
        traits.put(dictionary.get((int) from.unsigned()), (int) from.unsigned());
      }
      state.lessons().put(day, traits);
    }
    for (int left = from.count(); left > 0; left--) {
      state.unlearned().add((int) from.unsigned());
    }
    state.written(value);
  }
}
