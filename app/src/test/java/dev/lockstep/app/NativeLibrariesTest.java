package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class NativeLibrariesTest {
  @TempDir Path folder;

  @Test
  void loadsRocksDb_andLeavesNoFile() throws Exception {
    NativeLibraries.load(folder.resolve("state"));
    try (Stream<Path> left = Files.list(folder.resolve("state").resolve("native"))) {
      assertThat(left).isEmpty();
    }
    try (Options options = new Options().setCreateIfMissing(true);
        RocksDB store = RocksDB.open(options, folder.resolve("store").toString())) {
      store.put(new byte[] {1}, new byte[] {2});
      assertThat(store.get(new byte[] {1})).containsExactly(2);
    }
  }

  @Test
  void removesWhatAKilledProcessLeft_butNotWhatAnotherUnpacksNow() throws Exception {
    Path left = Files.createDirectories(folder.resolve("native").resolve("rocksdb1"));
    Path file = Files.createFile(left.resolve("librocksdbjni.so"));
    Path now = Files.createDirectories(folder.resolve("native").resolve("rocksdb2"));
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
    NativeLibraries.load(folder);
    assertThat(file).doesNotExist();
    assertThat(left).doesNotExist();
    assertThat(now).exists();
  }

  @Test
  void saysInOneLine_thatTheFolderCannotBeUsed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> NativeLibraries.load(file))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith("could not load RocksDB's native library: kafka.stateDir \"")
        .hasMessageContaining("noexec")
        .hasMessageNotContainingAny("\n");
  }
}
