package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class NativeLibrariesTest {
  @TempDir Path folder;

  @Test
  void loadsRocksDb_andLeavesNoFile() throws Exception {
    NativeLibraries.loadFrom(folder.resolve("native"));
    try (Stream<Path> left = Files.list(folder.resolve("native"))) {
      assertThat(left).isEmpty();
    }
    try (Options options = new Options().setCreateIfMissing(true);
        RocksDB store = RocksDB.open(options, folder.resolve("store").toString())) {
      store.put(new byte[] {1}, new byte[] {2});
      assertThat(store.get(new byte[] {1})).containsExactly(2);
    }
  }

  @Test
  void removesWhatAKilledProcessLeft() throws Exception {
    Path unpacked = Files.createDirectories(folder.resolve("native"));
    Path left = Files.createFile(unpacked.resolve("librocksdbjni.so"));
    NativeLibraries.loadFrom(unpacked);
    assertThat(left).doesNotExist();
  }

  @Test
  void saysInOneLine_thatTheFolderCannotBeUsed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> NativeLibraries.loadFrom(file))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith(
            "could not load RocksDB's native library: it does not load from the folder \"")
        .hasMessageContaining("noexec")
        .hasMessageNotContainingAny("\n");
  }
}
