package dev.lockstep.detections.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever keeps records of subjects has to keep this. */
public interface StateRecordsContract {
  /** Returns records without any. */
  StateRecords empty();

  /** Commits what was written, where records are committed. */
  default void commit(StateRecords records) {}

  /** Returns how many random histories are tried. */
  default int histories() {
    return 20;
  }

  @Test
  default void readsWhatWasWritten_fromInclusive_toExclusive_inOrder() {
    StateRecords records = empty();
    for (String key : List.of("c", "a", "d", "b")) {
      records.write(bytes("s"), bytes(key), bytes("of " + key));
    }
    records.write(bytes("t"), bytes("b"), bytes("of another"));

    assertThat(read(records, "s", bytes("a"), bytes("d")))
        .containsExactly("a=of a", "b=of b", "c=of c");
    assertThat(read(records, "s", bytes("b"), bytes("b"))).isEmpty();
    assertThat(read(records, "s", bytes("c"), bytes("a"))).isEmpty();
    assertThat(read(records, "nobody", least(), most())).isEmpty();
  }

  @Test
  default void readsTheFirst_andTellsWhereItStopped() {
    StateRecords records = empty();
    for (String key : List.of("a", "b", "c", "d")) {
      records.write(bytes("s"), bytes(key), bytes("of " + key));
    }
    List<String> found = new ArrayList<>();
    StateRecords.Reader reader =
        (key, value) -> found.add(new String(value, StandardCharsets.UTF_8));
    byte[] next = records.read(bytes("s"), bytes("a"), bytes("d"), 2, reader);
    assertThat(found).containsExactly("of a", "of b");
    assertThat(next).isEqualTo(bytes("c"));
    assertThat(records.read(bytes("s"), next, bytes("d"), 1, reader)).isNull();
    assertThat(found).containsExactly("of a", "of b", "of c");
    assertThat(records.read(bytes("s"), bytes("a"), bytes("d"), 0, reader)).isEqualTo(bytes("a"));
    assertThat(records.read(bytes("nobody"), bytes("a"), bytes("d"), 1, reader)).isNull();
    assertThat(found).hasSize(3);
  }

  @Test
  default void keepsTheLastValue_andDeletes() {
    StateRecords records = empty();
    records.write(bytes("s"), bytes("a"), bytes("first"));
    records.write(bytes("s"), bytes("a"), bytes("second"));
    records.write(bytes("s"), bytes("b"), bytes("gone"));
    records.write(bytes("s"), bytes("b"), null);
    records.write(bytes("s"), bytes("never"), null);
    assertThat(read(records, "s", least(), most())).containsExactly("a=second");
    assertThat(records.read(bytes("s"), bytes("a"))).isEqualTo(bytes("second"));
    assertThat(records.read(bytes("s"), bytes("b"))).isNull();
    assertThat(records.read(bytes("s"), bytes(""))).isNull();
    assertThat(records.read(bytes("nobody"), bytes("a"))).isNull();

    records.write(bytes("s"), bytes("a"), null);
    assertThat(read(records, "s", least(), most())).isEmpty();
    assertThat(walk(records, 10)).isEmpty();
  }

  @Test
  default void keepsEmptyKeysAndValues_andSubjectsThatBeginAlike() {
    StateRecords records = empty();
    records.write(bytes(""), bytes(""), bytes(""));
    records.write(bytes("a"), bytes("bc"), bytes("1"));
    records.write(bytes("ab"), bytes("c"), bytes("2"));

    assertThat(read(records, "", least(), most())).containsExactly("=");
    assertThat(read(records, "a", least(), most())).containsExactly("bc=1");
    assertThat(read(records, "ab", least(), most())).containsExactly("c=2");
  }

  @Test
  default void walksOn_fromWhereItEnded_whateverWasWrittenMeanwhile() {
    StateRecords records = empty();
    for (int i = 0; i < 9; i++) {
      records.write(bytes("s" + i / 3), bytes("k" + i % 3), bytes(""));
    }
    List<String> walked = new ArrayList<>();
    byte[] next = part(records, null, 4, walked);
    records.write(bytes("s1"), bytes("k1"), null); // the next one
    records.write(bytes("s0"), bytes("k0"), bytes("changed")); // long past
    next = part(records, next, 3, walked);
    for (int i = 0; i < 3; i++) {
      records.write(bytes("s2"), bytes("k" + i), null);
    }
    while (next != null) {
      next = part(records, next, 1, walked);
    }

    assertThat(walked)
        .containsExactly("s0/k0=", "s0/k1=", "s0/k2=", "s1/k0=", "s1/k2=", "s2/k0=", "s2/k1=");
    assertThat(walk(records, 1))
        .containsExactly("s0/k0=changed", "s0/k1=", "s0/k2=", "s1/k0=", "s1/k2=");
  }

  @Test
  default void refusesASubjectThatIsTooLong() {
    StateRecords records = empty();
    assertThatThrownBy(() -> records.write(new byte[65_536], bytes("k"), bytes("v")))
        .hasMessage(
            "could not keep a state record: the key of its subject has 65536 bytes; give the subject a shorter id, for a key of at most 65535 bytes");
    records.write(new byte[65_535], bytes("k"), bytes("v"));
    assertThat(walk(records, 1)).hasSize(1);
  }

