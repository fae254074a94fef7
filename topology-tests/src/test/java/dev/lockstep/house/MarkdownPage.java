package dev.lockstep.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Page of Markdown of this repository, without its blocks of code. */
final class MarkdownPage {
  static final Path ROOT = Path.of("..");

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern ITEM = Pattern.compile("\\s*([-*]|\\d+\\.) .*");
  private static final Pattern END = Pattern.compile("(?<=[.!?][\"')]?)\\s+(?=[A-Z0-9\\[`*(])");

  private final Path file;
  private final List<String> lines;

  private MarkdownPage(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Text with its place.
   *
   * @param line from 1
   */
  record Text(MarkdownPage page, int line, String value) {
    @Override
    public String toString() {
      return "%s:%d: %s".formatted(page.name(), line, value);
    }
  }

  /** Returns the pages that people read, but for decisions, which stay as they were written. */
  static List<MarkdownPage> all() throws IOException {
    List<MarkdownPage> pages = new ArrayList<>();
    for (String folder : List.of(".", "docs", "docs/rules")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        for (Path file : files.sorted().toList()) {
          if (file.toString().endsWith(".md")) {
            pages.add(read(ROOT.relativize(file.normalize())));
          }
        }
      }
    }
    return pages;
  }

  /** Returns the page of a path below the root. */
  static MarkdownPage read(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean code = false;
    for (String line : Files.readAllLines(ROOT.resolve(file))) {
      boolean fence = line.strip().startsWith("```");
      lines.add(code || fence ? "" : line);
      code ^= fence;
    }
    return new MarkdownPage(file, lines);
  }

  Path file() {
    return file;
  }

  String name() {
    return file.toString();
  }

  /** Returns the targets of links, but for those to other hosts. */
  List<Text> links() {
    return matches(LINK).stream().filter(link -> !link.value().contains("://")).toList();
  }

  /** Returns what stands between backticks. */
  List<Text> code() {
    return matches(CODE);
  }

  /** Returns the names by which links find a heading of this page, as GitHub makes them. */
  List<String> anchors() {
    Map<String, Integer> seen = new HashMap<>();
    List<String> anchors = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("#")) {
        String heading = line.replaceFirst("^#+\\s*", "").strip();
        String anchor =
            heading
                .replaceAll("\\]\\([^)]*\\)", "]")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        int times = seen.merge(anchor, 1, Integer::sum);
        anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
      }
    }
    return anchors;
  }

  /**
   * Returns the sentences of paragraphs, list items and cells of tables. Code is one word, and a
   * link is its text.
   */
  List<Text> sentences() {
    List<Text> blocks = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    int from = 0;
    for (int i = 0; i <= lines.size(); i++) {
      String line = i < lines.size() ? lines.get(i) : "";
      boolean alone = line.isBlank() || line.startsWith("#") || line.strip().startsWith("|");
      if ((alone || ITEM.matcher(line).matches()) && !open.isEmpty()) {
        blocks.add(new Text(this, from, open.toString()));
        open.setLength(0);
      }
      if (line.strip().startsWith("|")) {
        for (String cell : line.strip().replace("\\|", "/").split("\\|", -1)) {
          blocks.add(new Text(this, i + 1, cell));
        }
      } else if (!alone) {
        from = open.isEmpty() ? i + 1 : from;
        open.append(' ').append(line.strip());
      }
    }
    List<Text> sentences = new ArrayList<>();
    for (Text block : blocks) {
      String plain =
          CODE.matcher(block.value())
              .replaceAll("`code`")
              .replaceAll("\\]\\([^)]*\\)", "]")
              .replace("*", "")
              .strip()
              .replaceFirst("^(-|\\d+\\.) ", "");
      for (String sentence : END.split(plain, -1)) {
        if (!sentence.isBlank()) {
          sentences.add(new Text(this, block.line(), sentence.strip()));
        }
      }
    }
    return sentences;
  }

  private List<Text> matches(Pattern pattern) {
    List<Text> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher matcher = pattern.matcher(lines.get(i));
      while (matcher.find()) {
        found.add(new Text(this, i + 1, matcher.group(1)));
      }
    }
    return found;
  }
}
