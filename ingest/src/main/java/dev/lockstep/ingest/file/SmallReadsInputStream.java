package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;

/**
 * Input stream that gives few bytes at each read, so that a reader with a buffer takes little more
 * than it needs. The stream counts the bytes. Closing it leaves its input open.
 */
final class SmallReadsInputStream extends InputStream {
  private final InputStream in;
  private final int mostBytes;
  private long taken;

  SmallReadsInputStream(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  long taken() {
    return taken;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    taken += b < 0 ? 0 : 1;
    return b;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    int count = in.read(into, from, Math.min(most, mostBytes));
    taken += Math.max(0, count);
    return count;
  }
}
