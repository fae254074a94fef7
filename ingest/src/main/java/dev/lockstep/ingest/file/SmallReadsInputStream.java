package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;

/**
 * Input stream that gives at most 8 KiB a read and counts the bytes, so that a reader with a buffer
 * of its own takes no more than it needs. Closing it leaves its input open.
 */
final class SmallReadsInputStream extends InputStream {
  private static final int READ_BYTES = 1 << 13;

  private final InputStream in;
  private long taken;

  SmallReadsInputStream(InputStream in) {
    this.in = in;
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
    int count = in.read(into, from, Math.min(most, READ_BYTES));
    taken += Math.max(0, count);
    return count;
  }
}
