package dev.lockstep.enrichment.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reader of text files that a person wrote, with a message and its fix for one that is missing or
 * not UTF-8.
 */
public final class TextFile {
  private static final int MOST_MEBIBYTES = 64;

  private TextFile() {}

  /**
   * Returns the text of a file.
   *
   * @param kind name of the kind of file, for messages
   * @throws FileProblemException if the file cannot be read, is not UTF-8, or has more than 64 MiB
   */
  public static String read(String kind, Path file) throws FileProblemException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((MOST_MEBIBYTES << 20) + 1);
      if (bytes.length > MOST_MEBIBYTES << 20) {
        throw FileProblemException.of(
            kind,
            file.toString(),
            "has more than %d MiB".formatted(MOST_MEBIBYTES),
            "check that it is the right file, or shorten it");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw FileProblemException.of(kind, file.toString(), "is not UTF-8", "save it as UTF-8");
    } catch (IOException e) {
      throw unreadable(kind, file, e);
    }
  }

  public static FileProblemException unreadable(String kind, Path file, IOException e) {
    if (Files.notExists(file)) {
      return FileProblemException.of(
          kind, file.toString(), "does not exist", "check the path, or leave it out");
    }
    if (Files.isDirectory(file)) {
      return FileProblemException.of(kind, file.toString(), "is a folder", "name the file in it");
    }
    return FileProblemException.of(
        kind,
        file.toString(),
        "cannot be opened (" + e.getClass().getSimpleName() + ")",
        "check that it is a file that this process may read");
  }

  /** Returns a text without the byte order mark that it may begin with. */
  public static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
