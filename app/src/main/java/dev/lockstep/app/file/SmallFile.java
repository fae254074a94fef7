package dev.lockstep.app.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reader of text files of at most 1 MiB. */
public final class SmallFile {
  private static final int MOST_BYTES = 1 << 20;

  private SmallFile() {}

  /** Failure to read a file that is larger than 1 MiB or endless. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("larger than 1 MiB");
    }
  }

  /**
   * Returns the text of a file that is in UTF-8 and has at most 1 MiB.
   *
   * @throws java.nio.charset.CharacterCodingException if the file is not in UTF-8
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
