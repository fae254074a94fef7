package dev.lockstep.detections.sigma.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text with wildcards, as Sigma rules write values. The wildcard {@code *} means any number of
 * characters, and {@code ?} means one character. A backslash makes a wildcard or backslash after it
 * plain.
 *
 * <p>The pattern is kept as code points; negative ones are wildcards.
 */
final class TextPattern {
  private static final int RUN = -1;
  private static final int ONE = -2;
  private static final int DASH = -3;
  private static final String DASHES = "-/\u2013\u2014\u2015";

  private final int[] points;
  private final boolean cased;

  /**
   * Prefix tables for the search by Knuth, Morris and Pratt, one for each of the parts that
   * asterisks separate. An entry is the length of the longest proper prefix of the part up to this
   * index that is also a suffix of it.
   */
  private final int[] borders;

  private TextPattern(int[] points, boolean cased) {
    this.points = points;
    this.cased = cased;
    this.borders = new int[points.length];
    for (int from = 0; from < points.length; from = segmentEnd(from) + 1) {
      int border = 0;
      int end = segmentEnd(from);
      for (int i = from + 1; i < end; i++) {
        while (border > 0 && points[from + border] != points[i]) {
          border = borders[from + border - 1];
        }
        border += points[from + border] == points[i] ? 1 : 0;
        borders[i] = border;
      }
    }
  }

  /** Parses the text of a rule's value, and returns a case-sensitive pattern. */
  static TextPattern parse(String written) {
    int[] points = new int[written.length()];
    int size = 0;
    int at = 0;
    while (at < written.length()) {
      int point = written.codePointAt(at);
      at += Character.charCount(point);
      if (point == '*') {
        if (size == 0 || points[size - 1] != RUN) {
          points[size++] = RUN;
        }
      } else if (point == '?') {
        points[size++] = ONE;
      } else {
        if (point == '\\' && at < written.length() && "\\*?".indexOf(written.charAt(at)) >= 0) {
          point = written.charAt(at++);
        }
        points[size++] = point;
      }
    }
    return new TextPattern(Arrays.copyOf(points, size), true);
  }

  /** Returns a case-sensitive pattern in which each character of a text stands for itself. */
  static TextPattern plain(String text) {
    return new TextPattern(text.codePoints().toArray(), true);
  }

  TextPattern caseless() {
    int[] folded = points.clone();
    for (int i = 0; i < folded.length; i++) {
      if (folded[i] >= 0) {
        folded[i] = CaseFolding.fold(folded[i]);
      }
    }
    return new TextPattern(folded, false);
  }

  TextPattern within(boolean before, boolean after) {
    int[] more = new int[points.length + 2];
    int size = 0;
    if (before && (points.length == 0 || points[0] != RUN)) {
      more[size++] = RUN;
    }
    System.arraycopy(points, 0, more, size, points.length);
    size += points.length;
    if (after && (size == 0 || more[size - 1] != RUN)) {
      more[size++] = RUN;
    }
    return new TextPattern(Arrays.copyOf(more, size), cased);
  }

  TextPattern withAnyDash() {
    int[] dashed = points.clone();
    for (int i = 0; i < dashed.length; i++) {
      if (dashed[i] >= 0 && DASHES.indexOf(dashed[i]) >= 0) {
        dashed[i] = DASH;
      }
    }
    return new TextPattern(dashed, cased);
  }

  boolean isOnlyStars() {
    return points.length > 0 && Arrays.stream(points).allMatch(point -> point == RUN);
  }

