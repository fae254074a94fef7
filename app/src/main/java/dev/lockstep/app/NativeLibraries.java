package dev.lockstep.app;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native code of the libraries, unpacked below the state folder.
 *
 * <p>The system's temporary folder, where the libraries unpack it on their own, may be mounted
 * {@code noexec}; the threads of Kafka Streams would then fail one after another.
 */
final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  /** Time in which another process has certainly loaded what it unpacked. */
  private static final Duration LOADING = Duration.ofMinutes(10);

  private static final List<String> COMPRESSION_FOLDERS =
      List.of("ZstdTempFolder", "org.xerial.snappy.tempdir");

  private NativeLibraries() {}

  /**
   * Loads RocksDB, and has the compressions of Kafka's records unpack theirs in the same folder
   * once they are needed. Files that a killed process left there are removed.
   *
   * @param stateDir the configured folder, which is made if it is not there
   * @throws OperatorException if RocksDB cannot be loaded from it
   */
  static void load(Path stateDir) {
    try {
      Path folder = Files.createDirectories(stateDir.resolve("native"));
      removeLeftovers(folder);
      for (String property : COMPRESSION_FOLDERS) {
        if (System.getProperty(property) == null) {
          System.setProperty(property, folder.toAbsolutePath().toString());
        }
      }
      Path unpacked = Files.createTempDirectory(folder, "rocksdb");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
        RocksDB.loadLibrary();
      } finally {
        remove(unpacked); // what is loaded stays usable
      }
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      throw new OperatorException(
          "could not load RocksDB's native library: kafka.stateDir %s (%s); name a folder that can be written to, on a file system that is not mounted noexec"
              .formatted(Quoted.of(stateDir.toString()), reason(e)),
          e);
    }
  }

  /** Returns the end of a message, which begins with the path of the file. */
  private static String reason(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure.getClass().getSimpleName()
        + " "
        + Quoted.of(message.substring(message.lastIndexOf(": ") + 1).strip());
  }

  private static void removeLeftovers(Path folder) throws IOException {
    long before = System.currentTimeMillis() - LOADING.toMillis();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path each : found) {
        File file = each.toFile();
        if (file.lastModified() < before) {
          remove(each);
        }
      }
    }
  }

  private static void remove(Path path) {
    try (Stream<Path> walked = Files.walk(path)) {
      for (Path each : walked.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      LOG.debug("{} is not removed", path, e);
    }
  }
}
