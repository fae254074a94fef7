package dev.lockstep.app;

import dev.lockstep.schemas.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native libraries that jars unpack before they load them: into a folder of this instance, not into
 * the system's temporary folder, which may forbid execution and is never tidied after a kill.
 */
final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  private NativeLibraries() {}

  /**
   * Loads RocksDB's library, once a process, and names the folder to those that load later. What is
   * in the folder is removed: first a dead predecessor's files, then the one that is loaded.
   *
   * @param folder of this instance alone; made if it is not there
   * @throws UnsatisfiedLinkError if the library does not run here, such as in a folder on a file
   *     system that is mounted without the right to execute
   */
  static void loadFrom(Path folder) throws IOException {
    OwnerOnly.ownFolder(folder);
    empty(folder);
    System.setProperty("ZstdTempFolder", folder.toString());
    System.setProperty("org.xerial.snappy.tempdir", folder.toString());
    try {
      NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
    } finally {
      empty(folder); // a loaded library needs no name
    }
  }

  private static void empty(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) { // some systems keep what is loaded; the next start removes it
        LOG.debug("{} is not removed", file, e);
      }
    }
  }
}
