package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Table of text with headings. A column that has only numbers is aligned to the right.
 *
 * <p>A cell is cut to 120 characters. A column is as wide as its widest cell. On a terminal that is
 * narrower than the table, cells of the widest columns are wrapped between words, and no word, such
 * as an id, is cut by that.
 */
public final class TextTable {
  private static final int MOST_CHARS = 120;
  private static final int GAP = 2;

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

  void print(PrintStream out, Terminal terminal) {
    int[] widths = widths(terminal.width());
    boolean[] toTheRight = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      toTheRight[i] = isNumeric(i);
    }
    for (int row = 0; row < rows.size(); row++) {
      List<List<String>> cells = new ArrayList<>();
      int height = 1;
      for (int i = 0; i < columns; i++) {
        List<String> lines = wrapped(rows.get(row).get(i), widths[i]);
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

  private int[] widths(int terminal) {
    int[] widths = new int[columns];
    int[] least = new int[columns];
    int all = GAP * (columns - 1);
    for (int i = 0; i < columns; i++) {
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
        least[i] = Math.max(least[i], longestWord(row.get(i)));
      }
      all += widths[i];
    }
    while (terminal > 0 && all > terminal) {
      int widest = -1;
      for (int i = 0; i < columns; i++) {
        if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        break;
      }
      widths[widest]--;
      all--;
    }
    return widths;
  }

  private static int longestWord(String cell) {
    int longest = 0;
    int from = 0;
    while (from <= cell.length()) {
      int space = cell.indexOf(' ', from);
      int to = space < 0 ? cell.length() : space;
      longest = Math.max(longest, to - from);
      from = to + 1;
    }
    return longest;
  }

  private static List<String> wrapped(String cell, int width) {
    if (cell.length() <= width) {
      return List.of(cell);
    }
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (cell.length() - from > width) {
      int space = cell.lastIndexOf(' ', from + width);
      if (space <= from) {
        space = cell.indexOf(' ', from + 1);
        if (space < 0) {
          break;
        }
      }
      lines.add(cell.substring(from, space).stripTrailing());
      from = space + 1;
    }
    lines.add(cell.substring(from));
    return lines;
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
   * cell ends with "…". An escape is longer than the character.
   */
  public static String shown(String cell, int mostChars) {
    return Quoted.visible(
        cell.length() <= mostChars ? cell : cell.substring(0, mostChars - 1) + "…");
  }
}
