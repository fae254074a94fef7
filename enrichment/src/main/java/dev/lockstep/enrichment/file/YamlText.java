package dev.lockstep.enrichment.file;

import dev.lockstep.schemas.Quoted;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Text of a YAML file into which a method inserts one entry and keeps every other character. Each
 * method returns the whole new text.
 *
 * <p>The ends of nodes come from the parser's marks. Unusual input, such as an alias, may put the
 * entry in a wrong place, so the caller has to parse the result again.
 */
public final class YamlText {

  private final String text;
  private final String lineEnd;

  public YamlText(String text) {
    this.text = text;
    this.lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
  }

  /** Adds an entry at the end of a list: as one text to a list in brackets, otherwise as lines. */
  public String append(SequenceNode list, String inBrackets, List<String> lines) {
    if (list.getFlowStyle() == FlowStyle.FLOW) {
      return list.getValue().isEmpty()
          ? insert(offset(list.getStartMark().orElseThrow()) + 1, inBrackets)
          : insert(end(list.getValue().get(list.getValue().size() - 1)), ", " + inBrackets);
    }
    return insertLine(endOf(list), entry(column(list), lines));
  }

  /** Adds the first entry, as lines, under a key that has no value. */
  public String below(Node key, List<String> lines) {
    return insertLine(end(key), entry(column(key) + 2, lines));
  }

  private String entry(int indent, List<String> lines) {
    StringBuilder entry = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      entry.append(" ".repeat(indent)).append(i == 0 ? "- " : "  ");
      entry.append(lines.get(i)).append(lineEnd);
    }
    return entry.toString();
  }

  /** Adds a value after a key that has none. */
  public String behind(Node key, String value) {
    return insert(text.indexOf(':', end(key)) + 1, " " + value);
  }

  /** Adds a key to a mapping: on a line after another key, or at the end of a mapping in braces. */
  public String addKey(MappingNode mapping, Node otherKey, Node otherValue, String keyAndValue) {
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      return insert(endOf(mapping), ", " + keyAndValue);
    }
    return insertLine(end(otherValue), " ".repeat(column(otherKey)) + keyAndValue + lineEnd);
  }

  /** Adds lines at the end of the text. */
  public String atEnd(List<String> lines) {
    return insertLine(text.length(), String.join(lineEnd, lines) + lineEnd);
  }

  private String insert(int at, String what) {
    return text.substring(0, at) + what + text.substring(at);
  }

  /** Inserts whole lines before the line that follows an offset. */
  private String insertLine(int after, String lines) {
    if (after == 0 || text.charAt(after - 1) == '\n') {
      return insert(after, lines);
    }
    int newline = text.indexOf('\n', after);
    return newline < 0 ? text + lineEnd + lines : insert(newline + 1, lines);
  }

  /** Returns the end offset of a node's own text; a block ends with its last child. */
  private int end(Node node) {
    if (node instanceof SequenceNode list && list.getFlowStyle() != FlowStyle.FLOW) {
      return endOf(list);
    }
    if (node instanceof MappingNode mapping && mapping.getFlowStyle() != FlowStyle.FLOW) {
      return endOf(mapping);
    }
    return offset(node.getEndMark().orElseThrow());
  }

  private int endOf(SequenceNode list) {
    List<Node> items = list.getValue();
    return items.isEmpty()
        ? offset(list.getEndMark().orElseThrow())
        : end(items.get(items.size() - 1));
  }

  private int endOf(MappingNode mapping) {
    int last = mapping.getValue().size() - 1;
    return last < 0
        ? offset(mapping.getEndMark().orElseThrow())
        : end(mapping.getValue().get(last).getValueNode());
  }

  private static int column(Node node) {
    return node.getStartMark().map(Mark::getColumn).orElse(0);
  }

  /** Returns the offset in characters of a mark, which counts code points. */
  private int offset(Mark mark) {
    int lineStart = 0;
    for (int line = 0; line < mark.getLine(); line++) {
      lineStart = nextLine(lineStart);
    }
    return text.offsetByCodePoints(lineStart, mark.getColumn());
  }

  private int nextLine(int from) {
    int at = from;
    while (text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    boolean two = text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
    return at + (two ? 2 : 1);
  }

  /** Returns a value as YAML text, in quotes unless it consists of plain words. */
  public static String scalar(String value) {
    boolean plain =
        !value.isEmpty()
            && Character.isLetterOrDigit(value.charAt(0))
            && value.charAt(value.length() - 1) != ' '
            && !value.equals("null");
    for (int i = 0; i < value.length() && plain; i++) {
      char c = value.charAt(i);
      plain = Character.isLetterOrDigit(c) || " ._/@+-()".indexOf(c) >= 0;
    }
    if (plain) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
              } else if (Quoted.isHidden(point)) {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", point));
              } else {
                quoted.appendCodePoint(point);
              }
            });
    return quoted.append('"').toString();
  }

  /** Returns whether a key has no value. */
  public static boolean isNothing(@Nullable Node value) {
    return value instanceof ScalarNode scalar && scalar.isPlain() && scalar.getValue().isEmpty();
  }
}
