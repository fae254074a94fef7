package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.YamlFile;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.enrichment.partner.Partners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Editor that adds an entry to the text of an exceptions file and changes nothing else. */
final class ExceptionsEdit {

  private static final List<String> NEW_FILE =
      List.of(
          "# Findings that are expected, each until its day. See docs/exceptions.md.",
          "exceptions:");

  private ExceptionsEdit() {}

  static String add(
      String file, String text, ExceptionEntry entry, Collection<String> rules, Partners partners)
      throws FileProblem {
    YamlFile yaml = new YamlFile(ExceptionsFile.KIND, file);
    boolean marked = !TextFile.withoutMark(text).equals(text);
    String bare = TextFile.withoutMark(text);
    Exceptions before = ExceptionsFile.parse(file, bare, rules, partners);
    String edited;
    try {
      edited = edited(yaml.compose(bare), bare, entry);
    } catch (IndexOutOfBoundsException e) { // marks that do not fit the text
      throw byHand(file, entry);
    }
    List<ExceptionEntry> expected = new ArrayList<>(before.all());
    expected.add(entry);
    List<ExceptionEntry> read;
    try {
      read = ExceptionsFile.parse(file, edited, rules, partners).all();
    } catch (FileProblem e) {
      if (before.all().stream().anyMatch(one -> clash(one, entry))) {
        throw e;
      }
      throw byHand(file, entry);
    }
    if (!read.equals(expected)) {
      throw byHand(file, entry);
    }
    return (marked ? "\uFEFF" : "") + edited;
  }

  private static boolean clash(ExceptionEntry one, ExceptionEntry other) {
    return one.id().equals(other.id()) || one.subject().equals(other.subject());
  }

  private static String edited(@Nullable Node root, String text, ExceptionEntry entry) {
    YamlText yaml = new YamlText(text);
    List<String> lines = lines(entry);
    if (!(root instanceof MappingNode mapping)) {
      List<String> all = new ArrayList<>(text.isBlank() ? NEW_FILE : NEW_FILE.subList(1, 2));
      for (int i = 0; i < lines.size(); i++) {
        all.add((i == 0 ? "  - " : "    ") + lines.get(i));
      }
      return yaml.atEnd(all);
    }
    NodeTuple list = mapping.getValue().get(0); // the file has this one key
    if (list.getValueNode() instanceof SequenceNode sequence) {
      return yaml.append(sequence, "{" + String.join(", ", lines) + "}", lines);
    }
    return YamlText.isNothing(list.getValueNode()) ? yaml.below(list.getKeyNode(), lines) : text;
  }

  /** Returns an entry as the lines of a YAML mapping. */
  static List<String> lines(ExceptionEntry entry) {
    List<String> lines = new ArrayList<>();
    lines.add("id: " + YamlText.scalar(entry.id()));
    lines.add("rule: " + YamlText.scalar(entry.rule()));
    if (entry.principal() != null) {
      lines.add("principal: " + YamlText.scalar(entry.principal()));
    }
    if (entry.partner() != null) {
      lines.add("partner: " + YamlText.scalar(entry.partner()));
    }
    if (entry.network() != null) {
      lines.add("network: " + YamlText.scalar(entry.network().toString()));
    }
    lines.add("reason: " + YamlText.scalar(entry.reason()));
    lines.add("owner: " + YamlText.scalar(entry.owner()));
    lines.add("expires: " + expires(entry.expiresAt()));
    return lines;
  }

  private static String expires(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    return text.endsWith("T00:00:00Z") ? text.substring(0, 10) : YamlText.scalar(text);
  }

  private static FileProblem byHand(String file, ExceptionEntry entry) {
    return FileProblem.of(
        ExceptionsFile.KIND,
        file,
        "is laid out in a way that this program does not add to",
        "add to its list: {" + String.join(", ", lines(entry)) + "}");
  }
}
