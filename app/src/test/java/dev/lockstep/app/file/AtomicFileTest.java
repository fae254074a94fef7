package dev.lockstep.app.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void writesToAPipe_andLeavesItAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path copy = folder.resolve("copy");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(copy.toFile()).start();
    try {
      AtomicFile.replace(pipe, "new");
      assertThat(Files.isRegularFile(pipe)).isFalse();
      assertThat(reader.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(copy)).isEqualTo("new");
    } finally {
      reader.destroy();
    }
  }

  @Test
  void makesTheFileThatALinkNames_andKeepsTheLink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("next"));
    Files.createSymbolicLink(folder.resolve("next"), Path.of("file"));
    AtomicFile.replace(link, "new");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(folder.resolve("file")).hasContent("new");
  }

  @Test
  void replacesTheFileOfALink_andKeepsTheLink() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    AtomicFile.replace(link, "new");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(file)).isEqualTo("new");
  }
}
