package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Table of text with headings. A column that has only numbers is aligned to the right.
 *
 * <p>A cell is cut to 120 characters. A column is as wide as its widest cell. On a terminal that is
 * narrower than the table, cells of the widest columns are wrapped between words. Where that is not
 * enough, long words are broken as {@link CellLines} says, ids without marks last.
 */
public final class TextTable {
  private static final int MOST_CHARS = 120;
  private static final int GAP = 2;
  private static final int LEAST_WIDTH = 8;
  private static final int LONGEST_CUT_WORD = 20;

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  public TextTable(String... headings) {
    columns = headings.length;
    rows.add(List.of(headings));
  }

  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(
          "a row has " + cells.size() + " cells, but the table has " + columns + " columns");
    }
    rows.add(cells.stream().map(TextTable::shown).toList());
  }

  /**
   * Prints the table to a stream, fitted to the width of the terminal, if any, to which the stream
   * goes.
   */
  public void print(PrintStream out) {
    print(out, Terminal.behind(out));
  }

  /** Prints the table to a stream, fitted to the width of a terminal. */
  public void print(PrintStream out, Terminal terminal) {
    int[] widths = widths(terminal.width());
    boolean[] toTheRight = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      toTheRight[i] = isNumeric(i);
    }
    for (int row = 0; row < rows.size(); row++) {
      List<List<String>> cells = new ArrayList<>();
      int height = 1;
      for (int i = 0; i < columns; i++) {
        List<String> lines = CellLines.of(rows.get(row).get(i), widths[i]);
        cells.add(lines);
        height = Math.max(height, lines.size());
      }
      for (int line = 0; line < height; line++) {
        out.println(line(cells, line, widths, toTheRight, row == 0 ? Terminal.NONE : terminal));
      }
    }
  }

  private String line(
      List<List<String>> cells, int line, int[] widths, boolean[] toTheRight, Terminal terminal) {
    StringBuilder text = new StringBuilder();
    int pending = 0; // spaces that are left out at the end of a line
    for (int i = 0; i < columns; i++) {
      List<String> lines = cells.get(i);
      String cell = line < lines.size() ? lines.get(line) : "";
      int padding = Math.max(0, widths[i] - cell.length());
      pending += i == 0 ? 0 : GAP;
      pending += toTheRight[i] ? padding : 0;
      if (!cell.isEmpty()) {
        text.append(" ".repeat(pending)).append(lines.size() == 1 ? terminal.coloured(cell) : cell);
        pending = 0;
      }
      pending += toTheRight[i] ? 0 : padding;
    }
    return text.toString();
  }

  /**
   * Returns the widths of the columns, of which the widest are narrowed until the table fits. First
   * no word is broken; then codes, such as ids of rules, and words of sentences are broken at their
   * marks; at last any word is. No column is narrowed below 8 characters.
   */
  private int[] widths(int terminal) {
    int[] widths = new int[columns];
    for (int i = 0; i < columns; i++) {
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    if (terminal > 0) {
      narrow(widths, terminal, i -> widest(i, CellLines::longestWord));
      narrow(widths, terminal, i -> hasSentences(i) ? widths[i] : partWidth(i, widths[i]));
      narrow(widths, terminal, i -> partWidth(i, widths[i]));
      narrow(widths, terminal, i -> isDivisible(i) ? LEAST_WIDTH : widths[i]);
      narrow(widths, terminal, i -> isNumeric(i) ? widths[i] : LEAST_WIDTH);
    }
    return widths;
  }

  /** Narrows the widest columns, each to its least width at most, until the table fits. */
  private void narrow(int[] widths, int terminal, IntUnaryOperator leastOf) {
    int over = IntStream.of(widths).sum() + GAP * (columns - 1) - terminal;
    int[] least = over > 0 ? IntStream.range(0, columns).map(leastOf).toArray() : widths;
    while (over > 0) {
      int widest = -1;
      for (int i = 0; i < columns; i++) {
        if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
      over--;
    }
  }

  private int partWidth(int column, int width) {
    return isNumeric(column)
        ? width
        : Math.max(LEAST_WIDTH, widest(column, CellLines::longestPart));
  }

  private int widest(int column, ToIntFunction<String> length) {
    return rows.stream().mapToInt(row -> length.applyAsInt(row.get(column))).max().orElse(0);
  }

  private boolean hasSentences(int column) {
    return rows.stream().skip(1).anyMatch(row -> row.get(column).indexOf(' ') >= 0);
  }

  /** Returns whether a column has words with spaces or marks between them, unlike plain ids. */
  private boolean isDivisible(int column) {
    return !isNumeric(column)
        && rows.stream()
            .skip(1)
            .anyMatch(
                row -> row.get(column).chars().anyMatch(c -> c == ' ' || CellLines.isMark(c)));
  }

  private boolean isNumeric(int column) {
    return rows.size() > 1
        && rows.stream()
            .skip(1)
            .allMatch(
                row ->
                    !row.get(column).isEmpty()
                        && row.get(column)
                            .chars()
                            .allMatch(c -> Character.isDigit(c) || c == ',' || c == '.')
                        && row.get(column).chars().filter(c -> c == '.').count() <= 1);
  }

  /**
   * Cuts a cell to 120 characters, and escapes hidden characters. Its text may come from an
   * attacker.
   */
  public static String shown(String cell) {
    return shown(cell, MOST_CHARS);
  }

  /**
   * Cuts a cell to at most the given number of characters, and escapes hidden characters. A cut
   * cell ends with "…", which comes after a whole word if a word ends near. An escape is longer
   * than the character.
   */
  public static String shown(String cell, int mostChars) {
    return Quoted.visible(
        cell.length() <= mostChars ? cell : cell.substring(0, kept(cell, mostChars - 1)) + "…");
  }

  private static int kept(String cell, int most) {
    int space = cell.lastIndexOf(' ', most);
    return space > 0 && most - space <= LONGEST_CUT_WORD ? space : most;
  }
}
