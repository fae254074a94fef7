package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.PartsCodec;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Seen;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Codec of the value of the state record of one fact. */
final class FactCodec {
  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Mark of a fact that keeps no times of its events, because the events lie in too many minutes.
   */
  private static final int NO_TIMES = 0;

  /** Mark of a fact that keeps only the times of its first and its last event. */
  private static final int TIMES_OF_ENDS = 1;

  /** Mark of a fact with the times of the first and the last event of each minute. */
  private static final int TIMES = 2;

  private FactCodec() {}

  /**
   * Writes a fact.
   *
   * @param subject id of the subject that the fact is about
   */
  static void write(ByteSink sink, String subject, KeptFact fact) {
    FactKind kind = fact.kind();
    sink.put(fact.rank());
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
      writeMinutes(sink, fact);
    }
    if (kind.keepsAddresses()) {
      writeTexts(sink, fact.storedAddresses());
    }
    for (CappedTexts set : fact.sets()) {
      writeTexts(sink, set.stored());
    }
    if (kind.hasAggregate()) {
      writeAggregate(sink, fact);
    }
  }

  private static void writeAggregate(ByteSink sink, KeptFact fact) {
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

  private static void writeMinutes(ByteSink sink, KeptFact fact) {
    BitSet minutes = fact.keptMinutes().stored();
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
      NavigableMap<Integer, long[]> provisional = fact.keptMinutes().storedProvisional();
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
    if (fact.kind().hasExactMinutes()) {
      writeTimes(sink, fact);
    }
  }

  private static void writeTimes(ByteSink sink, KeptFact fact) {
    NavigableMap<Integer, FactMinutes.Span> times = fact.keptMinutes().storedTimes();
    if (times == null) {
      sink.put(NO_TIMES);
    } else if (isOfEnds(times, fact)) {
      sink.put(TIMES_OF_ENDS);
    } else {
      sink.put(TIMES).unsigned(times.size());
      times.forEach(
          (minute, span) ->
              sink.unsigned(minute).unsigned(span.first()).unsigned(span.last() - span.first()));
    }
  }

  /** Returns whether {@code times} has only the times of the fact's first and last event. */
  private static boolean isOfEnds(NavigableMap<Integer, FactMinutes.Span> times, KeptFact fact) {
    int first = KeptFact.minuteOf(fact.firstAt());
    int last = KeptFact.minuteOf(fact.lastAt());
    int firstMillis = KeptFact.millisOf(fact.firstAt());
    int lastMillis = KeptFact.millisOf(fact.lastAt());
    return first == last
        ? times.size() == 1
            && new FactMinutes.Span(firstMillis, lastMillis).equals(times.get(first))
        : times.size() == 2
            && new FactMinutes.Span(firstMillis, firstMillis).equals(times.get(first))
            && new FactMinutes.Span(lastMillis, lastMillis).equals(times.get(last));
  }

  private static void readTimes(KeptFact fact, ByteSource from) {
    FactMinutes minutes = fact.keptMinutes();
    switch (from.get()) {
      case NO_TIMES -> minutes.dropTimes();
      case TIMES_OF_ENDS -> {
        restore(minutes, fact.firstAt());
        restore(minutes, fact.lastAt());
      }
      case TIMES -> {
        for (int left = from.count(); left > 0; left--) {
          int minute = (int) from.unsigned();
          int first = (int) from.unsigned();
          minutes.restore(minute, new FactMinutes.Span(first, first + (int) from.unsigned()));
        }
      }
      default -> throw new IllegalStateException("the times of a fact have an unknown form");
    }
  }

  private static void restore(FactMinutes minutes, long at) {
    int millis = KeptFact.millisOf(at);
    minutes.restore(KeptFact.minuteOf(at), new FactMinutes.Span(millis, millis));
  }

  private static void writeTexts(ByteSink sink, List<Seen> seen) {
    sink.unsigned(seen.size());
    for (Seen one : seen) {
      sink.text(one.text()).unsigned(one.firstMinute());
      sink.unsigned(one.lastMinute() - one.firstMinute());
    }
  }

  /**
   * Reads a fact.
   *
   * @param subject id of the subject that the fact is about
   * @param place index of the kind of fact among the kinds of the rule
   */
  static KeptFact read(ActiveRule rule, String subject, int day, int place, ByteSource from) {
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
      for (Seen one : readTexts(from)) {
        fact.addressTexts().restore(one);
      }
    }
    for (CappedTexts set : fact.sets()) {
      for (Seen one : readTexts(from)) {
        set.restore(one);
      }
    }
    if (kind.hasAggregate()) {
      readAggregate(fact, from);
    }
    return fact;
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
      fact.keptMinutes().restore(minutes);
    }
    if (fact.kind().isRetractable()) {
      for (int left = from.count(); left > 0; left--) {
        int minute = (int) from.unsigned();
        long[] events = new long[from.count()];
        for (int i = 0; i < events.length; i++) {
          events[i] = from.fixed64();
        }
        fact.keptMinutes().restore(minute, events);
      }
    }
    if (fact.kind().hasExactMinutes()) {
      readTimes(fact, from);
    }
  }

  private static List<Seen> readTexts(ByteSource from) {
    int count = from.count();
    List<Seen> seen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String text = from.someText();
      int first = (int) from.unsigned();
      seen.add(new Seen(text, first, first + (int) from.unsigned()));
    }
    return seen;
  }
}
