package dev.lockstep.detections.lookup;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.encoding.StateDictionary;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.storage.LayoutNumbers;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stored state of a few subjects, from one partition of a changelog. The rules judge these subjects
 * by it once more, so that their verdicts can be shown to a person.
 *
 * <p>All records have to be taken before a subject is judged. Nothing is ever written.
 */
public final class SubjectRecords {
  /**
   * Largest total size in bytes of the records that are kept in memory for all requested subjects.
   * It is many times the size of one subject that has reached all its limits.
   */
  private static final long MOST_BYTES = 64L << 20;

  private static final int MOST_OPEN = 1_000;

  private final Map<ByteBuffer, TreeMap<byte[], byte[]>> records = new HashMap<>();
  private final Map<Integer, byte[]> words = new TreeMap<>();
  private final LayoutNumbers layouts = new LayoutNumbers((key, value) -> {});
  private long bytes;

  public SubjectRecords(Collection<Subject> wanted) {
    for (Subject subject : wanted) {
      records.put(ByteBuffer.wrap(SubjectKey.of(subject)), new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /**
   * Keeps a record of the changelog if it may be needed to judge a wanted subject, and ignores any
   * other record. A null value drops a wanted subject's record with the same key.
   *
   * @throws IllegalStateException if the records of the wanted subjects exceed 64 MB
   */
  public void take(byte[] key, byte @Nullable [] value) {
    if (LayoutNumbers.isLayout(key) && value != null) {
      layouts.kept(key, value);
    }
    if (!RecordKey.isWhole(key)) {
      return;
    }
    byte[] subject = RecordKey.subject(key);
    if (subject.length == 0) {
      if (value != null) {
        words.put(ByteBuffer.wrap(RecordKey.key(key)).getInt(), value);
      }
      return;
    }
    TreeMap<byte[], byte[]> of = records.get(ByteBuffer.wrap(subject));
    if (of == null) {
      return;
    }
    byte[] name = RecordKey.key(key);
    byte[] before = value == null ? of.remove(name) : of.put(name, value);
    bytes += (value == null ? 0 : value.length) - (before == null ? 0 : before.length);
    if (bytes > MOST_BYTES) {
      throw new IllegalStateException(
          "the state of the requested subjects is larger than %d MB; ask for fewer subjects"
              .formatted(MOST_BYTES >> 20));
    }
  }

  /** Returns whether any record of a subject is kept. */
  public boolean has(Subject subject) {
    TreeMap<byte[], byte[]> of = records.get(ByteBuffer.wrap(SubjectKey.of(subject)));
    return of != null && !of.isEmpty();
  }

  /**
   * Returns the state of a wanted subject with the rules' verdicts on each day.
   *
   * @param graceAt arrival time in milliseconds since 1970; a wait for missing facts is over if it
   *     ends at or before this time
   */
  public JudgedSubject judged(Subject subject, RuleSet rules, Enrichment enrichment, long graceAt) {
    Engine engine =
        new Engine(
            rules.rules(),
            enrichment,
            new Kept(),
            rules.alerts(),
            new DetectionCounters(),
            new NoOutput(),
            MOST_OPEN);
    engine.keepLessons();
    engine.advance(0, graceAt);
    return engine.judged(subject);
  }

  /** Collected records of subjects, in the form in which an engine reads them. */
  private final class Kept implements StateRecords {
    @Override
    public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
      TreeMap<byte[], byte[]> of = records.get(ByteBuffer.wrap(subject));
      if (of != null && Arrays.compareUnsigned(from, to) < 0) {
        of.subMap(from, to).forEach(reader::read);
      }
    }

    @Override
    public LayoutNumbers layouts() {
      return layouts;
    }

    @Override
    public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
      throw new UnsupportedOperationException(
          "the state that a look-up has read cannot be changed");
    }

    @Override
    public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
      return null;
    }

    @Override
    public StateDictionary dictionary() {
      return new StateDictionary(
          new StateDictionary.Keeper() {
            @Override
            public void added(int number, byte[] word) {
              throw new UnsupportedOperationException(
                  "a look-up may only read state, but it tried to add a value to the dictionary of repeated values");
            }

            @Override
            public void read(StateDictionary into) {
              words.forEach(into::kept);
            }
          });
    }
  }

  /** Output that drops everything, because a look-up changes nothing. */
  private static final class NoOutput implements Output {
    @Override
    public void message(Message message) {}

    @Override
    public void contribution(Contribution contribution) {}

    @Override
    public void confirmation(Confirmation confirmation) {}
  }
}
