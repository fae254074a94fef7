package dev.lockstep.app.file;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Writer of files for people: a file is written completely or not at all, and a replaced file keeps
 * its permissions. A device or a pipe is written to directly. Files with personal data are written
 * by {@link PersonalFile}.
 */
public final class AtomicFile {
  private static final String PREFIX = ".lockstep-";
  private static final String SUFFIX = ".tmp";
  private static final String WRITE_FIX =
      "name a file in an existing folder in which this process may create files, and check that"
          + " the disk has room";

  private AtomicFile() {}

  /**
   * Writes or replaces a file, and creates its folder if that does not exist. Everybody may read a
   * new folder or file, whatever the mask of the process is, because the service may run as another
   * user.
   */
  public static void create(Path file, String text) {
    try {
      createFolder(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw failed(
          "create the folder of",
          file,
          "name a folder that can be created, and give this process write access",
          e);
    }
    replace(file, text);
  }

  private static Path folderOf(Path target) throws IOException {
    Path folder = target.getParent();
    if (folder == null) {
      throw new IOException("the path " + target + " has no parent folder");
    }
    return folder;
  }

  private static void createFolder(@Nullable Path folder) throws IOException {
    if (folder == null || Files.exists(folder)) {
      return;
    }
    createFolder(folder.getParent());
    Files.createDirectories(folder); // no failure if another process was faster
    PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  public static void replace(Path file, String text) {
    Path temporary = null;
    try {
      if (isDeviceOrPipe(file)) {
        Files.writeString(file, text);
        return;
      }
      Path target = OwnerOnly.target(file);
      temporary = Files.createTempFile(folderOf(target), PREFIX, SUFFIX);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      giveRights(target, temporary);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      remove(temporary);
      throw failed("write", file, WRITE_FIX, e);
    }
  }

  private static boolean isDeviceOrPipe(Path file) throws IOException {
    return Files.exists(file) && Files.readAttributes(file, BasicFileAttributes.class).isOther();
  }

  private static void giveRights(Path from, Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(
          Files.exists(from)
              ? Files.getPosixFilePermissions(from)
              : PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  private static void remove(@Nullable Path temporary) {
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        temporary.toFile().deleteOnExit();
      }
    }
  }

  private static OperatorException failed(String what, Path file, String fix, IOException e) {
    return new OperatorException(
        "could not %s %s (%s); %s"
            .formatted(what, Quoted.of(file), e.getClass().getSimpleName(), fix),
        e);
  }
}
