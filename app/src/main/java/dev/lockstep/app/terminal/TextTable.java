package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Table of text with headings. A column that has only numbers is aligned to the right.
 *
 * <p>A cell is cut to 120 characters. A column is as wide as its widest cell. On a terminal that is
 * narrower than the table, cells of the widest columns are wrapped between words. Where that is not
 * enough, long words are broken as {@link CellLines} says, ids without marks last. A column that is
 * declared whole is not wrapped, and one that is declared movable goes below each row before it
 * becomes too narrow to read.
 */
public final class TextTable {
  private static final int MOST_CHARS = 120;
  private static final int GAP = 2;
  private static final int LEAST_WIDTH = 8;
  private static final int LONGEST_CUT_WORD = 20;
  private static final int READABLE_WIDTH = 30;
  private static final String BELOW = "    ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;
  private final Set<Integer> whole = new HashSet<>();
  private final List<Integer> movable = new ArrayList<>();

  public TextTable(String... headings) {
    columns = headings.length;
    rows.add(List.of(headings));
  }

  /**
   * Declares columns of short texts that stay on one line, such as times and ids of rules. They are
   * wrapped only where a terminal has no room for them at all.
   */
  public TextTable whole(String... headings) {
    for (String heading : headings) {
      whole.add(column(heading));
    }
    return this;
  }

  /**
   * Declares columns that go to a line of their own below each row, if the terminal leaves less
   * than 30 characters for them. The first of these columns moves first, and the next one only if
   * there is still too little room.
   */
  public TextTable movable(String... headings) {
    for (String heading : headings) {
      movable.add(column(heading));
    }
    return this;
  }

  private int column(String heading) {
    int column = rows.get(0).indexOf(heading);
    if (column < 0) {
      throw new IllegalArgumentException("the table has no column \"" + heading + "\"");
    }
    return column;
  }

  public void row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(
          "a row has " + cells.size() + " cells, but the table has " + columns + " columns");
    }
    rows.add(cells.stream().map(TextTable::shown).toList());
  }

  /**
   * Prints the table to a stream, and fits the table to the width of the terminal if the stream
   * goes to a terminal.
   */
  public void print(PrintStream out) {
    print(out, Terminal.behind(out));
  }

  /** Prints the table to a stream, fitted to the width of a terminal. */
  public void print(PrintStream out, Terminal terminal) {
    List<Integer> below = below(terminal.width());
    List<Integer> beside =
        IntStream.range(0, columns).boxed().filter(i -> !below.contains(i)).toList();
    int[] widths = widths(terminal.width(), beside);
    boolean[] toTheRight = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      toTheRight[i] = isNumeric(i);
    }
    for (int row = 0; row < rows.size(); row++) {
      List<List<String>> cells = new ArrayList<>();
      int height = 1;
      for (int i : beside) {
        List<String> lines = CellLines.of(rows.get(row).get(i), widths[i]);
        cells.add(lines);
        height = Math.max(height, lines.size());
      }
      for (int line = 0; line < height; line++) {
        out.println(
            line(cells, line, beside, widths, toTheRight, row == 0 ? Terminal.NONE : terminal));
      }
      printBelow(out, rows.get(row), below, terminal.width() - BELOW.length());
    }
  }

  private static void printBelow(
      PrintStream out, List<String> row, List<Integer> below, int width) {
    List<String> texts = below.stream().map(row::get).filter(text -> !text.isEmpty()).toList();
    if (!texts.isEmpty()) {
      CellLines.of(String.join(" ".repeat(GAP), texts), width)
          .forEach(line -> out.println(BELOW + line));
    }
  }

  /** Returns the movable columns that a terminal has no room for, in their order in a row. */
  private List<Integer> below(int terminal) {
    List<Integer> below = new ArrayList<>();
    if (terminal > 0) {
      int[] full = full();
      int free = terminal - IntStream.of(full).sum() - GAP * (columns - 1);
      for (int i : movable) {
        if (free + full[i] >= Math.min(full[i], READABLE_WIDTH)) {
          break;
        }
        below.add(i);
        free += full[i] + GAP;
      }
    }
    Collections.sort(below);
    return below;
  }

  private String line(
      List<List<String>> cells,
      int line,
      List<Integer> beside,
      int[] widths,
      boolean[] toTheRight,
      Terminal terminal) {
    StringBuilder text = new StringBuilder();
    int pending = 0; // spaces that are left out at the end of a line
    for (int at = 0; at < cells.size(); at++) {
      int i = beside.get(at);
      List<String> lines = cells.get(at);
      String cell = line < lines.size() ? lines.get(line) : "";
      int padding = Math.max(0, widths[i] - cell.length());
      pending += at == 0 ? 0 : GAP;
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
   * Returns the widths of the columns. The widest columns are narrowed until the table fits. At
   * first no word is broken. If that is not enough, codes, such as ids of rules, are broken at
   * their marks, and then words of sentences at theirs. At last any word is broken. No word is
   * broken to make a column narrower than 8 characters. Columns that are declared whole are
   * narrowed after all others. The width of a column that is not beside the others is 0.
   */
  private int[] widths(int terminal, List<Integer> beside) {
    int[] full = full();
    int[] widths = new int[columns];
    beside.forEach(i -> widths[i] = full[i]);
    if (terminal > 0) {
      int room = terminal - GAP * (beside.size() - 1);
      List<IntUnaryOperator> steps =
          List.of(
              i -> widest(i, CellLines::longestWord),
              i -> hasSentences(i) ? widths[i] : partWidth(i, widths[i]),
              i -> partWidth(i, widths[i]),
              i -> isDivisible(i) ? LEAST_WIDTH : widths[i],
              i -> isNumeric(i) ? widths[i] : LEAST_WIDTH);
      for (IntUnaryOperator least : steps) {
        narrow(widths, room, i -> whole.contains(i) ? widths[i] : least.applyAsInt(i));
      }
      steps.forEach(least -> narrow(widths, room, least));
    }
    return widths;
  }

  /** Returns the width of the widest cell of each column. */
  private int[] full() {
    return IntStream.range(0, columns).map(i -> widest(i, String::length)).toArray();
  }

  /** Narrows the widest columns until all columns fit, or each has its smallest allowed width. */
  private void narrow(int[] widths, int room, IntUnaryOperator leastOf) {
    int over = IntStream.of(widths).sum() - room;
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
   * Cuts a cell to at most the given number of characters, and then escapes hidden characters. A
   * cut cell ends with "…", which comes after a whole word if a word ends near. The result may be
   * longer than the limit, because an escape is longer than its character.
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
