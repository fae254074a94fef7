package dev.lockstep.detections.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecentRecordsTest {
  private static final byte[] NO_HEAD = {};
  private static final byte[] HEAD = {1};
  private static final byte[] DAY_5 = {5};
  private static final byte[] DAY_7 = {7};
  private static final byte[] END = {-1};

  private final RecentRecords recent = new RecentRecords(100_000);

  @Test
  void knowsNobody_untilKept() {
    assertThat(read("s", NO_HEAD, DAY_5)).isNull();
    recent.write(subject("s"), DAY_5, DAY_5);
    assertThat(read("s", NO_HEAD, DAY_5)).isNull();

    keep("s", NO_HEAD, DAY_5);
    assertThat(read("s", NO_HEAD, DAY_5)).isEmpty();
    recent.write(subject("s"), DAY_7, DAY_5);
    recent.write(subject("s"), DAY_5, DAY_7);
    assertThat(read("s", NO_HEAD, DAY_5)).containsExactly("5=7", "7=5");
  }

  @Test
  void doesNotKnowRecordsThatWereNotKept() {
    keep("s", HEAD, DAY_5, new byte[] {0}, DAY_5, DAY_7);
    assertThat(read("s", HEAD, new byte[] {4})).isNull();
    assertThat(read("s", NO_HEAD, DAY_5)).isNull();
    recent.write(subject("s"), new byte[] {3}, DAY_5); // neither head nor day from 5 on
    assertThat(read("s", HEAD, DAY_5)).containsExactly("0=0", "5=5", "7=7");

    assertThat(read("s", HEAD, DAY_7)).containsExactly("0=0", "7=7");
    assertThat(read("s", HEAD, DAY_5)).as("it has forgotten what was left out").isNull();
  }

  @Test
  void takesNoMoreThanItsRoom_andKeepsWhatWasUsedLast() {
    for (int i = 0; i < 2_000; i++) {
      recent.keep(ByteBuffer.allocate(4).putInt(i).array(), NO_HEAD, DAY_5, Stretch.NONE);
      for (int j = 0; j <= i % 7; j++) {
        recent.write(
            ByteBuffer.allocate(4).putInt(i).array(), new byte[] {9, (byte) j}, new byte[10 * j]);
      }
      assertThat(recent.used()).isLessThanOrEqualTo(110_000);
    }
    assertThat(recent.open(ByteBuffer.allocate(4).array(), NO_HEAD, DAY_5)).isNull();
    byte[] last = ByteBuffer.allocate(4).putInt(1_999).array();
    assertThat(recent.open(last, NO_HEAD, DAY_5)).isNotNull();
  }

  @Test
  void isTheRecordsThemselves_whateverWasEvicted() {
    for (int seed = 1; seed <= 20; seed++) {
      System.out.printf("RecentRecordsTest: seed %d%n", seed);
      Random random = new Random(seed);
      RecentRecords memory = new RecentRecords(20_000 + random.nextInt(40_000));
      MemoryRecords records = new MemoryRecords();
      int known = 0;
      for (int i = 0; i < 5_000; i++) {
        byte[] subject = {(byte) (random.nextInt(12) * random.nextInt(12))};
        byte[] from = {(byte) (3 + i / 1_000 - random.nextInt(2))};
        byte[] all = memory.open(subject, HEAD, from);
        byte[] truth = records.open(subject, HEAD, from, END);
        if (all == null) {
          memory.keep(subject, HEAD, from, part(truth, HEAD, from));
        } else {
          known++;
          assertThat(part(all, HEAD, from)).isEqualTo(part(truth, HEAD, from));
        }
        for (int left = random.nextInt(3); left > 0; left--) {
          byte[] key = {(byte) random.nextInt(9), (byte) random.nextInt(5)};
          byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(400)];
          records.write(subject, key, value);
          memory.write(subject, key, value);
        }
      }
      assertThat(known).isBetween(500, 4_500);
    }
  }

  private static byte[] part(byte[] all, byte[] headTo, byte[] from) {
    Stretch part = new Stretch();
    for (Stretch.Cursor at = new Stretch.Cursor(all); at.isValid(); at.advance()) {
      if (at.compareKey(headTo) < 0 || at.compareKey(from) >= 0) {
        part.append(at.key(), at.value());
      }
    }
    return part.copy();
  }

  @Test
  void forgetsASubjectThatGrowsLarge() {
    keep("s", NO_HEAD, DAY_5);
    recent.write(subject("s"), DAY_5, new byte[10_000]);
    assertThat(read("s", NO_HEAD, DAY_5)).hasSize(1);
    recent.write(subject("s"), DAY_7, new byte[10_000]);
    assertThat(read("s", NO_HEAD, DAY_5)).isNull();
  }

  private void keep(String subject, byte[] headTo, byte[] from, byte[]... keys) {
    Stretch all = new Stretch();
    for (byte[] key : keys) {
      all.append(key, key);
    }
    recent.keep(subject(subject), headTo, from, all.copy());
  }

  private @Nullable List<String> read(String subject, byte[] headTo, byte[] from) {
    byte[] all = recent.open(subject(subject), headTo, from);
    if (all == null) {
      return null;
    }
    List<String> found = new ArrayList<>();
    for (Stretch.Cursor at = new Stretch.Cursor(all); at.isValid(); at.advance()) {
      if (at.compareKey(headTo) < 0 || at.compareKey(from) >= 0) {
        found.add(at.key()[0] + "=" + at.value()[0]);
      }
    }
    return found;
  }

  private static byte[] subject(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
