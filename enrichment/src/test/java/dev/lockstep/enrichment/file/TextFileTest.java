package dev.lockstep.enrichment.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
  @TempDir Path folder;

  @Test
  void returnsTheText() throws IOException, FileProblemException {
    Path file = Files.writeString(folder.resolve("networks.csv"), "cidr,class\nMünster\n");
    assertThat(TextFile.read("networks", file)).isEqualTo("cidr,class\nMünster\n");
  }

  @Test
  void refusesAFile_thatWouldFillTheHeap() throws IOException {
    Path file = folder.resolve("networks.csv");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength((64 << 20) + 1);
    }
    assertThatThrownBy(() -> TextFile.read("networks", file))
        .isInstanceOf(FileProblemException.class)
        .hasMessage(
            "could not read networks: %s has more than 64 MiB; check that it is the right file, or shorten it"
                .formatted(file));
  }

  @Test
  void refusesBytes_thatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("networks.csv"), new byte[] {(byte) 0xff, 'a'});
    assertThatThrownBy(() -> TextFile.read("networks", file)).hasMessageContaining("is not UTF-8");
  }
}
