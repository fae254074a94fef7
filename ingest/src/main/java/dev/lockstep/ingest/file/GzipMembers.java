package dev.lockstep.ingest.file;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Input stream of the decompressed bytes of gzip members, one after another. Zeros between members
 * are skipped. Bytes before a damaged place are given out before the damage is reported.
 */
public final class GzipMembers extends InputStream {
  private final BufferedInputStream in;
  private @Nullable GzipCompressorInputStream member;
  private @Nullable IOException failure;

  public GzipMembers(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (most == 0) {
      return 0;
    }
    while (failure == null) {
      GzipCompressorInputStream open = member == null ? next() : member;
      if (open == null) {
        return -1;
      }
      member = open;
      int count = read(open, into, from, most);
      if (count > 0) {
        return count;
      }
      member = failure == null ? null : open;
    }
    throw failure;
  }

  private int read(GzipCompressorInputStream open, byte[] into, int from, int most) {
    long before = open.getBytesRead();
    try {
      return open.read(into, from, most);
    } catch (IOException e) {
      failure = explained(e);
      return (int) (open.getBytesRead() - before);
    }
  }

  private @Nullable GzipCompressorInputStream next() throws IOException {
    int first;
    do {
      in.mark(1);
      first = in.read();
    } while (first == 0);
    if (first < 0) {
      return null;
    }
    in.reset();
    try {
      return new GzipCompressorInputStream(in);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  private static IOException explained(IOException e) {
    return e instanceof EOFException ? new EOFException("gzip ends within a member") : e;
  }

  @Override
  public void close() throws IOException {
    if (member != null) {
      member.close();
    }
    in.close();
  }
}
