package dev.lockstep.schemas.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/**
 * Writer of files and folders that only their owner can read, for personal data.
 *
 * <p>They are created with mode 0600 or 0700, even if the umask allows more. A file system without
 * modes keeps none. {@code AtomicFile} of app writes files that may be shared, such as a
 * configuration.
 */
@NullMarked
public final class OwnerOnly {
  private static final String FILE = "rw-------";
  private static final String FOLDER = "rwx------";
  private static final int MOST_LINKS = 40;
  private static final OpenOption[] FROM_THE_BEGINNING = {
    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING
  };

  private OwnerOnly() {}

  /**
   * Creates a folder and its parents for the owner alone, where they are missing. An existing
   * folder keeps its mode, because it may be shared on purpose.
   */
  public static Path folder(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.isDirectory(folder)) {
      folder(parent);
    }
    if (!Files.isDirectory(folder)) {
      try {
        Files.createDirectory(folder, attributes(folder, FOLDER));
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(folder)) {
          throw e;
        }
      }
    }
    return folder;
  }

  /**
   * Creates a folder for the owner alone, or restricts an existing folder to its owner by mode
   * 0700. The mode of a folder that belongs to somebody else stays.
   */
  public static Path ownFolder(Path folder) throws IOException {
    folder(folder);
    restrict(folder, FOLDER);
    return folder;
  }

  /**
   * Opens a file, new or existing, and restricts it to its owner by mode 0600. An existing regular
   * file gets mode 0600 before anything is written to it, unless it belongs to somebody else.
   */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    FileChannel channel = FileChannel.open(file, Set.of(options), attributes(file, FILE));
    if (Files.isRegularFile(file)) {
      try {
        restrict(file, FILE);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
    return channel;
  }

  /**
   * Opens a stream that writes to a file, and restricts the file to its owner as {@link #open}
   * does. Without options the file is written from its beginning.
   */
  public static OutputStream write(Path file, OpenOption... options) throws IOException {
    return Channels.newOutputStream(open(file, options.length > 0 ? options : FROM_THE_BEGINNING));
  }

  /** Writer of a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole content of the file to a stream. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file in one step, or writes it in place where it cannot be replaced. The new file is
   * readable by its owner alone, even if the old one was not. If the new content cannot be written,
   * the old file stays as it was, unless it is written in place.
   *
   * <p>A device, a pipe, or a file that a shell passes by its descriptor is written in place. So is
   * a file that cannot be replaced, for example in a folder without permission to write, or if the
   * file is mounted into a container. A failure then leaves the file incomplete. For a symbolic
   * link, the file that the link names is replaced or created.
   */
  public static void replace(Path file, Content content) throws IOException {
    boolean inPlace = Files.exists(file) && (!Files.isRegularFile(file) || isDescriptor(file));
    Path target = inPlace ? file.toAbsolutePath() : target(file);
    Path folder = target.getParent();
    if (inPlace || folder == null || !Files.isWritable(folder)) {
      try (OutputStream out = write(target)) {
        content.writeTo(out);
      }
      return;
    }
    Path draft =
        Files.createTempFile(folder, ".lockstep-", ".tmp"); // mode 0600, if there are modes
    try {
      try (OutputStream out = Files.newOutputStream(draft)) {
        content.writeTo(out);
      }
      move(draft, target);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static boolean isDescriptor(Path file) {
    Path path = file.toAbsolutePath().normalize();
    return path.startsWith("/proc")
        || path.startsWith("/dev/fd")
        || path.startsWith("/dev/stdout")
        || path.startsWith("/dev/stderr");
  }

  /** Returns the file that a path names through symbolic links, whether it exists or not. */
  public static Path target(Path file) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path target = file.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS && Files.isSymbolicLink(target); links++) {
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static void move(Path draft, Path target) throws IOException {
    try {
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) { // such as a file that is a mount point of a container
      try (OutputStream out = write(target)) {
        Files.copy(draft, out);
      }
    }
  }

  private static void restrict(Path path, String mode) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(mode);
    if (!wanted.equals(view.readAttributes().permissions())) {
      try {
        view.setPermissions(wanted);
      } catch (FileSystemException e) {
        // The file belongs to somebody else, or the file system keeps no modes: its mode stays.
      }
    }
  }

  private static FileAttribute<?>[] attributes(Path path, String mode) {
    return !path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        };
  }
}
