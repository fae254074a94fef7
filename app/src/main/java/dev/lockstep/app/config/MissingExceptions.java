package dev.lockstep.app.config;

import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.schemas.Quoted;
import java.nio.file.Path;

/**
 * Warning about exceptions that are configured and not there yet.
 *
 * <p>Without them findings are more, never fewer, so nothing stops; {@code accept} makes the first.
 */
public final class MissingExceptions {
  public static final String FIX =
      "lockstep accept writes the first one; if there are some, correct the path";

  private MissingExceptions() {}

  /** Returns whether neither the file nor its folder is there. */
  public static boolean at(Path configured) {
    return !FileAndFolder.of(configured).exists();
  }

  /** Returns the sentence about a path where there are none. */
  public static String what(Path configured) {
    FileAndFolder both = FileAndFolder.of(configured);
    return both.file() == null
        ? "no finding is expected: the folder of exceptions %s is not there"
            .formatted(Quoted.of(configured))
        : "no finding is expected: the exceptions file %s is not there, nor the folder %s beside it"
            .formatted(
                Quoted.of(configured), Quoted.of(String.valueOf(both.folder().getFileName())));
  }
}
