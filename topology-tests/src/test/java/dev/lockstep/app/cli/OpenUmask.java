package dev.lockstep.app.cli;

import dev.lockstep.app.Main;
import dev.lockstep.app.service.ClassArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command line of {@code lockstep} in a process whose umask takes no right away. */
final class OpenUmask {
  private OpenUmask() {}

  /**
   * Returns the command line, which a shell starts, since a umask is a process's own.
   *
   * @param temporary folder for temporary files
   */
  static List<String> command(Path temporary, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "umask 000; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary));
    command.addAll(ClassArchive.options());
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
