package dev.lockstep.app.file;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Files that a person reads, written whole or not at all; one that is replaced keeps its rights.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes a new file; makes its folder where that is not there. */
  public static void create(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw failed("make the folder of", file, "let this process write there", e);
    }
    replace(file, text);
  }

  public static void replace(Path file, String text) {
    Path temporary = null;
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Path folder = target.getParent();
      if (folder == null) {
        throw new IOException("no folder");
      }
      temporary = Files.createTempFile(folder, ".lockstep-", ".tmp");
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
      throw failed(
          "write",
          file,
          "name a file in a folder that is there, and let this process write both",
          e);
    }
  }

  /** Copies the permissions; a new file is readable by group and others, as one from an editor. */
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
