package dev.lockstep.app.file;

import dev.lockstep.schemas.process.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;

/** Path without symbolic links, which shows whether two paths lead to the same file. */
public final class RealPath {
  private RealPath() {}

  /**
   * Returns the path without symbolic links. The file need not exist. If it is missing, links that
   * lead to it are followed. Links in the path of its folder are resolved if the folder exists.
   */
  public static Path of(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) { // the file does not exist yet
      Path target = target(path).toAbsolutePath().normalize();
      Path parent = target.getParent();
      Path name = target.getFileName();
      return parent == null || name == null ? target : inFolder(parent, name);
    }
  }

  private static Path target(Path path) {
    try {
      return OwnerOnly.target(path);
    } catch (IOException e) {
      return path;
    }
  }

  private static Path inFolder(Path parent, Path name) {
    try {
      return parent.toRealPath().resolve(name);
    } catch (IOException e) {
      return parent.resolve(name);
    }
  }
}
