package dev.lockstep.app.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderIT {
  @TempDir Path folder;

  @Test
  void aReplayThatIsStopped_leavesNothingBehind() throws Exception {
    Path scratch = Files.createDirectory(folder.resolve("tmp"));
    try (WatchService watch = scratch.getFileSystem().newWatchService()) {
      scratch.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      Process replay =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx192m",
                  "-Djava.io.tmpdir=" + scratch,
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.lockstep.app.Main",
                  "replay",
                  "-")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out").toFile())
              .start();
      try {
        assertThat(watch.poll(60, TimeUnit.SECONDS))
            .as(Files.readString(folder.resolve("out"), UTF_8))
            .isNotNull();
        replay.destroy();
        assertThat(replay.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        replay.destroyForcibly().waitFor();
      }
    }
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
  }
}
