package dev.lockstep.app.config;

import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;

/**
 * Warning about a configured file or folder of exceptions that does not exist yet.
 *
 * <p>Without exceptions there are more findings, never fewer, so this is no error; {@code accept}
 * writes the first exception.
 */
public final class MissingExceptions {
  private MissingExceptions() {}

  public static String fix() {
    return ShellCommand.call("accept")
        + " writes the first exception; if you have exceptions, correct the path";
  }

  /**
   * Returns whether neither the configured exceptions file nor the folder beside it, such as {@code
   * exceptions.d}, exists.
   */
  public static boolean at(Path configured) {
    return !FileAndFolder.of(configured).exists();
  }

  public static String what(Path configured) {
    FileAndFolder both = FileAndFolder.of(configured);
    return both.file() == null
        ? "no exception is in effect: the exceptions folder %s does not exist"
            .formatted(Quoted.of(configured))
        : "no exception is in effect: neither the exceptions file %s nor the folder %s beside it exists"
            .formatted(
                Quoted.of(configured), Quoted.of(String.valueOf(both.folder().getFileName())));
  }
}
