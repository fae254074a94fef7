package dev.lockstep.app.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
  @Test
  void goesWithAllThatIsInIt() throws Exception {
    Path folder;
    try (TemporaryFolder temporary = TemporaryFolder.make("lockstep-scratch-test")) {
      folder = temporary.folder();
      Files.writeString(Files.createDirectory(folder.resolve("sort")).resolve("run-0"), "x");
    }
    assertThat(folder).doesNotExist();
  }
}
