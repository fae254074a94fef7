package dev.lockstep.app.terminal;

import dev.lockstep.schemas.Quoted;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Table of text with headings, each column as wide as its widest cell and numbers aligned to the
 * right.
 */
public final class TextTable {
  private static final int MOST_CHARS = 120;

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  public TextTable(String... headings) {
    columns = headings.length;
    rows.add(List.of(headings));
  }

  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns + " columns");
    }
    rows.add(cells.stream().map(TextTable::shown).toList());
  }

  public void print(PrintStream out) {
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        String padding = " ".repeat(widths[i] - cell.length());
        line.append(i == 0 ? "" : "  ");
        line.append(toTheRight(i) ? padding + cell : cell + padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** Returns whether every cell below a heading is a number. */
  private boolean toTheRight(int column) {
    return rows.size() > 1
        && rows.stream()
            .skip(1)
            .allMatch(
                row ->
                    !row.get(column).isEmpty()
                        && row.get(column)
                            .chars()
                            .allMatch(c -> Character.isDigit(c) || c == ',' || c == '.'));
  }

  /**
   * Returns a cell cut to a length and without control characters, because cells may come from
   * outside.
   */
  public static String shown(String cell) {
    return shown(cell, MOST_CHARS);
  }

  /** Returns a cell cut to another length. */
  public static String shown(String cell, int mostChars) {
    return Quoted.visible(cell.length() <= mostChars ? cell : cell.substring(0, mostChars));
  }
}
