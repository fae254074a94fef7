package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;

/** Input stream whose bytes can be pushed back to be read again. */
final class UnreadInput extends InputStream {
  private final InputStream in;
  private byte[] again = new byte[0];
  private int at;

  UnreadInput(InputStream in) {
    this.in = in;
  }

  void unread(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    if (length > at) {
      // There is too little room in front, so the remaining bytes move.
      byte[] longer = new byte[length + again.length - at];
      System.arraycopy(again, at, longer, length, again.length - at);
      again = longer;
      at = length;
    }
    at -= length;
    int to = at;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, again, to, part.length);
      to += part.length;
    }
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
