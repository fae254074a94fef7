package dev.lockstep.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Input stream that counts the bytes read from a file, and remembers a failed read so that {@link
 * #throwFailure} can throw it again. Damage of the content, such as broken gzip, is no failed read.
 */
final class CountedInput extends InputStream {
  private final InputStream in;
  private final LongConsumer more;
  private @Nullable IOException failure;

  CountedInput(InputStream in, LongConsumer more) {
    this.in = in;
    this.more = more;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    try {
      int count = in.read(into, from, most);
      if (count > 0) {
        more.accept(count);
      }
      return count;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  boolean hasFailed() {
    return failure != null;
  }

  void throwFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
