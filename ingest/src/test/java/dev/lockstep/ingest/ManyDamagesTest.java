package dev.lockstep.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
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

  private static void readsSoon(String head, String piece, int bytes, String tail) {
    byte[] body = (head + piece.repeat(bytes / piece.length()) + tail).getBytes(UTF_8);
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(Records.read(body, null)).isNotEmpty();
    double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
    System.out.printf("%d bytes from %.20s%s: %.2f s%n", body.length, head, piece.strip(), seconds);
    assertThat(seconds).isLessThan(MOST_SECONDS);
  }
}
