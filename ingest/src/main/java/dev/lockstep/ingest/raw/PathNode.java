package dev.lockstep.ingest.raw;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Node of a tree of paths, whose edges are keys in lower case. A key that contains dots becomes
 * several edges, so that it does not matter where a path is cut into keys.
 *
 * <p>Not safe for use by several threads, since a node remembers keys as they were written.
 */
final class PathNode {
  private static final int[] NO_PATH = {};
  private static final int MOST_REMEMBERED = 1_024;
  private static final PathNode NONE = new PathNode();

  private final Map<String, PathNode> children = new HashMap<>();
  private final Map<String, PathNode> asWritten = new HashMap<>();
  private Edge[][] byLength = {};
  private int[] paths = NO_PATH;

  /** Edge to a child whose key is ASCII. */
  private record Edge(String key, PathNode child) {
    boolean is(byte[] text, int from) {
      for (int i = 0; i < key.length(); i++) {
        int c = text[from + i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != key.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Adds a path that ends at the node that the keys lead to. */
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
    int length = key.length();
    if (length >= byLength.length) {
      byLength = Arrays.copyOf(byLength, length + 1);
    }
    Edge[] alike = byLength[length] == null ? new Edge[0] : byLength[length];
    alike = Arrays.copyOf(alike, alike.length + 1);
    alike[alike.length - 1] = new Edge(key, added);
    byLength[length] = alike;
    return added;
  }

  /**
   * Returns the node below a key as written, or null.
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
   * Returns the node below a key as written, or null. A parser gives the same String for the same
   * key, so that most look-ups compare nothing.
   */
  @Nullable PathNode atWritten(String key) {
    PathNode known = asWritten.get(key);
    if (known == null) {
      known = at(key.toLowerCase(Locale.ROOT));
      known = known == null ? NONE : known;
      if (asWritten.size() >= MOST_REMEMBERED) {
        asWritten.clear(); // keys come from outside
      }
      asWritten.put(key, known);
    }
    return known == NONE ? null : known;
  }

  /** Returns the node below a key in lower case, or null. */
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

  /** Returns the indexes of the paths that end here. */
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
