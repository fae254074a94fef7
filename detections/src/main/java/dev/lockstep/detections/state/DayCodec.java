package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Codec of what the state record of a rule's day contains, such as the findings given out. Facts
 * have records of their own.
 */
public final class DayCodec {
  private static final int MORE = 1;
  private static final int PENDING = 2;
  private static final int WHOLE = 4;
  private static final int KEEPS_LESSON = 8;
  private static final Severity[] SEVERITIES = Severity.values();

  private DayCodec() {}

  /**
   * Returns the value of a day's record: the encoded state of the day apart from its facts. It is
   * empty if there is no such state.
   */
  static byte[] bytes(ByteSink sink, RuleDay day) {
    if (!day.hasLost()
        && !day.hasMoreFindings()
        && !day.isPending()
        && !day.isToBeJudgedWhole()
        && !day.keepsLesson()
        && day.givenOut().isEmpty()) {
      return new byte[0];
    }
    sink.clear()
        .put(
            (day.hasMoreFindings() ? MORE : 0)
                | (day.isPending() ? PENDING : 0)
                | (day.isToBeJudgedWhole() ? WHOLE : 0)
                | (day.keepsLesson() ? KEEPS_LESSON : 0));
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

  static void read(RuleDay day, byte[] value) {
    ByteSource from = new ByteSource(value);
    int flags = from.get();
    day.moreFindings((flags & MORE) != 0);
    if ((flags & PENDING) != 0) {
      day.delay();
    }
    day.toBeJudgedWhole((flags & WHOLE) != 0);
    if ((flags & KEEPS_LESSON) != 0) {
      day.keepLesson();
    }
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

  /** Returns whether the day has changed findings that are still to be given out. */
  static boolean isPending(byte[] value) {
    return (new ByteSource(value).get() & PENDING) != 0;
  }

  /** Returns the ids of the findings given out for the day. */
  static List<String> findings(byte[] value) {
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
}
