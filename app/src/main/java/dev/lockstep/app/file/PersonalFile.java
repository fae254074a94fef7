package dev.lockstep.app.file;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Output file of a command with personal data, which only its owner may read. It is replaced in one
 * step where that is possible, as {@link OwnerOnly#replace} tells.
 */
public final class PersonalFile {
  private PersonalFile() {}

  /**
   * Checks, before long work, that an output file can be written. The path must not be a folder,
   * and its parent folder has to exist. If the file does not exist, or may not be written, this
   * process has to be able to create files in the folder. To check this, it creates and removes an
   * empty file.
   *
   * @throws OperatorException if the file cannot be written
   */
  public static void check(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    String problem =
        Files.isDirectory(file)
            ? "it is a folder"
            : folder == null || !Files.isDirectory(folder) ? "its folder does not exist" : null;
    if (problem != null) {
      throw new OperatorException(
          "could not write %s: %s; name a file in an existing folder"
              .formatted(Quoted.of(file.toString()), problem));
    }
    try {
      if (!Files.isWritable(file)) {
        Path parent = Objects.requireNonNull(OwnerOnly.target(file).getParent());
        Files.delete(Files.createTempFile(parent, ".lockstep-", ".tmp"));
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Writes or replaces a file.
   *
   * @throws OperatorException if the file cannot be written
   */
  public static void write(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Writes or replaces a file.
   *
   * @throws OperatorException if the file cannot be written
   */
  public static void write(Path file, OwnerOnly.Content content) {
    try {
      OwnerOnly.replace(file, content);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static OperatorException unwritable(Path file, IOException failure) {
    return new OperatorException(
        "could not write %s: %s; write to a file in a folder that exists and can be written, on a disk with room"
            .formatted(Quoted.of(file.toString()), message(failure)),
        failure);
  }

  private static String message(IOException failure) {
    // the message to the operator names the path anyway
    if (failure instanceof FileSystemException file) {
      String reason = file.getReason();
      return file.getClass().getSimpleName() + (reason == null ? "" : " " + Quoted.of(reason));
    }
    return Failures.message(failure);
  }
}
