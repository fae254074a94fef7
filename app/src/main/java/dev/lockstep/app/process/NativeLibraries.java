package dev.lockstep.app.process;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loader of native libraries, such as RocksDB's, from a folder of this instance instead of the
 * system's temporary folder. The temporary folder may forbid execution, and would keep the files of
 * a killed process.
 */
public final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  private static final List<String> COMPRESSION_FOLDERS =
      List.of("ZstdTempFolder", "org.xerial.snappy.tempdir");

  private NativeLibraries() {}

  /**
   * Loads RocksDB's native library from a folder, and sets this folder for the libraries of
   * Zstandard and Snappy. These two are loaded when Kafka needs them. A system property that names
   * another folder for one of these two stays in force. The folder is emptied first, because it may
   * have files of an earlier process, and again after the load. A further call in the process does
   * not load RocksDB's library again.
   *
   * @param folder folder that only this instance uses, created if absent
   * @throws OperatorException if the library does not load from there, for example on a file system
   *     that is mounted {@code noexec}
   */
  public static void loadFrom(Path folder) {
    try {
      OwnerOnly.ownFolder(folder);
      empty(folder);
      for (String property : COMPRESSION_FOLDERS) {
        if (System.getProperty(property) == null) {
          System.setProperty(property, folder.toAbsolutePath().toString());
        }
      }
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
        RocksDB.loadLibrary();
      } finally {
        empty(folder); // a loaded library works without its file
      }
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      throw new OperatorException(
          "could not load RocksDB's native library: it does not load from the folder %s in kafka.stateDir (%s); set kafka.stateDir to a folder that can be written to, on a file system that is not mounted noexec"
              .formatted(Quoted.of(folder), reason(e)),
          e);
    }
  }

  private static String reason(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure.getClass().getSimpleName()
        + " "
        + Quoted.of(message.substring(message.lastIndexOf(": ") + 1).strip());
  }

  private static void empty(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) { // some systems lock loaded files; the next start removes them
        LOG.debug("could not remove the native library {}; the next start removes it", file, e);
      }
    }
  }
}
