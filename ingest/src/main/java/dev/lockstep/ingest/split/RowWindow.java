package dev.lockstep.ingest.split;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file that moves on as rows are taken from it: more than two of the largest rows.
 * Positions count from {@link #at} and are good until it is advanced.
 */
public final class RowWindow {
  /** What {@link #peek} returns behind the end of the file. */
  static final int END = -1;

  private final InputStream in;
  private final byte[] buffer;
  private int at;
  private int end;
  private boolean ended;
  private long line = 1;
  private @Nullable IOException failure;

  RowWindow(InputStream in, int rowBytes) {
    this.in = in;
    this.buffer = new byte[2 * rowBytes + (1 << 16)];
  }

  /** Returns the byte so far ahead, or {@link #END}; also where the window is too small for it. */
  int peek(int ahead) {
    while (at + ahead >= end) {
      if (!fill()) {
        return END;
      }
    }
    return buffer[at + ahead] & 0xff;
  }

  /** Returns how many bytes there are, at most so many. */
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

  /** Passes a byte order mark by. */
  void skipMark() {
    if (peek(0) == 0xef && peek(1) == 0xbb && peek(2) == 0xbf) {
      advance(3);
    }
  }

  /** Returns the line of the byte at 0, from 1. */
  public long line() {
    return line;
  }

  /** Returns why the input ended before its end, or null. */
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
      end += Math.max(0, count);
    } catch (IOException e) {
      failure = e;
      ended = true;
    }
    return !ended;
  }
}
