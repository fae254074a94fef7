package dev.lockstep.ingest.raw;

import dev.lockstep.ingest.json.JsonScan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Node in the tree of the paths of all wanted raw fields. By this tree their values are found in a
 * record. The edges are keys in lower case. A key that contains dots becomes several edges, so that
 * it does not matter where a path is cut into keys.
 *
 * <p>Not safe for use by several threads, since a node remembers keys as they were written.
 */
final class PathNode {
  private static final int[] NO_PATH = {};
  private static final int MOST_KEPT = 1_024;
  private static final PathNode NONE = new PathNode();

  private final Map<String, PathNode> children = new HashMap<>();
  private final Map<String, PathNode> asWritten = new HashMap<>();
  private final Map<ByteBuffer, SeenKey> seenKeys = new HashMap<>();
  private final SeenKey beforeFirst = new SeenKey(new byte[0], null);
  private Edge[][] byLength = {};
  private int[] paths = NO_PATH;

  /**
   * Key as a record writes it, with the key that most recently followed it in an object. A log
   * writes the keys of its objects in the same order, so the same key is expected to follow again.
   */
  static final class SeenKey {
    final @Nullable PathNode child;

    /** Bytes of the key, its quotes and the colon, packed into words of eight bytes. */
    private final long[] words;

    private final int length;
    private @Nullable SeenKey next;

    private SeenKey(byte[] text, @Nullable PathNode child) {
      this.length = text.length;
      this.words = new long[(length + Long.BYTES - 1) / Long.BYTES];
      byte[] padded = Arrays.copyOf(text, words.length * Long.BYTES);
      for (int i = 0; i < words.length; i++) {
        words[i] = (long) JsonScan.WORDS.get(padded, i * Long.BYTES);
      }
      this.child = child;
    }

    int length() {
      return length;
    }

    /**
     * Returns the key that followed this key last time if the bytes have that key at the given
     * position, otherwise null. {@link PathNode#seen} remembers which key followed. A key at the
     * end of the bytes is not recognised.
     */
    @Nullable SeenKey next(byte[] bytes, int at) {
      SeenKey expected = next;
      return expected != null && expected.isAt(bytes, at) ? expected : null;
    }

    private boolean isAt(byte[] bytes, int from) {
      if (bytes.length - from < words.length * Long.BYTES) {
        return false;
      }
      int last = words.length - 1;
      for (int i = 0; i < last; i++) {
        if (words[i] != (long) JsonScan.WORDS.get(bytes, from + i * Long.BYTES)) {
          return false;
        }
      }
      long differing = words[last] ^ (long) JsonScan.WORDS.get(bytes, from + last * Long.BYTES);
      return differing << (Byte.SIZE * (words.length * Long.BYTES - length)) == 0;
    }
  }

  /** Edge of the path tree: a key in lower case, and its child node. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Edge(byte[] key, PathNode child) {
    boolean is(byte[] text, int from) {
      for (int i = 0; i < key.length; i++) {
        int c = text[from + i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != key[i]) {
          return false;
        }
      }
      return true;
    }
  }

  void put(String path, int index) {
    PathNode node = this;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      node = node.child(path.substring(from, dot));
      from = dot + 1;
    }
    node = node.child(path.substring(from));
    if (Arrays.stream(node.paths).noneMatch(known -> known == index)) {
      node.paths = Arrays.copyOf(node.paths, node.paths.length + 1);
      node.paths[node.paths.length - 1] = index;
    }
  }

  private PathNode child(String key) {
    PathNode known = children.get(key);
    if (known != null) {
      return known;
    }
    PathNode added = new PathNode();
    children.put(key, added);
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    int length = text.length;
    if (length >= byLength.length) {
      byLength = Arrays.copyOf(byLength, length + 1);
    }
    Edge[] alike = byLength[length] == null ? new Edge[0] : byLength[length];
    alike = Arrays.copyOf(alike, alike.length + 1);
    alike[alike.length - 1] = new Edge(text, added);
    byLength[length] = alike;
    return added;
  }

  /**
   * Returns the placeholder that stands before the first key of an object. {@link #seen} records
   * which key last followed this placeholder, and which key last followed each key.
   */
  SeenKey beforeFirst() {
    return beforeFirst;
  }

  /**
   * Remembers a key as the one to expect after the key {@code before} in the next object. The bytes
   * of a key include quotes and colon.
   *
   * @return the remembered key
   */
  SeenKey seen(SeenKey before, byte[] bytes, int from, int to, @Nullable PathNode child) {
    ByteBuffer text = ByteBuffer.wrap(bytes, from, to - from);
    SeenKey seen = seenKeys.get(text);
    if (seen == null) {
      if (seenKeys.size() >= MOST_KEPT) {
        seenKeys.clear(); // keys come from outside
      }
      byte[] own = Arrays.copyOfRange(bytes, from, to);
      seen = new SeenKey(own, child);
      seenKeys.put(ByteBuffer.wrap(own), seen);
    }
    before.next = seen;
    return seen;
  }

  /**
   * Returns the node below this node for a key, whatever the key's letter case, or null if there is
   * no such node. There is none if no raw field's path continues with that key.
   *
   * @param text bytes that hold the key in ASCII, without a dot
   */
  @Nullable PathNode atWritten(byte[] text, int from, int to) {
    Edge[] alike = to - from < byLength.length ? byLength[to - from] : null;
    if (alike != null) {
      for (Edge edge : alike) {
        if (edge.is(text, from)) {
          return edge.child;
        }
      }
    }
    return null;
  }

  /**
   * Returns the node below this node for a key, whatever the key's letter case, or null if there is
   * no such node. There is none if no raw field's path continues with that key. A key with dots may
   * lead through several nodes. A parser gives the same String for the same key, so most look-ups
   * compare no characters.
   */
  @Nullable PathNode atWritten(String key) {
    PathNode known = asWritten.get(key);
    if (known == null) {
      known = at(key.toLowerCase(Locale.ROOT));
      known = known == null ? NONE : known;
      if (asWritten.size() >= MOST_KEPT) {
        asWritten.clear(); // keys come from outside
      }
      asWritten.put(key, known);
    }
    return known == NONE ? null : known;
  }

  /**
   * Returns the node below this node for a key in lower case, or null if there is no such node.
   * There is none if no raw field's path continues with that key. A key with dots may lead through
   * several nodes.
   */
  @Nullable PathNode at(String key) {
    PathNode direct = children.get(key);
    return direct != null || children.isEmpty() || key.indexOf('.') < 0 ? direct : across(key);
  }

  private @Nullable PathNode across(String key) {
    PathNode node = this;
    int from = 0;
    for (int dot = key.indexOf('.'); node != null && dot >= 0; dot = key.indexOf('.', from)) {
      node = node.children.get(key.substring(from, dot));
      from = dot + 1;
    }
    return node == null ? null : node.children.get(key.substring(from));
  }

  int[] paths() {
    return paths;
  }

  boolean isEnd() {
    return paths.length > 0;
  }

  boolean hasMore() {
    return !children.isEmpty();
  }
}
