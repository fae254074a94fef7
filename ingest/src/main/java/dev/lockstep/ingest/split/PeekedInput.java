package dev.lockstep.ingest.split;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Input stream whose beginning can be examined before it is read. */
public final class PeekedInput extends InputStream {
  private final InputStream in;
  private final byte[] head;
  private int length;
  private int at;

  /**
   * Failure that interrupted reading ahead. It is thrown once, after the bytes before it are read.
   */
  private @Nullable IOException failure;

  /** Creates the stream, and reads up to a number of bytes ahead. */
  public PeekedInput(InputStream in, int bytes) {
    this.in = in;
    this.head = new byte[bytes];
    try {
      while (length < bytes) {
        int count = in.read(head, length, bytes - length);
        if (count < 0) {
          return;
        }
        length += count;
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  public boolean startsWith(int... magic) {
    byte[] wanted = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      wanted[i] = (byte) magic[i];
    }
    return length >= wanted.length
        && Arrays.equals(head, 0, wanted.length, wanted, 0, wanted.length);
  }

  byte[] head() {
    return Arrays.copyOf(head, length);
  }

  public boolean isEmpty() {
    return length == 0 && failure == null;
  }

  @Override
  public int read() throws IOException {
    if (at < length) {
      return head[at++] & 0xff;
    }
    throwFailure();
    return in.read();
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (at < length) {
      int count = Math.min(most, length - at);
      System.arraycopy(head, at, into, from, count);
      at += count;
      return count;
    }
    throwFailure();
    return in.read(into, from, most);
  }

  private void throwFailure() throws IOException {
    IOException once = failure;
    failure = null;
    if (once != null) {
      throw once;
    }
  }
}