  @Test
  default void equalsASortedMap_inRandomOperations() {
    for (long seed = 1; seed <= histories(); seed++) {
      System.out.printf("%s: seed %d%n", getClass().getSimpleName(), seed);
      equalsASortedMap(new Random(seed), 1_000);
    }
  }

  private void equalsASortedMap(Random random, int operations) {
    StateRecords records = empty();
    NavigableMap<byte[], NavigableMap<byte[], byte[]>> oracle =
        new TreeMap<>(
            Comparator.<byte[]>comparingInt(each -> each.length)
                .thenComparing(Arrays::compareUnsigned));
    List<byte[]> subjects = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      byte[] subject = some(random, 6);
      subjects.add(subject.length == 0 ? new byte[1] : subject);
    }
    for (int i = 0; i < operations; i++) {
      byte[] subject = subjects.get(random.nextInt(subjects.size()));
      int kind = random.nextInt(100);
      if (kind < 70) {
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
          byte[] key = some(random, 3);
          byte[] value = random.nextInt(3) == 0 ? null : some(random, 300);
          records.write(subject, key, value);
          NavigableMap<byte[], byte[]> of =
              oracle.computeIfAbsent(subject, each -> new TreeMap<>(Arrays::compareUnsigned));
          if (value == null) {
            of.remove(key);
          } else {
            of.put(key, value);
          }
        }
      } else if (kind == 70) {
        commit(records);
      } else if (kind < 97) {
        byte[] from = random.nextBoolean() ? least() : some(random, 3);
        byte[] to = random.nextBoolean() ? most() : some(random, 3);
        List<String> expected = new ArrayList<>();
        if (Arrays.compareUnsigned(from, to) < 0) {
          oracle
              .getOrDefault(subject, new TreeMap<>(Arrays::compareUnsigned))
              .subMap(from, true, to, false)
              .forEach((key, value) -> expected.add(raw(key) + "=" + raw(value)));
        }
        List<String> found = new ArrayList<>();
        records.read(subject, from, to, (key, value) -> found.add(raw(key) + "=" + raw(value)));
        assertThat(found).isEqualTo(expected);
        opensWhatAMapHas(random, records, subject, oracle.get(subject));
      } else {
        List<String> expected = new ArrayList<>();
        oracle.forEach(
            (each, of) ->
                of.forEach(
                    (key, value) -> expected.add(raw(each) + "/" + raw(key) + "=" + raw(value))));
        List<String> found = new ArrayList<>();
        int most = 1 + random.nextInt(50);
        byte[] next = null;
        do {
          int before = found.size();
          next =
              records.walk(
                  next,
                  most,
                  (each, key, value) -> found.add(raw(each) + "/" + raw(key) + "=" + raw(value)));
          assertThat(found.size() - before).isLessThanOrEqualTo(most);
        } while (next != null);
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  private static void opensWhatAMapHas(
      Random random,
      StateRecords records,
      byte[] subject,
      @Nullable NavigableMap<byte[], byte[]> of) {
    byte[] headTo = some(random, 1);
    byte[] from = some(random, 2);
    if (Arrays.compareUnsigned(headTo, from) > 0) {
      return;
    }
    List<String> expected = new ArrayList<>();
    if (of != null) {
      of.headMap(headTo, false).forEach((key, value) -> expected.add(raw(key) + "=" + raw(value)));
      of.tailMap(from, true).forEach((key, value) -> expected.add(raw(key) + "=" + raw(value)));
    }
    List<String> all = new ArrayList<>();
    if (of != null) {
      of.forEach((key, value) -> all.add(raw(key) + "=" + raw(value)));
    }
    List<String> found = new ArrayList<>();
    for (Stretch.Cursor at = new Stretch.Cursor(records.open(subject, headTo, from, most()));
        at.isValid();
        at.advance()) {
      found.add(raw(at.key()) + "=" + raw(at.value()));
    }
    all.removeIf(record -> !found.contains(record));
    assertThat(found).as("in order, and nothing else").isEqualTo(all);
    assertThat(found).containsAll(expected);
  }

  /** Returns bytes of which many are alike, zero or the greatest. */
  private static byte[] some(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xFF;
            default -> (byte) random.nextInt(8);
          };
    }
    return bytes;
  }

  private static List<String> read(StateRecords records, String subject, byte[] from, byte[] to) {
    List<String> found = new ArrayList<>();
    records.read(
        bytes(subject), from, to, (key, value) -> found.add(text(key) + "=" + text(value)));
    return found;
  }

  private static List<String> walk(StateRecords records, int most) {
    List<String> found = new ArrayList<>();
    byte[] next = null;
    do {
      next = part(records, next, most, found);
    } while (next != null);
    return found;
  }

  private static byte @Nullable [] part(
      StateRecords records, byte @Nullable [] from, int most, List<String> found) {
    return records.walk(
        from,
        most,
        (subject, key, value) -> found.add(text(subject) + "/" + text(key) + "=" + text(value)));
  }

  private static byte[] least() {
    return new byte[0];
  }

  private static byte[] most() {
    byte[] most = new byte[10];
    Arrays.fill(most, (byte) 0xFF);
    return most;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String raw(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
