package dev.lockstep.detections.sigma.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text with wildcards, as Sigma writes values: {@code *} means any number of characters and {@code
 * ?} one. A backslash before a wildcard or a backslash makes it plain.
 *
 * <p>The pattern is kept as code points, of which those below zero are wildcards.
 */
final class TextPattern {
  private static final int RUN = -1;
  private static final int ONE = -2;
  private static final int DASH = -3;
  private static final String DASHES = "-/\u2013\u2014\u2015";

  private final int[] points;
  private final boolean cased;

  /** Number of characters that a match of the points from an index on has at least. */
  private final int[] least;

  private TextPattern(int[] points, boolean cased) {
    this.points = points;
    this.cased = cased;
    this.least = new int[points.length + 1];
    for (int i = points.length - 1; i >= 0; i--) {
      least[i] = least[i + 1] + (points[i] == RUN ? 0 : 1);
    }
  }

  /** Returns the pattern of a value as a rule writes it, which minds case. */
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

  /** Returns the pattern of a text without wildcards, which minds case. */
  static TextPattern plain(String text) {
    return new TextPattern(text.codePoints().toArray(), true);
  }

  /** Returns this pattern, which does not mind case then. */
  TextPattern caseless() {
    int[] folded = points.clone();
    for (int i = 0; i < folded.length; i++) {
      if (folded[i] >= 0) {
        folded[i] = CaseFolding.fold(folded[i]);
      }
    }
    return new TextPattern(folded, false);
  }

  /** Returns this pattern with any number of characters before it, after it, or both. */
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

  /** Returns this pattern with every dash standing for each of the dashes. */
  TextPattern withAnyDash() {
    int[] dashed = points.clone();
    for (int i = 0; i < dashed.length; i++) {
      if (dashed[i] >= 0 && DASHES.indexOf(dashed[i]) >= 0) {
        dashed[i] = DASH;
      }
    }
    return new TextPattern(dashed, cased);
  }

  /** Returns the plain texts that this pattern stands for, or an empty list if it has wildcards. */
  List<String> plainTexts(int most) {
    List<StringBuilder> texts = new ArrayList<>(List.of(new StringBuilder()));
    for (int point : points) {
      if (point == RUN || point == ONE) {
        return List.of();
      } else if (point >= 0) {
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

  /** Returns whether this pattern is one text, without wildcards and dashes. */
  boolean isPlain() {
    for (int point : points) {
      if (point < 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns the longest plain part, folded; empty if there is none. */
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

  int length() {
    return points.length;
  }

  /** Returns whether a text matches; unless this pattern is cased, the text has to be folded. */
  boolean matches(String text) {
    return matches(text, true);
  }

  /** Returns the result on a text of which only the beginning is known. */
  Verdict matchesBeginning(String text) {
    if (points.length > 0 && points[points.length - 1] == RUN && matches(text)) {
      return Verdict.TRUE;
    }
    return matches(text, false) ? Verdict.CUT : Verdict.FALSE;
  }

  /**
   * Matches a text.
   *
   * @param whole if the text is whole; otherwise returns whether some longer text would match
   */
  private boolean matches(String text, boolean whole) {
    int at = 0;
    int next = 0;
    int afterRun = -1;
    int restart = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (next < points.length && points[next] == RUN) {
        afterRun = ++next;
        restart = at;
        if (next == points.length || !whole) {
          return true; // the rest of the text may be anything
        }
      } else if (next < points.length && isOne(points[next], point)) {
        next++;
        at += Character.charCount(point);
      } else if (afterRun >= 0 && text.length() - restart > least[afterRun]) {
        next = afterRun;
        restart += Character.charCount(text.codePointAt(restart));
        at = restart;
      } else {
        return false;
      }
    }
    if (!whole) {
      return next < points.length;
    }
    while (next < points.length && points[next] == RUN) {
      next++;
    }
    return next == points.length;
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

  /** Returns the pattern as a rule would write it. */
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
