package dev.lockstep.app.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PersonalFileTest {
  @TempDir private Path folder;

  @Test
  void checksThatTheFolderTakesFiles_andLeavesNone() throws IOException {
    PersonalFile.check(folder.resolve("file"));
    PersonalFile.check(Path.of("/dev/null"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    Path proc = Path.of("/proc"); // a folder in which not even root may create a file
    assumeTrue(Files.isDirectory(proc.resolve("self")));
    assertThatThrownBy(() -> PersonalFile.check(proc.resolve("estate.yaml")))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith("could not write \"/proc/estate.yaml\": ")
        .hasMessageContaining("; write to a file in a folder that exists and can be written");
  }

  @Test
  void replacesAFileThatMayNotBeWritten_whereItsFolderTakesFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    PersonalFile.check(file);
    PersonalFile.write(file, "new");
    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesALinkToAFileInNoFolder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("none/file"));
    assertThatThrownBy(() -> PersonalFile.check(link))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("NoSuchFileException");
  }
}
