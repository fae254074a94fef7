package dev.lockstep.ingest.raw;

import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.schemas.RawFieldsWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Scanner of one record's bytes, which finds the values of the fields that loaded rules name, and
 * adds them to {@link FoundFields}. The bytes are JSON that a parser has accepted. The scanner
 * reads keys and plain values by itself. A parser reads keys and values with escapes or letters
 * beyond ASCII, and objects and lists that are the value of a field.
 */
final class RecordScan {
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int DISPLAY_NAME = 4;
  private static final int NEW_VALUE = 8;
  private static final int LONGEST_KEY = 64;
  private static final long DOTS = '.' * JsonScan.ONES;

  private final byte[] bytes;
  private final int end;
  private final FoundFields fields;
  private final RawFieldFinder finder;

  /**
   * True if the text that was read most recently is known to have neither escapes nor letters
   * beyond ASCII.
   */
  private boolean isPlain;

  /**
   * True if the text that was read most recently has a dot. The value is valid only while {@link
   * #isPlain} is true.
   */
  private boolean hasDot;

  RecordScan(byte[] bytes, int end, FoundFields fields, RawFieldFinder finder) {
    this.bytes = bytes;
    this.end = end;
    this.fields = fields;
    this.finder = finder;
  }

  void record(int start, PathNode root) throws IOException {
    object(next(start), root);
  }

  private int object(int start, PathNode node) throws IOException {
    PathNode.SeenKey key = node.beforeFirst();
    int at = next(start + 1);
    while (bytes[at] != '}') {
      if (bytes[at] == ',') {
        at = next(at + 1);
      }
      PathNode.SeenKey expected = key.next(bytes, at);
      if (expected != null) {
        key = expected;
        at = next(at + key.length());
        at = next(member(at, key.child, node));
        continue;
      }
      int keyEnd = text(at);
      PathNode child = child(node, at, keyEnd);
      if (keyEnd - at <= LONGEST_KEY && bytes[keyEnd] == ':') {
        key = node.seen(key, bytes, at, keyEnd + 1, child);
      }
      at = next(member(afterColon(keyEnd), child, node));
    }
    return at + 1;
  }

  /**
   * Returns the node below {@code node} for a key of the record, or null if no raw field's path
   * continues with that key. The key is the text that was read most recently. It may also be the
   * name that a list's entry has under {@code key} or {@code displayName}.
   */
  private @Nullable PathNode child(PathNode node, int start, int keyEnd) throws IOException {
    if (!isPlain) {
      return node.atWritten(finder.key(bytes, start, keyEnd));
    }
    if (hasDot) {
      return node.atWritten(
          new String(bytes, start + 1, keyEnd - start - 2, StandardCharsets.US_ASCII));
    }
    return node.atWritten(bytes, start + 1, keyEnd - 1);
  }

  private int member(int start, @Nullable PathNode node, PathNode parent) throws IOException {
    return switch (bytes[start]) {
      case '"' -> textMember(start, node, parent);
      case '{' -> {
        if (node != null && !node.isEnd()) {
          yield object(start, node);
        }
        yield structure(start, node, parent);
      }
      case '[' -> node == null ? list(start, parent) : structure(start, node, parent);
      default -> literal(start, node);
    };
  }

  private int textMember(int start, @Nullable PathNode node, PathNode parent) throws IOException {
    int after = text(start);
    if (node != null) {
      if (isPlain && !(node.hasMore() && beginsStructure(start + 1, after - 1))) {
        if (node.isEnd()) {
          fields.add(node, RawFieldsWriter.TEXT, bytes, start + 1, after - start - 2);
        }
      } else {
        finder.value(bytes, start, after, node, parent);
      }
    }
    return after;
  }

  private boolean beginsStructure(int start, int stop) {
    int at = start;
    while (at < stop && bytes[at] <= ' ') {
      at++;
    }
    return at < stop && (bytes[at] == '{' || bytes[at] == '[');
  }

  private int structure(int start, @Nullable PathNode node, PathNode parent) throws IOException {
    int after = found(JsonScan.afterClosing(bytes, start, end, 0));
    if (node != null) {
      finder.value(bytes, start, after, node, parent);
    }
    return after;
  }

