package dev.lockstep.app.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files of text that are small if they are what they should be. */
public final class SmallFile {
  private static final int MOST_BYTES = 1 << 20;

  private SmallFile() {}

  /** A file that holds more than 1 MiB, or never ends. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("larger than 1 MiB");
    }
  }

  /**
   * Returns what a file holds.
   *
   * @throws java.nio.charset.CharacterCodingException if it is not in UTF-8
   */
  public static String read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new TooLargeException();
    }
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
