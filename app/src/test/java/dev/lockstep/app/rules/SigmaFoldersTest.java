package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lockstep.app.setting.CheckedValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigmaFoldersTest {
  @TempDir Path folder;

  @Test
  void looksDifferent_onceAFileCanBeRead() throws IOException {
    String name = folder.toString();
    List<CheckedValue> folders =
        List.of(new CheckedValue("rules.directories", name, name, "lockstep.yaml:1", folder));
    Path file = Files.writeString(folder.resolve("role.yml"), "title: x\n");
    Files.setPosixFilePermissions(file, Set.of());
    assumeFalse(Files.isReadable(file), "root reads every file");
    String unread = SigmaFolders.look(folders);
    Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
    assertThat(SigmaFolders.look(folders)).isNotEqualTo(unread);
  }
}
