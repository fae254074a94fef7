package dev.lockstep.ingest.raw;

import dev.lockstep.schemas.RawFieldsWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Buffer of the values that one record has at the paths of raw fields. A value that exceeds a limit
 * is cut or left out. {@link #write} gives the kept values to the activity. The limits are 1,024
 * characters a scalar, 64 values a path, and 16 KB of scalars and 16 KB of containers a record. A
 * value from a list of name-value entries counts only for a path that has no other values.
 */
final class FoundFields {
  /**
   * Largest number of characters of a scalar, above which the scalar is cut. Objects and lists are
   * limited by {@link #MOST_BYTES} alone.
   */
  static final int MOST_CHARS = 1_024;

  /**
   * Largest number of values, other than lists, that are kept of one path. As many lists are kept
   * in addition. Further values are left out. The path {@code *} has a limit of its own.
   */
  static final int MOST_VALUES = 64;

  /** Largest number of values that are kept of the path {@code *}, which means every scalar. */
  static final int MOST_OF_ALL = 1_024;

  /**
   * Largest total size in bytes of the scalars that are kept of one record. The same limit applies
   * separately to its objects and lists, and to its values at the path {@code *}.
   */
  static final int MOST_BYTES = 16 * 1_024;

  private static final int NONE = -1;
  private static final char REPLACEMENT = '\uFFFD';

  private final RawFieldsWriter writer;
  private final int paths;
  private final int[] first;
  private final int[] last;
  private final int[] counts;
  private final int[] lists;
  private final boolean[] leftOut;

  private byte[] bytes = new byte[1_024];
  private int length;
  private int scalarBytes;
  private int containerBytes;
  private int allBytes;

  private int[] kinds = new int[64];
  private int[] starts = new int[64];
  private int[] lengths = new int[64];
  private int[] next = new int[64];
  private int values;

  FoundFields(RawFieldsWriter writer) {
    this.writer = writer;
    this.paths = writer.paths().size();
    this.first = new int[2 * paths];
    this.last = new int[2 * paths];
    this.counts = new int[2 * paths];
    this.lists = new int[2 * paths];
    this.leftOut = new boolean[2 * paths];
  }

  void clear() {
    Arrays.fill(first, NONE);
    Arrays.fill(counts, 0);
    Arrays.fill(lists, 0);
    Arrays.fill(leftOut, false);
    length = 0;
    scalarBytes = 0;
    containerBytes = 0;
    allBytes = 0;
    values = 0;
  }

  boolean isFull(PathNode node) {
    for (int path : node.paths()) {
      if (counts[path] < MOST_VALUES) {
        return false;
      }
    }
    return true;
  }

  void leaveOut(PathNode node, boolean ofEntry) {
    for (int path : node.paths()) {
      leftOut[place(path, ofEntry)] = true;
    }
  }

  private int place(int path, boolean ofEntry) {
    return ofEntry ? paths + path : path;
  }

  void add(PathNode node, boolean ofEntry, int kind) {
    add(node, ofEntry, kind, 0, 0);
  }

  void add(PathNode node, boolean ofEntry, int kind, char[] text, int from, int count) {
    boolean isContainer = RawFieldsWriter.isContainer(kind);
    int room = MOST_BYTES - (isContainer ? containerBytes : scalarBytes);
    if (room <= 0 && count > 0) {
      leaveOut(node, ofEntry);
      return;
    }
    int start = length;
    int end = from + (isContainer ? count : Math.min(count, MOST_CHARS));
    if (end < from + count && Character.isHighSurrogate(text[end - 1])) {
      end--; // no half of a pair
    }
    boolean isCut = encode(text, from, end, room) < from + count;
    if (isContainer) {
      containerBytes += length - start;
    } else {
      scalarBytes += length - start;
    }
    add(node, ofEntry, isCut ? kind | RawFieldsWriter.CUT : kind, start, length - start);
  }

  /**
   * Adds a value whose text the caller gives as ASCII bytes. A text that is longer than a value may
   * be, or than the room that is left for the record's values, is cut. Without any room the value
   * is left out.
   */
  void add(PathNode node, int kind, byte[] text, int from, int count) {
    int room = MOST_BYTES - scalarBytes;
    if (room <= 0 && count > 0) {
      leaveOut(node, false);
      return;
    }
    int taken = Math.min(Math.min(count, MOST_CHARS), room);
    ensure(taken);
    int start = length;
    System.arraycopy(text, from, bytes, start, taken);
    length += taken;
    scalarBytes += taken;
    add(node, false, taken < count ? kind | RawFieldsWriter.CUT : kind, start, taken);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  private void add(PathNode node, boolean ofEntry, int kind, int from, int count) {
    boolean isList = (kind & ~RawFieldsWriter.CUT) == RawFieldsWriter.LIST;
    for (int path : node.paths()) {
      int place = place(path, ofEntry);
      int[] counted = isList ? lists : counts;
      if (counted[place] >= MOST_VALUES) {
        leftOut[place] = true;
        continue;
      }
      counted[place]++;
      append(place, kind, from, count);
    }
  }

  private void append(int place, int kind, int from, int count) {
    if (values == kinds.length) {
      grow();
    }
    kinds[values] = kind;
    starts[values] = from;
    lengths[values] = count;
    next[values] = NONE;
    if (first[place] == NONE) {
      first[place] = values;
    } else {
      next[last[place]] = values;
    }
    last[place] = values++;
  }

  private void grow() {
    kinds = Arrays.copyOf(kinds, 2 * values);
    starts = Arrays.copyOf(starts, 2 * values);
    lengths = Arrays.copyOf(lengths, 2 * values);
    next = Arrays.copyOf(next, 2 * values);
  }

  /**
   * Appends as much of a text as fits into a number of bytes in UTF-8.
   *
   * @return index in the text after the last character that was appended
   */
  private int encode(char[] text, int from, int end, int mostBytes) {
    ensure((int) Math.min(3L * (end - from), mostBytes) + 4);
    int limit = length + mostBytes;
    int at = from;
    while (at < end) {
      char c = text[at];
      if (c < 0x80) {
        if (length == limit) {
          return at;
        }
        bytes[length++] = (byte) c;
        at++;
        continue;
      }
      boolean isPair =
          Character.isHighSurrogate(c) && at + 1 < end && Character.isLowSurrogate(text[at + 1]);
      if (length + (c < 0x800 ? 2 : isPair ? 4 : 3) > limit) {
        return at;
      }
      if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | c >> 6);
      } else if (isPair) {
        int point = Character.toCodePoint(c, text[++at]);
        bytes[length++] = (byte) (0xF0 | point >> 18);
        bytes[length++] = (byte) (0x80 | (point >> 12 & 0x3F));
        bytes[length++] = (byte) (0x80 | (point >> 6 & 0x3F));
        c = (char) (point & 0x3F);
      } else {
        c = Character.isSurrogate(c) ? REPLACEMENT : c;
        bytes[length++] = (byte) (0xE0 | c >> 12);
        bytes[length++] = (byte) (0x80 | (c >> 6 & 0x3F));
      }
      bytes[length++] = (byte) (0x80 | (c & 0x3F));
      at++;
    }
    return at;
  }

  void addToAll(PathNode node, int kind, char[] text, int from, int count) {
    int place = node.paths()[0];
    if (allBytes >= MOST_BYTES || counts[place] >= MOST_OF_ALL) {
      leftOut[place] = true;
      return;
    }
    int start = length;
    int end = Math.min(from + count, from + MOST_CHARS);
    if (end < from + count && Character.isHighSurrogate(text[end - 1])) {
      end--;
    }
    boolean isCut = encode(text, from, end, MOST_BYTES - allBytes) < from + count;
    allBytes += length - start;
    counts[place]++;
    append(place, isCut ? kind | RawFieldsWriter.CUT : kind, start, length - start);
  }

  ByteBuffer write() {
    int found = 0;
    for (int path = 0; path < paths; path++) {
      found += isFound(path) || isFound(paths + path) ? 1 : 0;
    }
    writer.begin(found);
    for (int path = 0; path < paths; path++) {
      int place = isFound(path) ? path : paths + path;
      if (isFound(place)) {
        write(path, place);
      }
    }
    return writer.end();
  }

  private boolean isFound(int place) {
    return first[place] != NONE || leftOut[place];
  }

  private void write(int path, int place) {
    int count = 0;
    for (int value = first[place]; value != NONE; value = next[value]) {
      count++;
    }
    writer.field(path, count, leftOut[place]);
    for (int value = first[place]; value != NONE; value = next[value]) {
      int kind = kinds[value] & ~RawFieldsWriter.CUT;
      if (RawFieldsWriter.hasText(kind)) {
        boolean isCut = kind != kinds[value];
        writer.value(kind, bytes, starts[value], lengths[value], isCut);
      } else {
        writer.value(kind);
      }
    }
  }
}
