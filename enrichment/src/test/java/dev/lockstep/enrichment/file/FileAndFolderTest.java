package dev.lockstep.enrichment.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders beside a file, and those that fail while they are read. */
final class FileAndFolderTest {
  @TempDir Path folder;

  @Test
  void failsAsAFileDoes_whereAFolderCannotBeReadToItsEnd() {
    Stream<Path> failing =
        Stream.of("a.yaml", "b.yaml")
            .map(
                name -> {
                  if (name.startsWith("b")) {
                    throw new UncheckedIOException(
                        new FileSystemException("exceptions.d", null, "I/O error"));
                  }
                  return Path.of(name);
                });
    assertThatThrownBy(() -> FileAndFolder.yaml(failing))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("I/O error");
  }

  @Test
  void hasTheFile_andTheYamlOfItsFolderByName() throws IOException, FileProblemException {
    Path file = Files.writeString(folder.resolve("exceptions.yaml"), "");
    Path beside = Files.createDirectory(folder.resolve("exceptions.d"));
    Path second = Files.writeString(beside.resolve("b.yaml"), "");
    Path first = Files.writeString(beside.resolve("a.yml"), "");
    Files.writeString(beside.resolve(".hidden.yaml"), "");
    Files.writeString(beside.resolve("note.txt"), "");
    assertThat(FileAndFolder.of(file).files("exceptions")).containsExactly(file, first, second);
  }
}
