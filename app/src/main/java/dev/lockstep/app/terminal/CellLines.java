package dev.lockstep.app.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Splitter of the text in a table's cell into lines of a given width.
 *
 * <p>A line ends between words. A word that is longer than the width is broken after a mark such as
 * / or -, so that it can be read as one. A part without a mark that is still too long is broken
 * before a capital of its second half, else at the width.
 */
final class CellLines {
  private static final String MARKS = "/\\.-_@:,;=?&+|";

  private CellLines() {}

  static List<String> of(String cell, int width) {
    if (cell.length() <= width) {
      return List.of(cell);
    }
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (cell.length() - from > width) {
      int space = cell.lastIndexOf(' ', from + width);
      if (space > from) {
        lines.add(cell.substring(from, space).stripTrailing());
        from = space + 1;
      } else if (space == from) {
        from++; // one of several spaces, at which the line before ended
      } else {
        int to = brokenAt(cell, from, width);
        lines.add(cell.substring(from, to));
        from = to;
      }
    }
    lines.add(cell.substring(from));
    return lines;
  }

  private static int brokenAt(String cell, int from, int width) {
    for (int to = from + width; to > from + 1; to--) {
      // "//" and "..." stay whole
      if (isMark(cell.charAt(to - 1)) && !isMark(cell.charAt(to))) {
        return to;
      }
    }
    for (int to = from + width; to > from + width / 2; to--) {
      if (Character.isLowerCase(cell.charAt(to - 1)) && Character.isUpperCase(cell.charAt(to))) {
        return to; // before a capital, as in the names of logs
      }
    }
    int to = from + width;
    boolean isWithinPair = Character.isHighSurrogate(cell.charAt(to - 1)) && width > 1;
    return isWithinPair ? to - 1 : to;
  }

  static boolean isMark(int c) {
    return MARKS.indexOf(c) >= 0;
  }

  static int longestWord(String cell) {
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

  /**
   * Returns the length of the longest part of a cell, where a part ends before a space or after a
   * dash or other mark.
   */
  static int longestPart(String cell) {
    int longest = 0;
    int part = 0;
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c == ' ') {
        part = 0;
        continue;
      }
      boolean begins = i > 0 && isMark(cell.charAt(i - 1)) && !isMark(c);
      part = begins ? 1 : part + 1;
      longest = Math.max(longest, part);
    }
    return longest;
  }
}
