package dev.lockstep.detections.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class MemoryRecordsTest implements StateRecordsContract {
  @Override
  public StateRecords empty() {
    return new MemoryRecords();
  }

  @Test
  void takesLittleMoreThanTheBytesOfKeysAndValues() {
    MemoryRecords records = new MemoryRecords();
    int facts = 20_000;
    for (int i = 0; i < facts; i++) {
      byte[] subject = ByteBuffer.allocate(24).putInt(i / 4).array();
      records.write(subject, ByteBuffer.allocate(20).putInt(i % 4).array(), new byte[100]);
    }
    long bytes = facts / 4 * 24L + facts * 120L;
    assertThat(records.bytes()).isBetween(bytes, bytes + facts * 2L);
  }

  @Test
  void staysFast_whereManySubjectsHaveOneHash() {
    MemoryRecords records = new MemoryRecords();
    byte[] key = {1};
    int bits = 14;
    for (int i = 0; i < 1 << bits; i++) {
      records.write(sameHash(i, bits), key, key);
    }
    int[] found = new int[1];
    for (int i = 0; i < 1 << bits; i++) {
      records.read(sameHash(i, bits), new byte[0], new byte[] {2}, (k, v) -> found[0]++);
    }
    assertThat(found[0]).isEqualTo(1 << bits);
  }

  /** Returns a text of pairs of letters, "Aa" or "BB", whose hashes are equal. */
  private static byte[] sameHash(int number, int bits) {
    byte[] text = new byte[2 * bits];
    for (int i = 0; i < bits; i++) {
      boolean set = ((number >> i) & 1) == 1;
      text[2 * i] = (byte) (set ? 'A' : 'B');
      text[2 * i + 1] = (byte) (set ? 'a' : 'B');
    }
    return text;
  }
}
