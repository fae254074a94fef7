package dev.lockstep.app.file;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporary folder that is removed when it is closed, or by a shutdown hook when the process ends,
 * for example by Ctrl-C. A killed process leaves the folder behind.
 */
public final class TemporaryFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);

  private final Path folder;
  private final Thread atExit;

  private TemporaryFolder(Path folder) {
    this.folder = folder;
    this.atExit = new Thread(() -> remove(folder), "scratch-remove");
  }

  /**
   * Creates a temporary folder that is removed when it is closed or the process ends.
   *
   * @throws OperatorException if the folder cannot be created
   */
  public static TemporaryFolder make(String name) {
    TemporaryFolder made =
        new TemporaryFolder(
            Path.of(System.getProperty("java.io.tmpdir"), name + UUID.randomUUID()));
    Runtime.getRuntime()
        .addShutdownHook(made.atExit); // registered before there is anything to remove
    try {
      OwnerOnly.folder(made.folder);
      return made;
    } catch (IOException e) {
      made.close();
      throw refused(e);
    }
  }

  /** Creates a temporary folder that this process does not remove. */
  public static Path newFolder(String name) {
    try {
      return Files.createTempDirectory(name);
    } catch (IOException e) {
      throw refused(e);
    }
  }

  private static OperatorException refused(IOException e) {
    return new OperatorException(
        "could not create a temporary folder in %s (%s); free disk space there, or set another folder with LOCKSTEP_JAVA_OPTS=-Djava.io.tmpdir=FOLDER"
            .formatted(
                Quoted.of(System.getProperty("java.io.tmpdir")), e.getClass().getSimpleName()),
        e);
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    remove(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug(
          "could not remove the shutdown hook of the temporary folder {}, because the process is"
              + " ending; the hook removes what is left of the folder",
          folder,
          e);
    }
  }

  private static void remove(Path folder) {
    List<Path> found;
    try (Stream<Path> walked = Files.walk(folder)) {
      found = walked.sorted(Comparator.reverseOrder()).toList();
      for (Path path : found) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) { // a file went while the folder was walked
      LOG.debug("could not remove the temporary folder {}", folder, e);
    }
  }
}