  private int literal(int start, @Nullable PathNode node) throws IOException {
    int after = start + 1;
    while (after < end && !isEndOfLiteral(bytes[after])) {
      after++;
    }
    if (node != null && node.isEnd()) {
      switch (bytes[start]) {
        case 'n' -> fields.add(node, false, RawFieldsWriter.NULL);
        case 't' -> fields.add(node, false, RawFieldsWriter.TRUE);
        case 'f' -> fields.add(node, false, RawFieldsWriter.FALSE);
        default -> fields.add(node, RawFieldsWriter.NUMBER, bytes, start, after - start);
      }
    }
    return after;
  }

  private static boolean isEndOfLiteral(byte b) {
    return b == ',' || b == '}' || b == ']' || JsonScan.isBlank(b);
  }

  private int list(int start, PathNode parent) throws IOException {
    int at = next(start + 1);
    while (bytes[at] != ']') {
      if (bytes[at] == ',') {
        at = next(at + 1);
      }
      at =
          next(
              switch (bytes[at]) {
                case '"' -> text(at);
                case '{' -> element(at, parent);
                case '[' -> list(at, parent);
                default -> literal(at, null);
              });
    }
    return at + 1;
  }

  private int element(int start, PathNode parent) throws IOException {
    int keys = 0;
    boolean isNamed = false;
    int at = next(start + 1);
    while (bytes[at] != '}') {
      if (bytes[at] == ',') {
        at = next(at + 1);
      }
      int keyEnd = text(at);
      int key = isPlain ? entryKey(at + 1, keyEnd - 1) : KEY | VALUE;
      keys |= key;
      at = afterColon(keyEnd);
      int after = skip(at);
      if ((key & (KEY | DISPLAY_NAME)) != 0 && bytes[at] == '"') {
        PathNode named = child(parent, at, after);
        isNamed |= named != null && named.isEnd();
      }
      at = next(after);
    }
    if (isNamed
        && ((keys & (KEY | VALUE)) == (KEY | VALUE)
            || (keys & (DISPLAY_NAME | NEW_VALUE)) == (DISPLAY_NAME | NEW_VALUE))) {
      finder.entry(bytes, start, at + 1, parent);
    }
    return at + 1;
  }

  private int entryKey(int start, int stop) {
    return switch (stop - start) {
      case 3 -> is("key", start) ? KEY : 0;
      case 5 -> is("value", start) ? VALUE : 0;
      case 8 -> is("newvalue", start) ? NEW_VALUE : 0;
      case 11 -> is("displayname", start) ? DISPLAY_NAME : 0;
      default -> 0;
    };
  }

  private boolean is(String word, int start) {
    for (int i = 0; i < word.length(); i++) {
      if ((bytes[start + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int skip(int start) throws IOException {
    return switch (bytes[start]) {
      case '"' -> text(start);
      case '{', '[' -> found(JsonScan.afterClosing(bytes, start, end, 0));
      default -> literal(start, null);
    };
  }

  private int afterColon(int keyEnd) throws IOException {
    return next(next(keyEnd) + 1);
  }

  private int next(int start) throws IOException {
    return start < end && bytes[start] > ' ' ? start : afterBlanks(start);
  }

  private int afterBlanks(int start) throws IOException {
    int at = start;
    while (at < end && JsonScan.isBlank(bytes[at])) {
      at++;
    }
    if (at >= end) {
      throw new EOFException();
    }
    return at;
  }

  /**
   * Returns the position after the closing quote of the JSON string that begins at the position
   * {@code start}. Sets {@link #isPlain} and {@link #hasDot}.
   */
  private int text(int start) throws IOException {
    long seen = 0;
    long dots = 0;
    int at = start + 1;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      long word = (long) JsonScan.WORDS.get(bytes, at);
      long breaks = JsonScan.textBreaks(word);
      if (breaks != 0) {
        long before = (breaks & -breaks) - 1;
        isPlain = ((seen | (word & before)) & JsonScan.HIGHS) == 0;
        hasDot = (dots | (JsonScan.zeros(word ^ DOTS) & before)) != 0;
        return textEnd(at + Long.numberOfTrailingZeros(breaks) / Byte.SIZE);
      }
      seen |= word;
      dots |= JsonScan.zeros(word ^ DOTS);
    }
    isPlain = false; // the message's last bytes
    return textEnd(at);
  }

  private int textEnd(int at) throws IOException {
    if (at < end && bytes[at] == '"') {
      return at + 1;
    }
    isPlain = false;
    return found(JsonScan.textEnd(bytes, at - 1, end));
  }

  private static int found(int after) throws IOException {
    if (after < 0) {
      throw new EOFException();
    }
    return after;
  }
}
