package dev.lockstep.ingest.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.Packed;
import dev.lockstep.ingest.outcome.Outcome;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message may be made of damage only; what each piece costs must not grow with all the others.
 */
class ManyDamagesTest {
  private static final int BYTES = 200_000;
  private static final int MANY_BYTES = 800_000;
  private static final double MOST_SECONDS = 1;
  private static final double MOST_SECONDS_OF_MANY = 4;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'aa':'b','cc':[,\n",
        "{'aa':'b','cc':[}\n",
        "{'aa':[,\n",
        "{'category':'a','time':[x},\n",
        "{'a':1}x,{'b':\n",
        "{'records':[{'a':x}]x}\n",
      })
  void readsAMessageOfDamages_soon(String piece) {
    readsSoon("{\"records\":[", piece.replace('\'', '"'), BYTES, "]}", MOST_SECONDS);
    readsSoon("", piece.replace('\'', '"'), BYTES, "", MOST_SECONDS);
  }

  @ParameterizedTest
  @Tag("long")
  @ValueSource(strings = {"{'aa':'b','cc':[,\n", "{'a':1}x,{'b':\n", "{'records':[{'a':x}]x}\n"})
  void readsALongMessageOfDamages_soon(String piece) {
    String json = piece.replace('\'', '"');
    readsSoon("{\"records\":[", json, MANY_BYTES, "]}", MOST_SECONDS_OF_MANY);
    readsSoon("", json, MANY_BYTES, "", MOST_SECONDS_OF_MANY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"records\":["})
  void readsDamagesBeforeALongText_soon(String head) {
    readsSoon(
        head,
        "{\"category\":\"a\",\"time\":\"b\"}x\n",
        400_000,
        "1".repeat(620_000),
        2 * MOST_SECONDS);
  }

  @Test
  void readsBlocksThatLie_withinOneThatLies_soon() {
    byte[] lie = Packed.join(Packed.SYNC, Packed.number(1), Packed.number(0), new byte[16]);
    byte[] lies = new byte[1_200_000 / lie.length * lie.length];
    for (int at = 0; at < lies.length; at += lie.length) {
      System.arraycopy(lie, 0, lies, at, lie.length);
    }
    byte[] one = Packed.join(Packed.number(1), Packed.number(lies.length), lies, new byte[16]);
    byte[] file = Packed.container(Packed.EVENT_DATA, "null", one);
    isSoon("blocks that lie", () -> Packed.outcomes(file, Limits.defaults()), 2 * MOST_SECONDS);
  }

  private static void readsSoon(String head, String piece, int bytes, String tail, double most) {
    byte[] body = (head + piece.repeat(bytes / piece.length()) + tail).getBytes(UTF_8);
    isSoon("%d bytes from ".formatted(body.length) + piece, () -> Records.read(body, null), most);
  }

  private static void isSoon(String what, Supplier<List<Outcome>> reading, double most) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(reading.get()).isNotEmpty();
    double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    System.out.printf("%s: %.2f s%n", what.strip(), seconds);
    assertThat(seconds).as(what).isLessThan(most);
  }
}
