package dev.lockstep.enrichment.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Parser of a YAML file of partners or exceptions into nodes with line numbers. Every scalar is the
 * text as written. The configuration and Sigma files have readers of their own.
 */
public final class YamlFile {

  private static final int LONGEST_FILE = 64 << 20;

  private final String kind;
  private final String file;

  public YamlFile(String kind, String file) {
    this.kind = kind;
    this.file = file;
  }

  /**
   * Returns the root node of the only YAML document in a text, or null if the document is empty.
   */
  public @Nullable Node compose(String text) throws FileProblemException {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(LONGEST_FILE).build();
    try {
      Node root = new Compose(settings).composeString(text).orElse(null);
      return root == null || empty(root) ? null : root;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      long line = mark.map(m -> m.getLine() + 1L).orElse(1L);
      throw at(line, "is not YAML: " + Wording.quote(problem(e)), "fix this line, or one above");
    } catch (StackOverflowError e) {
      throw FileProblemException.of(
          kind, file, "is nested too deep", "close its brackets, or use fewer levels");
    } catch (YamlEngineException e) {
      throw FileProblemException.of(
          kind,
          file,
          "is not YAML: " + Wording.quote(String.valueOf(e.getMessage())),
          "remove its hidden characters, or save it as plain text in UTF-8");
    }
  }

  private static String problem(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    // such as: expected a single document in the stream, but found another document
    return problem.startsWith("but ") ? e.getContext() + ", " + problem : problem;
  }

  /**
   * Returns the values of a mapping by key, and refuses an unknown key and a key that comes twice.
   */
  public Map<String, Node> mapping(Node node, String what, List<String> known)
      throws FileProblemException {
    if (!(node instanceof MappingNode mapping)) {
      throw at(
          node,
          what + " is not a mapping",
          "write keys with values here; possible keys: " + String.join(", ", known));
    }
    Map<String, Node> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!known.contains(key)) {
        throw at(
            keyNode,
            "unknown key " + Wording.quote(key),
            "the nearest known one is " + NearestNames.among(known, key));
      }
      if (values.put(key, tuple.getValueNode()) != null) {
        throw at(keyNode, "has the key " + key + " twice", "keep one of the two");
      }
    }
    return values;
  }

  /** Returns the items of a list; an absent value is an empty list. */
  public List<Node> sequence(Node node, String what) throws FileProblemException {
    if (empty(node)) {
      return List.of();
    }
    if (!(node instanceof SequenceNode sequence)) {
      throw at(node, what + " is not a list", "write its entries as " + what + ": [...]");
    }
    return sequence.getValue();
  }

  /**
   * Returns the text of a scalar without surrounding blanks, or null if nothing is left. It is also
   * null if the scalar is {@code null} or {@code ~} without quotes.
   */
  public @Nullable String text(Node node, String what) throws FileProblemException {
    if (empty(node)) {
      return null;
    }
    if (!(node instanceof ScalarNode scalar)) {
      throw at(node, what + " is not a single value", "write one value after " + what + ":");
    }
    return ValueParsers.text(scalar.getValue());
  }

  /**
   * Returns the text of a key's scalar, or null if the mapping lacks the key or the scalar is
   * empty.
   */
  public @Nullable String text(Map<String, Node> keys, String key) throws FileProblemException {
    Node node = keys.get(key);
    return node == null ? null : text(node, key);
  }

  private static boolean empty(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null"));
  }

  /** Returns the line of a node, from 1. */
  public static long line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1L).orElse(1L);
  }

  public FileProblemException at(Node node, String what, String fix) {
    return at(line(node), what, fix);
  }

  public FileProblemException at(long line, String what, String fix) {
    return FileProblemException.at(kind, file, line, what, fix);
  }
}
