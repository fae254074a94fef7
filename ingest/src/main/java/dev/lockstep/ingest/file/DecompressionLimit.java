package dev.lockstep.ingest.file;

import dev.lockstep.ingest.message.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/**
 * Limit on the decompressed size of a file or of an Avro block. The size is at most a multiple of
 * the compressed bytes that were read, and at most a fixed number of bytes. The multiple applies
 * only above one mebibyte, because a small file may be uniform and compress far more.
 */
final class DecompressionLimit {
  private static final long LEAST_BYTES = 1 << 20;

  /** Largest number of decompressed bytes between two checks of the limit. */
  private static final int GULP_BYTES = 1 << 16;

  private final Limits limits;
  private final LongSupplier stored;

  /**
   * Creates a limit from the configured number of bytes and the configured ratio.
   *
   * @param stored supplier of the number of compressed bytes read so far
   */
  DecompressionLimit(Limits limits, LongSupplier stored) {
    this.limits = limits;
    this.stored = stored;
  }

  /** Exception for bytes that expand beyond a limit, or that are compressed in too many layers. */
  static final class BombException extends IOException {
    BombException(String message) {
      super(message);
    }
  }

  void check(long plain) throws BombException {
    if (plain > limits.decompressedBytes()) {
      throw new BombException(
          "the data expand to more than %d bytes when decompressed; raise limits.decompressedBytes if the file is trusted"
              .formatted(limits.decompressedBytes()));
    }
    if (plain <= LEAST_BYTES) {
      return;
    }
    long from = stored.getAsLong();
    if (plain / limits.decompressionRatio() > from) {
      throw new BombException(
          "%d compressed bytes expand to at least %d, more than %d times as many; raise limits.decompressionRatio if the file is trusted"
              .formatted(from, plain, limits.decompressionRatio()));
    }
  }

  InputStream bounded(InputStream decompressed) {
    return new Bounded(decompressed);
  }

  /** Input stream of decompressed bytes that checks the limit with each read. */
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
      byte[] skipped = new byte[(int) Math.min(Math.max(bytes, 0), GULP_BYTES)];
      return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
