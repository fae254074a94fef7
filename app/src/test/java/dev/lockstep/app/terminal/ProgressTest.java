package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Display of progress: where a piece of work is done, the last that is shown is all of it. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();

  private Progress progress(boolean terminal) {
    return Progress.on(new PrintStream(err, true, UTF_8), false, terminal, nanos::get);
  }

  private List<String> lines() {
    return err.toString(UTF_8).lines().toList();
  }

  @Test
  void endsWithAllOfIt_afterALine() {
    Progress progress = progress(false);
    progress.begin("reading", 200);
    nanos.addAndGet(4 * SECOND);
    progress.at(86);
    progress.done();
    progress.end();

    assertThat(lines()).containsExactly("reading: 43 %", "reading: 100 %");
  }

  @Test
  void saysItOnce_whereTheLastLineWasAllOfIt() {
    Progress progress = progress(false);
    progress.begin("reading", 200);
    nanos.addAndGet(4 * SECOND);
    progress.at(200);
    progress.done();
    progress.end();

    assertThat(lines()).containsExactly("reading: 100 %");
  }

  @Test
  void saysNothing_ofWorkThatTookNoTime() {
    Progress progress = progress(false);
    progress.begin("reading", 200);
    nanos.addAndGet(4 * SECOND);
    progress.at(86);
    progress.end();
    progress.begin("correlating", 200);
    progress.at(100);
    progress.done();
    progress.end();

    assertThat(lines()).containsExactly("reading: 43 %");
  }

  @Test
  void showsAFullBar_onATerminal() {
    Progress progress = progress(true);
    progress.begin("reading", 4_640);
    progress.at(4_000);
    progress.done();
    progress.end();

    assertThat(err.toString(UTF_8)).contains("reading 100%").contains("4640/4640");
  }

  @Test
  void staysWhereItWas_ifTheWorkFailed() {
    Progress progress = progress(true);
    progress.begin("reading", 4_640);
    progress.at(4_000);
    progress.end();

    assertThat(err.toString(UTF_8)).contains("4000/4640").doesNotContain("4640/4640");
  }
}
