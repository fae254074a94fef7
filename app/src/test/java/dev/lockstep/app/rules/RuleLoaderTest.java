package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of jars that fail while they are read. */
final class RuleLoaderTest {
  @TempDir Path folder;

  /** Folder of which the first file is read, and then no more. */
  private static final class Failing implements DirectoryStream<Path>, Iterator<Path> {
    private boolean read;

    @Override
    public Iterator<Path> iterator() {
      return this;
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Path next() {
      if (read) {
        throw new DirectoryIteratorException(new FileSystemException("rules", null, "I/O error"));
      }
      read = true;
      return Path.of("a.jar");
    }

    @Override
    public void close() {}
  }

  @Test
  void failsAsAFileDoes_whereAFolderCannotBeReadToItsEnd() {
    assertThatThrownBy(() -> RuleLoader.sorted(new Failing()))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("I/O error");
  }

  @Test
  void sortsTheJarsOfAFolder() throws IOException {
    Path b = Files.writeString(folder.resolve("b.jar"), "");
    Path a = Files.writeString(folder.resolve("a.jar"), "");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      assertThat(RuleLoader.sorted(all)).containsExactly(a, b);
    }
  }
}
