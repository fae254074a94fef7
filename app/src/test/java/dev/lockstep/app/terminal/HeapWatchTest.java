package dev.lockstep.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private long nanos = 7 * SECOND;
  private long collecting = 500;
  private final HeapWatch watch =
      new HeapWatch(
          new PrintStream(said, true, StandardCharsets.UTF_8),
          () -> nanos,
          () -> collecting,
          1024L * 1024 * 1024);

  private String after(int seconds, long collectedMillis) {
    said.reset();
    nanos += seconds * SECOND;
    collecting += collectedMillis;
    watch.look();
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void tellsOnce_whereTheCollectorTakesMostOfASpan_withTheMend() {
    assertThat(after(20, 11_000)).isEmpty();
    assertThat(after(10, 10_000)).as("no whole span").isEmpty();
    assertThat(after(10, 10_000))
        .isEqualToIgnoringNewLines(
            "could not continue at full speed: garbage collection in a heap of 1,024 MB takes 100 %"
                + " of the time; enlarge the heap with LOCKSTEP_JAVA_OPTS=-Xmx2048m");
    assertThat(after(20, 20_000)).isEmpty();
  }

  @Test
  void judgesEachSpanByItself() {
    assertThat(after(3_600, 0)).isEmpty();
    assertThat(after(20, 12_000)).contains("60 %");
  }
}
