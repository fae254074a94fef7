package dev.lockstep.ingest.file;

import dev.lockstep.ingest.message.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/**
 * How much compressed bytes may become: no more than so many times what was read of them, and no
 * more than a file may have in all. The ratio counts from the first mebibyte on, so that a small
 * file may be as uniform as it likes.
 */
final class Expansion {
  private static final long LEAST_BYTES = 1 << 20;

  /** Little enough that what comes out between two checks is soon there. */
  private static final int GULP_BYTES = 1 << 16;

  private final Limits limits;
  private final LongSupplier stored;

  /**
   * Creates a bound.
   *
   * @param stored tells how many compressed bytes have been used
   */
  Expansion(Limits limits, LongSupplier stored) {
    this.limits = limits;
    this.stored = stored;
  }

  /** Thrown where compressed bytes become more than they may. */
  static final class BombException extends IOException {
    BombException(String message) {
      super(message);
    }
  }

  /** Refuses so many decompressed bytes if they are too many. */
  void check(long plain) throws BombException {
    if (plain > limits.decompressedBytes()) {
      throw new BombException(
          "it expands to more than %d bytes (limits.decompressedBytes)"
              .formatted(limits.decompressedBytes()));
    }
    if (plain <= LEAST_BYTES) {
      return;
    }
    long from = stored.getAsLong();
    if (plain / limits.decompressionRatio() > from) {
      throw new BombException(
          "it expands to more than %d times its size, from %d bytes to %d and on (limits.decompressionRatio)"
              .formatted(limits.decompressionRatio(), from, plain));
    }
  }

  /** Returns the decompressed bytes, up to where they are too many. */
  InputStream bounded(InputStream decompressed) {
    return new Bounded(decompressed);
  }

  private final class Bounded extends FilterInputStream {
    private long plain;

    Bounded(InputStream decompressed) {
      super(decompressed);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      int count = in.read(into, from, Math.min(most, GULP_BYTES));
      plain += Math.max(0, count);
      check(plain);
      return count;
    }

    @Override
    public long skip(long bytes) throws IOException {
      byte[] passedBy = new byte[(int) Math.min(Math.max(bytes, 0), GULP_BYTES)];
      return Math.max(0, read(passedBy, 0, passedBy.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
