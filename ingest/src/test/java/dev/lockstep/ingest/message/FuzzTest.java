package dev.lockstep.ingest.message;

import dev.lockstep.ingest.file.Packed;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each target on its seeds and on some neighbours of them; docs/fuzzing.md says how to go on. */
class FuzzTest {
  private static final long SEED = 7;
  private static final int NEIGHBOURS = 50;
  private static final int MANY_NEIGHBOURS = 4_000;

  @ParameterizedTest
  @EnumSource
  void holds_onSeedsAndTheirNeighbours(FuzzTarget target) {
    runNeighbours(target, NEIGHBOURS);
  }

  @ParameterizedTest
  @Tag("long")
  @EnumSource
  void holds_onSeedsAndManyNeighbours(FuzzTarget target) {
    runNeighbours(target, MANY_NEIGHBOURS);
  }

  private static void runNeighbours(FuzzTarget target, int neighbours) {
    Random random = new Random(SEED);
    for (byte[] seed : target.seeds()) {
      run(target, seed);
      for (int i = 0; i < neighbours; i++) {
        run(target, neighbour(seed, random));
      }
    }
  }

  private static void run(FuzzTarget target, byte[] data) {
    try {
      target.run(data);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          "seed %d, %s on %s".formatted(SEED, target, HexFormat.of().formatHex(data)), e);
    }
  }

  private static byte[] neighbour(byte[] seed, Random random) {
    byte[] data = seed;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(data.length);
      int length = Math.min(data.length - at, 1 + random.nextInt(20));
      byte[] some = Arrays.copyOfRange(data, at, at + length);
      byte[] head = Arrays.copyOf(data, at);
      byte[] tail = Arrays.copyOfRange(data, at + length, data.length);
      byte[] odd = {(byte) random.nextInt(256)};
      List<byte[]> forms =
          List.of(
              Packed.join(head, odd, Arrays.copyOfRange(data, at + 1, data.length)),
              Packed.join(head, tail),
              Packed.join(head, some, some, tail),
              Packed.join(head, odd, some, tail),
              head);
      byte[] next = forms.get(random.nextInt(forms.size()));
      data = next.length == 0 ? data : next;
    }
    return data;
  }
}
