package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.storage.RecordKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** Whether subjects with records are known, while filters are added and made anew. */
final class KnownSubjectsTest {
  private static final int FEWEST = 64;
  private static final byte[] KEY = {1};

  private final KeyValueStore<Bytes, byte[]> disk = Stores.inMemoryKeyValueStore("known").get();
  private final KnownSubjects known = new KnownSubjects(disk, FEWEST);
  private final Set<Integer> kept = new HashSet<>();

  @Test
  void knowsEachSubjectWithRecords_andFewOthers_howeverManyComeAndGo() {
    long seed = 20;
    Random random = new Random(seed);
    int next = 0;
    for (int step = 0; step < 60_000; step++) {
      if (random.nextInt(3) > 0) {
        add(next++);
      } else if (next > 0) {
        remove(random.nextInt(next));
      }
      if (random.nextInt(20) == 0) {
        known.learn(random.nextInt(50));
      }
      if (step % 1_000 == 0) {
        assertThat(kept).as("seed %d, step %d", seed, step).allMatch(this::isKnown);
      }
    }
    int others = 0;
    for (int i = 0; i < 10_000; i++) {
      others += isKnown(-1 - i) ? 1 : 0;
    }
    assertThat(others).as("subjects that were never there").isLessThan(500);
  }

  @Test
  void forgetsDeletedSubjects_whenItIsMadeAnew() {
    known.learn(1);
    for (int i = 0; i < 16 * FEWEST; i++) {
      add(i);
      remove(i);
    }
    add(-1);
    assertThat(isKnown(5)).isTrue();
    known.learn(10);
    assertThat(isKnown(-1)).isTrue();
    int deleted = 0;
    for (int i = 0; i < 16 * FEWEST; i++) {
      deleted += isKnown(i) ? 1 : 0;
    }
    assertThat(deleted).isLessThan(16);
  }

  @Test
  void learnsBeyondKeysThatNoRecordHas() {
    for (byte[] foreign : new byte[][] {{}, {0}, {'h', 'e', 'l', 'l', 'o'}, {0, 9, 1}, {-1, -1}}) {
      disk.put(Bytes.wrap(foreign), KEY);
    }
    add(7);
    known.learn(100);
    assertThat(isKnown(7)).isTrue();
    assertThat(isKnown(8)).isFalse();
  }

  private void add(int number) {
    kept.add(number);
    disk.put(Bytes.wrap(RecordKey.of(subject(number), KEY)), KEY);
    known.add(subject(number));
  }

  private void remove(int number) {
    kept.remove(number);
    disk.delete(Bytes.wrap(RecordKey.of(subject(number), KEY)));
  }

  private boolean isKnown(int number) {
    return known.mayHaveRecords(subject(number));
  }

  private static byte[] subject(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }
}
