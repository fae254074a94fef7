package dev.lockstep.app.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Folders with the sources of this program, into which no command should write. */
public final class ProgramSources {
  private static final Path MAIN =
      Path.of("app", "src", "main", "java", "dev", "lockstep", "app", "Main.java");
  private static final Set<String> OTHERS = Set.of("docs", "deploy");

  private ProgramSources() {}

  /**
   * Returns whether a file lies in a module, the documentation or the templates of a source tree.
   * Other folders of the tree, and the tree's top itself, are the operator's. The file need not
   * exist.
   */
  public static boolean contain(Path file) {
    Path below = RealPath.of(file);
    for (Path top = below.getParent(); top != null; top = top.getParent()) {
      if (Files.exists(top.resolve(MAIN)) && Files.isDirectory(below)) {
        return Files.isDirectory(below.resolve("src"))
            || OTHERS.contains(String.valueOf(below.getFileName()));
      }
      below = top;
    }
    return false;
  }
}
