package dev.lockstep.ingest.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompressor of gzip, member after member. Unlike the JDK's stream it reports a damaged second
 * member, and it does not rely on the input's {@code available()}.
 */
public final class GzipMembers extends InputStream {
  private static final int HAS_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int at;
  private int length;
  private long taken;
  private boolean inMember;
  private boolean done;

  public GzipMembers(InputStream in) {
    this.in = in;
  }

  /** Returns the number of compressed bytes used. */
  long used() {
    return taken - (inMember ? inflater.getRemaining() : length - at);
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
    while (!done) {
      if (!inMember && !openMember()) {
        done = true;
        break;
      }
      int count = inflate(into, from, most);
      if (count > 0) {
        crc.update(into, from, count);
        return count;
      }
      if (inflater.finished()) {
        closeMember();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("gzip with a preset dictionary");
      } else if (!fill()) {
        throw new EOFException("gzip ends within a member");
      } else {
        inflater.setInput(buffer, at, length - at);
        at = length;
      }
    }
    return -1;
  }

  private int inflate(byte[] into, int from, int most) throws ZipException {
    try {
      return inflater.inflate(into, from, most);
    } catch (DataFormatException e) {
      throw new ZipException("gzip data is damaged: " + e.getMessage());
    }
  }

  /** Reads a member's header; returns false at the end, which may be padded with zeros. */
  private boolean openMember() throws IOException {
    int first;
    do {
      if (at == length && !fill()) {
        return false;
      }
      first = next();
    } while (first == 0);
    if (first != 0x1f || next() != 0x8b || next() != 8) {
      throw new ZipException("no gzip member where one should begin");
    }
    int flags = next();
    skip(6);
    if ((flags & HAS_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    if ((flags & HAS_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inflater.setInput(buffer, at, length - at);
    at = length;
    inMember = true;
    return true;
  }

  private void closeMember() throws IOException {
    at = length - inflater.getRemaining();
    long sum = next32();
    long size = next32();
    inMember = false;
    if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException("gzip checksum does not match");
    }
  }

  private long next32() throws IOException {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (long) next() << (8 * i);
    }
    return value;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // until the terminating zero
    }
  }

  private int next() throws IOException {
    if (at == length && !fill()) {
      throw new EOFException("gzip ends within a member");
    }
    return buffer[at++] & 0xff;
  }

  private boolean fill() throws IOException {
    at = 0;
    length = Math.max(0, in.read(buffer, 0, buffer.length));
    taken += length;
    return length > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
