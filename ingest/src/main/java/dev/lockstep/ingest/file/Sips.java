package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;

/**
 * Hands bytes on in small pieces and counts them: a reader with a buffer of its own uses them no
 * sooner than it needs them. Closing it leaves its input open.
 */
final class Sips extends InputStream {
  private static final int SIP_BYTES = 1 << 13;

  private final InputStream in;
  private long taken;

  Sips(InputStream in) {
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
    int count = in.read(into, from, Math.min(most, SIP_BYTES));
    taken += Math.max(0, count);
    return count;
  }
}
