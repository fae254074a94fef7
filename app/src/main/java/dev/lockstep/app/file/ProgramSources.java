package dev.lockstep.app.file;

import java.nio.file.Files;
import java.nio.file.Path;

/** Folder with the sources of this program, in whose bundled files no command should write. */
public final class ProgramSources {
  private static final Path SOURCES = Path.of("app", "src", "main");
  private static final Path MAIN = Path.of("java", "dev", "lockstep", "app", "Main.java");

  private ProgramSources() {}

  /**
   * Returns whether a path lies in the sources of the module {@code app}, which have the files of
   * the demo. The file need not exist.
   */
  public static boolean contain(Path file) {
    for (Path above = RealPath.of(file).getParent(); above != null; above = above.getParent()) {
      if (above.endsWith(SOURCES) && Files.exists(above.resolve(MAIN))) {
        return true;
      }
    }
    return false;
  }
}
