package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Printer of text for people, wrapped between words at a width. */
public final class WrappedText {
  private static final int LEAST_WIDTH = 60;

  private final PrintStream out;
  private final int width;
  private final UnaryOperator<String> replace;

  /** Creates a printer that wraps each text at a width without replacing it first. */
  public WrappedText(PrintStream out, int width) {
    this(out, width, text -> text);
  }

  /**
   * Creates a printer that replaces each text, and then wraps it at a width.
   *
   * @param width width in characters; a number below 60 counts as 60
   * @param replace function from a text to its replacement
   */
  public WrappedText(PrintStream out, int width, UnaryOperator<String> replace) {
    this.out = out;
    this.width = Math.max(LEAST_WIDTH, width);
    this.replace = replace;
  }

  /**
   * Returns a start followed by a text, wrapped if the terminal has a width. Further lines are
   * indented by the length of the start.
   */
  public static String fitted(Terminal terminal, String start, String text) {
    if (terminal.width() == 0) {
      return start + text;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    new WrappedText(new PrintStream(lines, true, UTF_8), terminal.width()).hanging(start, text);
    return lines.toString(UTF_8).stripTrailing();
  }

  public int width() {
    return width;
  }

  public void blank() {
    out.println();
  }

  public void heading(String text) {
    out.println();
    out.println(shown(text));
  }

  /** Prints a text with an indent, which also applies to wrapped lines. */
  public void text(int indent, String text) {
    hanging(" ".repeat(indent), text);
  }

  /**
   * Prints the first items of a list and, if the list has more, an indented line with the number of
   * the others.
   *
   * @param most largest number of items to print
   * @param others words after the number of the others
   * @param print function that prints an item
   */
  public <T> void first(
      int most, List<T> items, int indent, String others, Consumer<? super T> print) {
    items.stream().limit(most).forEach(print);
    if (items.size() > most) {
      text(indent, "and " + (items.size() - most) + others);
    }
  }

  /** Prints a text after an indented label, which is padded to a given width. */
  public void labelled(int indent, String label, int labelWidth, String text) {
    String shown = shown(label);
    hanging(
        " ".repeat(indent) + shown + " ".repeat(Math.max(1, labelWidth - shown.length())), text);
  }

  private void hanging(String start, String text) {
    StringBuilder line = new StringBuilder(start);
    boolean bare = true;
    int from = 0;
    String shown = shown(text);
    while (from <= shown.length()) {
      int space = shown.indexOf(' ', from);
      int to = space < 0 ? shown.length() : space;
      String word = shown.substring(from, to);
      if (!bare && line.length() + 1 + word.length() > width) {
        out.println(line.toString().replace('\u00a0', ' ').stripTrailing());
        line.setLength(0);
        line.append(" ".repeat(start.length()));
        bare = true;
      }
      line.append(bare ? "" : " ").append(word);
      bare = false;
      from = to + 1;
    }
    out.println(line.toString().replace('\u00a0', ' ').stripTrailing());
  }

  private String shown(String text) {
    return Quoted.visible(replace.apply(text));
  }
}
