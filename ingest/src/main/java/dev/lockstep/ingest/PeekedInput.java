package dev.lockstep.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Bytes whose beginning can be looked at before they are read. */
final class PeekedInput extends InputStream {
  private final InputStream in;
  private final byte[] head;
  private final int length;
  private int at;

  /** Reads up to so many bytes ahead. */
  PeekedInput(InputStream in, int bytes) throws IOException {
    this.in = in;
    this.head = new byte[bytes];
    this.length = in.readNBytes(head, 0, bytes);
  }

  boolean startsWith(int... magic) {
    byte[] wanted = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      wanted[i] = (byte) magic[i];
    }
    return length >= wanted.length
        && Arrays.equals(head, 0, wanted.length, wanted, 0, wanted.length);
  }

  boolean isEmpty() {
    return length == 0;
  }

  @Override
  public int read() throws IOException {
    return at < length ? head[at++] & 0xff : in.read();
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (at < length) {
      int count = Math.min(most, length - at);
      System.arraycopy(head, at, into, from, count);
      at += count;
      return count;
    }
    return in.read(into, from, most);
  }
}
