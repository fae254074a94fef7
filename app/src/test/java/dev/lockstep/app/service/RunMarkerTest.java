package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMarkerTest {
  private static final Instant NINE = Instant.parse("2026-11-02T09:00:00Z");

  @TempDir Path folder;

  @Test
  void tellsNothing_afterACleanEnd() throws IOException {
    RunMarker.write(folder, NINE).remove();
    assertThat(RunMarker.uncleanEnd(folder.resolve(RunMarker.FILE))).isNull();
  }

  @Test
  void tellsWhichProcessHadNoCleanEnd() throws IOException {
    RunMarker.write(folder, NINE).leave();
    assertThat(RunMarker.uncleanEnd(folder.resolve(RunMarker.FILE)))
        .isEqualTo(
            "the previous process (pid \"%d\", started \"2026-11-02T09:00:00Z\") ended without a clean stop: it was killed, or its machine went down",
            ProcessHandle.current().pid());
  }

  @Test
  void tellsWhyIfThatWasNoted_onOneLine() throws IOException {
    RunMarker marker = RunMarker.write(folder, NINE);
    marker.recordEnd("NoClassDefFoundError \"a\nb\"");
    marker.leave();
    assertThat(RunMarker.uncleanEnd(folder.resolve(RunMarker.FILE)))
        .endsWith("without a clean stop: \"NoClassDefFoundError \\\"a b\\\"\"")
        .doesNotContain("\n");
  }

  @Test
  void tellsOfAHeapThatWasFull_asTheLauncherWritesIt() throws IOException {
    RunMarker marker = RunMarker.write(folder, NINE);
    marker.recordEnd("out of memory");
    marker.leave();
    assertThat(Files.readString(folder.resolve(RunMarker.FILE))).contains(RunMarker.OUT_OF_MEMORY);
    assertThat(RunMarker.uncleanEnd(folder.resolve(RunMarker.FILE)))
        .contains(
            "it ran out of memory; raise the heap, for example with LOCKSTEP_JAVA_OPTS=-Xmx2g");
  }

  @Test
  void bearsWhateverStandsInTheFile() throws IOException {
    Files.write(folder.resolve(RunMarker.FILE), new byte[] {(byte) 0xFF, 0, 27, '\n'});
    assertThat(RunMarker.uncleanEnd(folder.resolve(RunMarker.FILE)))
        .startsWith("the previous process (pid unknown, started unknown) ended")
        .matches("\\P{Cntrl}*");
  }
}
