package dev.lockstep.ingest.raw;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Node of a tree of paths, whose edges are keys in lower case. A key that contains dots is as many
 * edges, so that it does not matter where a path is cut into keys.
 *
 * <p>Not safe for use by several threads, since a node remembers keys as they were written.
 */
final class PathNode {
  private static final int[] NO_PATH = {};
  private static final int MOST_REMEMBERED = 1_024;
  private static final PathNode NONE = new PathNode();

  private final Map<String, PathNode> children = new HashMap<>();
  private final Map<String, PathNode> asWritten = new HashMap<>();
  private int[] paths = NO_PATH;

  /** Adds a path that ends at the node that the keys lead to. */
  void put(String path, int index) {
    PathNode node = this;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      node = node.children.computeIfAbsent(path.substring(from, dot), key -> new PathNode());
      from = dot + 1;
    }
    node = node.children.computeIfAbsent(path.substring(from), key -> new PathNode());
    if (Arrays.stream(node.paths).noneMatch(known -> known == index)) {
      node.paths = Arrays.copyOf(node.paths, node.paths.length + 1);
      node.paths[node.paths.length - 1] = index;
    }
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
