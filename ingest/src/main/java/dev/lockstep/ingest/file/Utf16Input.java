package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Input stream that converts UTF-16 text to UTF-8. Windows PowerShell redirects text into files as
 * UTF-16. Invalid characters become the replacement character.
 */
public final class Utf16Input extends InputStream {
  private static final int CHARS = 8192;

  private final Reader text;
  private final char[] chars = new char[CHARS];
  private byte[] bytes = new byte[0];
  private int at;

  /** First half of a surrogate pair whose second half has not been read, or -1. */
  private int half = -1;

  /**
   * Creates a stream that gives UTF-16 text as UTF-8. A byte order mark at the beginning of the
   * text becomes the byte order mark of UTF-8.
   *
   * @param charset UTF-16LE or UTF-16BE
   */
  public Utf16Input(InputStream in, Charset charset) {
    this.text = new InputStreamReader(in, charset);
  }

  @Override
  public int read() throws IOException {
    return fill() ? bytes[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (most == 0) {
      return 0;
    } else if (!fill()) {
      return -1;
    }
    int count = Math.min(most, bytes.length - at);
    System.arraycopy(bytes, at, into, from, count);
    at += count;
    return count;
  }

  private boolean fill() throws IOException {
    while (at == bytes.length) {
      int kept = half < 0 ? 0 : 1;
      if (kept > 0) {
        chars[0] = (char) half;
        half = -1;
      }
      int count = text.read(chars, kept, CHARS - kept);
      if (count < 0 && kept == 0) {
        return false;
      }
      int length = kept + Math.max(0, count);
      if (count > 0 && Character.isHighSurrogate(chars[length - 1])) {
        half = chars[--length];
      }
      bytes = new String(chars, 0, length).getBytes(StandardCharsets.UTF_8);
      at = 0;
    }
    return true;
  }
}
