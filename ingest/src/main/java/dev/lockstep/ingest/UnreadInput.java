package dev.lockstep.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Bytes of which some may be put back to be read again. */
final class UnreadInput extends InputStream {
  private final InputStream in;
  private byte[] again = new byte[0];
  private int at;

  UnreadInput(InputStream in) {
    this.in = in;
  }

  /** Puts bytes in front of what is to be read. */
  void unread(byte[]... parts) {
    byte[] left = Arrays.copyOfRange(again, at, again.length);
    int length = left.length;
    for (byte[] part : parts) {
      length += part.length;
    }
    again = new byte[length];
    at = 0;
    int to = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, again, to, part.length);
      to += part.length;
    }
    System.arraycopy(left, 0, again, to, left.length);
  }

  @Override
  public int read() throws IOException {
    return at < again.length ? again[at++] & 0xff : in.read();
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (at == again.length) {
      return in.read(into, from, most);
    }
    int count = Math.min(most, again.length - at);
    System.arraycopy(again, at, into, from, count);
    at += count;
    return count;
  }
}
