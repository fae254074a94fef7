package dev.lockstep.ingest.split;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Window of bytes that moves over a file as its rows are taken. It is more than twice as large as
 * the largest allowed row. Positions count from the window's first byte, and are valid until the
 * window advances.
 */
public final class RowWindow {
  /** Value that {@link #peek} returns for a position after the end of the file or of the window. */
  static final int END = -1;

  private final InputStream in;
  private final byte[] buffer;

  /** True if a carriage return ends a line by itself, and is read as a line feed. */
  private final boolean carriageReturnsEndLines;

  private int at;
  private int end;
  private boolean ended;
  private long line = 1;
  private @Nullable IOException failure;

  RowWindow(InputStream in, int rowBytes, boolean carriageReturnsEndLines) {
    this.in = in;
    this.carriageReturnsEndLines = carriageReturnsEndLines;
    this.buffer = new byte[2 * rowBytes + (1 << 16)];
  }

  /**
   * Returns the byte at a distance from the window's first byte, or {@link #END} if there is none.
   */
  int peek(int ahead) {
    while (at + ahead >= end) {
      if (!fill()) {
        return END;
      }
    }
    return buffer[at + ahead] & 0xff;
  }

  int available(int most) {
    return peek(most - 1) == END ? Math.min(most, end - at) : most;
  }

  byte[] copy(int from, int to) {
    return Arrays.copyOfRange(buffer, at + from, at + to);
  }

  void advance(int bytes) {
    for (int i = 0; i < bytes; i++) {
      if (buffer[at++] == '\n') {
        line++;
      }
    }
  }

  /** Skips a byte order mark, and returns whether there was one. */
  boolean skipMark() {
    boolean isMark = peek(0) == 0xef && peek(1) == 0xbb && peek(2) == 0xbf;
    if (isMark) {
      advance(3);
    }
    return isMark;
  }

  /** Returns the line number of the window's first byte, counted from 1. */
  public long line() {
    return line;
  }

  /** Returns the failure that ended the input early, or null if there was none. */
  public @Nullable IOException failure() {
    return failure;
  }

  private boolean fill() {
    if (ended || end - at == buffer.length) {
      return false;
    }
    if (end == buffer.length) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
    }
    try {
      int count = in.read(buffer, end, buffer.length - end);
      ended = count < 0;
      if (carriageReturnsEndLines) {
        for (int i = end; i < end + count; i++) {
          buffer[i] = buffer[i] == '\r' ? (byte) '\n' : buffer[i];
        }
      }
      end += Math.max(0, count);
    } catch (IOException e) {
      failure = e;
      ended = true;
    }
    return !ended;
  }
}
