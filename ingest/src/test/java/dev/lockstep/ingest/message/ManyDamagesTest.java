package dev.lockstep.ingest.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.Packed;
import dev.lockstep.ingest.outcome.Outcome;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message may be made of damage only; what each piece costs must not grow with all the others.
 */
class ManyDamagesTest {
  private static final int BYTES = 400_000;
  private static final double MOST_SECONDS = 2;

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
    readsSoon("{\"records\":[", piece.replace('\'', '"'), BYTES, "]}");
    readsSoon("", piece.replace('\'', '"'), BYTES, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"records\":["})
  void readsDamagesBeforeALongText_soon(String head) {
    readsSoon(head, "{\"category\":\"a\",\"time\":\"b\"}x\n", 400_000, "1".repeat(620_000));
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
    isSoon("blocks that lie", () -> Packed.outcomes(file, Limits.defaults()));
  }

  private static void readsSoon(String head, String piece, int bytes, String tail) {
    byte[] body = (head + piece.repeat(bytes / piece.length()) + tail).getBytes(UTF_8);
    isSoon("%d bytes from ".formatted(body.length) + piece, () -> Records.read(body, null));
  }

  private static void isSoon(String what, Supplier<List<Outcome>> reading) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(reading.get()).isNotEmpty();
    double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    System.out.printf("%s: %.2f s%n", what.strip(), seconds);
    assertThat(seconds).as(what).isLessThan(MOST_SECONDS);
  }
}
