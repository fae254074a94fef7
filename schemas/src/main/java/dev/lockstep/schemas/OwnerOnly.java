package dev.lockstep.schemas;

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
 * Files and folders with personal data, which their owner alone may read: mode 0600 and 0700 from
 * the moment they are there, whatever the umask. Where a file system knows no modes, they are made
 * without.
 */
@NullMarked
public final class OwnerOnly {
  private static final String FILE = "rw-------";
  private static final String FOLDER = "rwx------";
  private static final OpenOption[] FROM_THE_BEGINNING = {
    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING
  };

  private OwnerOnly() {}

  /**
   * Makes a folder and those above it that are missing; one that is there keeps its mode, since it
   * may be shared with others on purpose.
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

  /** Makes a folder that nobody else has business in; one of before gets the mode as well. */
  public static Path ownFolder(Path folder) throws IOException {
    folder(folder);
    restrict(folder, FOLDER);
    return folder;
  }

  /** Opens a file; a regular one that is there gets the mode before anything is written to it. */
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

  /** Opens a file to be written from its beginning, or by these options. */
  public static OutputStream write(Path file, OpenOption... options) throws IOException {
    return Channels.newOutputStream(open(file, options.length > 0 ? options : FROM_THE_BEGINNING));
  }

  /** Writes what a file is to hold. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file: whole or not at all, and whoever may read the one of before may not read this
   * one. A device or a pipe is written to.
   */
  public static void replace(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path folder = target.getParent();
    boolean inPlace = Files.exists(target) && !Files.isRegularFile(target);
    if (inPlace || folder == null || !Files.isWritable(folder)) {
      try (OutputStream out = write(target)) {
        content.writeTo(out);
      }
      return;
    }
    Path draft = Files.createTempFile(folder, ".lockstep-", ".tmp"); // 0600 where there are modes
    try {
      try (OutputStream out = Files.newOutputStream(draft)) {
        content.writeTo(out);
      }
      move(draft, target);
    } finally {
      Files.deleteIfExists(draft);
    }
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
        // Somebody else's, or a file system that shows modes and keeps none: it stays as it is.
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