  boolean hasWildcards() {
    for (int point : points) {
      if (point == RUN || point == ONE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the texts that this pattern matches, or an empty list if there are more than the given
   * number. The pattern must have no wildcards. There is one text for each spelling of its dashes:
   * a dash has five spellings under the Sigma modifier {@code windash}, otherwise one. If the
   * pattern ignores case, the letters of each text are folded to one case.
   */
  List<String> plainTexts(int most) {
    List<StringBuilder> texts = new ArrayList<>(List.of(new StringBuilder()));
    for (int point : points) {
      if (point >= 0) {
        texts.forEach(text -> text.appendCodePoint(point));
      } else if (texts.size() * DASHES.length() > most) {
        return List.of();
      } else {
        List<StringBuilder> each = new ArrayList<>(texts.size() * DASHES.length());
        for (StringBuilder text : texts) {
          for (int i = 0; i < DASHES.length(); i++) {
            each.add(new StringBuilder(text).append(DASHES.charAt(i)));
          }
        }
        texts = each;
      }
    }
    return texts.stream().map(StringBuilder::toString).toList();
  }

  boolean isCased() {
    return cased;
  }

  boolean isPlain() {
    return isPlain(0, points.length);
  }

  private boolean isPlain(int from, int to) {
    for (int i = from; i < to; i++) {
      if (points[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the length of the longest part between two asterisks that has a wildcard for one
   * character. Such a wildcard is {@code ?}, or a dash for which the Sigma modifier {@code windash}
   * allows several characters. The length is in code points, and 0 if no part has such a wildcard.
   */
  int longestPartWithOneWildcard() {
    int longest = 0;
    for (int from = segmentEnd(0) + 1; from < points.length; from = segmentEnd(from) + 1) {
      int to = segmentEnd(from);
      if (to < points.length && !isPlain(from, to)) {
        longest = Math.max(longest, to - from);
      }
    }
    return longest;
  }

  /**
   * Returns the longest part of this pattern in which there is no wildcard. Its letters are folded
   * to one case. A dash of the modifier {@code windash} counts as a wildcard. The text is empty if
   * there is no such part.
   */
  String longestPlainPart() {
    int from = 0;
    int best = 0;
    int length = 0;
    for (int i = 0; i <= points.length; i++) {
      if (i == points.length || points[i] < 0) {
        if (i - from > length) {
          best = from;
          length = i - from;
        }
        from = i + 1;
      }
    }
    return CaseFolding.fold(new String(points, best, length));
  }

  /**
   * Returns whether a text matches this pattern. The caller folds the letters of the text to one
   * case unless this pattern is case-sensitive.
   */
  boolean matches(String text) {
    int to = segmentEnd(0);
    int at = end(text, 0, 0, to);
    if (at < 0 || to == points.length) {
      return at == text.length();
    }
    while (true) {
      int from = to + 1;
      to = segmentEnd(from);
      if (to == points.length) {
        int start = text.length();
        for (int i = from; i < to && start > at; i++) {
          start -= Character.charCount(text.codePointBefore(start));
        }
        return start >= at && end(text, start, from, to) == text.length();
      }
      at = from == to ? at : find(text, at, from, to);
      if (at < 0) {
        return false;
      }
    }
  }

  /**
   * Returns whether this pattern matches a text of which only the beginning is known. It is {@link
   * Truth#CUT} if that depends on the rest, which ingest cut off.
   */
  Truth matchesBeginning(String text) {
    if (points.length > 0 && points[points.length - 1] == RUN && matches(text)) {
      return Truth.TRUE;
    }
    return mayMatch(text) ? Truth.CUT : Truth.FALSE;
  }

  private boolean mayMatch(String beginning) {
    int at = 0;
    for (int i = 0; i < points.length; i++) {
      if (points[i] == RUN || at >= beginning.length()) {
        return true;
      }
      int point = beginning.codePointAt(at);
      if (!isOne(points[i], point)) {
        return false;
      }
      at += Character.charCount(point);
    }
    return false;
  }

  private int segmentEnd(int from) {
    int end = from;
    while (end < points.length && points[end] != RUN) {
      end++;
    }
    return end;
  }

  /**
   * Returns the end of the match of a part of this pattern at an offset, or -1 without a match. The
   * match has to begin at the offset. The part has the elements of {@code points} from index {@code
   * from} to before {@code to}.
   */
  private int end(String text, int offset, int from, int to) {
    int at = offset;
    for (int i = from; i < to; i++) {
      if (at >= text.length()) {
        return -1;
      }
      int point = text.codePointAt(at);
      if (!isOne(points[i], point)) {
        return -1;
      }
      at += Character.charCount(point);
    }
    return at;
  }

  /**
   * Returns the end of the first match of a part of this pattern in a text, or -1 without a match.
   * The search begins at {@code offset}. The part has the elements of {@code points} from index
   * {@code from} to before {@code to}.
   */
  private int find(String text, int offset, int from, int to) {
    if (isPlain(from, to)) {
      return findPlain(text, offset, from, to);
    }
    for (int at = offset; text.length() - at >= to - from; ) {
      int end = end(text, at, from, to);
      if (end >= 0) {
        return end;
      }
      at += Character.charCount(text.codePointAt(at));
    }
    return -1;
  }

  /**
   * Returns the end of the first match of a part without wildcards in a text, or -1 without a
   * match. The search begins at {@code offset}, and is that of Knuth, Morris and Pratt. Its time
   * depends on the length of the text alone.
   */
  private int findPlain(String text, int offset, int from, int to) {
    int matched = 0;
    int at = offset;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      while (matched > 0 && points[from + matched] != point) {
        matched = borders[from + matched - 1];
      }
      if (points[from + matched] == point && ++matched == to - from) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isOne(int wanted, int point) {
    return wanted == point || wanted == ONE || (wanted == DASH && DASHES.indexOf(point) >= 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TextPattern that
        && cased == that.cased
        && Arrays.equals(points, that.points);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(points) + (cased ? 1 : 0);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(points.length);
    for (int point : points) {
      switch (point) {
        case RUN -> text.append('*');
        case ONE -> text.append('?');
        case DASH -> text.append('-');
        case '*', '?' -> text.append('\\').appendCodePoint(point);
        default -> text.appendCodePoint(point);
      }
    }
    return text.toString();
  }
}
