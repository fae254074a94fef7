package dev.lockstep.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** Program that a test runs where it is installed, such as a checker of files. */
public record InstalledProgram(Path path) {
  /** Returns the first program of that name on the path, or skips the test if there is none. */
  public static InstalledProgram named(String name) {
    for (String folder :
        Pattern.compile(Pattern.quote(File.pathSeparator))
            .split(String.valueOf(System.getenv("PATH")), -1)) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return new InstalledProgram(file);
      }
    }
    return Assumptions.abort("no %s on the PATH".formatted(name));
  }

  /** Runs the program in a folder, requires exit code 0, and returns all that it printed. */
  public String run(Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    assertThat(process.exitValue()).as("%s printed %s", command, printed).isZero();
    return printed;
  }
}
