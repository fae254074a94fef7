package dev.lockstep.detections.sigma.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lockstep.schemas.text.Quoted;

/**
 * Compiler of regular expressions, which refuses large ones to limit the time of a search. It also
 * finds a plain text that every match of an expression contains, for the index of rules.
 */
final class RegexGuard {
  private static final int MOST_CHARS = 1_024;
  private static final int MOST_INSTRUCTIONS = 48;
  private static final int MOST_GROUPS = 32;

  /**
   * Largest estimated size of an expression that is compiled at all, in instructions. RE2/J
   * compiles an expression to a program of instructions. The program can be much smaller than its
   * estimate, because RE2/J simplifies some repetitions of repetitions.
   */
  private static final int MOST_ESTIMATED = 4_096;

  private static final Pattern COUNTED = Pattern.compile("\\{[0-9]+(,[0-9]*)?\\}");

  private final String source;
  private int at;
  private int depth;

  private RegexGuard(String source) {
    this.source = source;
  }

  static ValueComparison.Regex compile(String source, int flags) throws InvalidDetectionException {
    if (source.length() > MOST_CHARS) {
      throw new InvalidDetectionException(
          "has a regular expression of %d characters".formatted(source.length()),
          "write at most %d".formatted(MOST_CHARS));
    }
    refuseUnsupported(source);
    RegexGuard guard = new RegexGuard(source);
    if (guard.estimatedSize() > MOST_ESTIMATED) {
      throw new InvalidDetectionException(
          "has the regular expression %s, estimated to compile to more than %,d instructions"
              .formatted(Quoted.of(source), MOST_ESTIMATED),
          "write a shorter expression, with fewer repetitions of repetitions, or several values"
              + " with contains, startswith or endswith");
    }
    try {
      Pattern pattern = Pattern.compile(source, flags);
      if (pattern.programSize() > MOST_INSTRUCTIONS) {
        throw new InvalidDetectionException(
            "has the regular expression %s, which compiles to more than %d instructions"
                .formatted(Quoted.of(source), MOST_INSTRUCTIONS),
            "write a shorter expression, or several values with contains, startswith or endswith");
      }
      return new ValueComparison.Regex(source, flags, pattern, isOfEnd(source));
    } catch (PatternSyntaxException | StackOverflowError | IndexOutOfBoundsException e) {
      String description =
          e instanceof PatternSyntaxException syntax ? syntax.getDescription() : "";
      throw new InvalidDetectionException(
          "has the regular expression %s, which cannot be read%s"
              .formatted(Quoted.of(source), description.isEmpty() ? "" : " (" + description + ")"),
          "write it in the syntax of RE2");
    }
  }

  private static void refuseUnsupported(String source) throws InvalidDetectionException {
    boolean isInClass = false;
    int brace = -1;
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\\') {
        char next = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
        if (!isInClass && ((next >= '1' && next <= '9') || next == 'k')) {
          throw unsupported("the back-reference \\" + next, "write the repeated text again");
        }
        if (next == 'Q') { // plain up to \E
          int end = source.indexOf("\\E", i);
          i = end < 0 ? source.length() : end;
        }
        boolean isBraced =
            (next == 'p' || next == 'P' || next == 'x') && source.startsWith("{", i + 2);
        i = isBraced ? Math.max(i + 2, source.indexOf('}', i)) : i + 1;
      } else if (isInClass) {
        isInClass = c != ']';
      } else if (c == '[') {
        isInClass = true;
        int first = i + 1 < source.length() && source.charAt(i + 1) == '^' ? i + 2 : i + 1;
        if (first < source.length() && source.charAt(first) == ']') {
          i = first; // a bracket at the beginning of a class is plain
        }
      } else if (c == '(') {
        refuseGroup(source, i);
      } else if (c == '{') {
        brace = i;
      } else if (i + 1 < source.length() && source.charAt(i + 1) == '+') {
        String greedy = quantifier(source, i, brace);
        if (!greedy.isEmpty()) {
          throw unsupported(
              "the possessive quantifier " + greedy + "+", "write " + greedy + " alone");
        }
      }
    }
  }

  /**
   * Returns the quantifier that ends at an index of a regular expression, or an empty text if none
   * ends there.
   *
   * @param brace index of the last opening brace before the end that is not escaped, or -1
   */
  private static String quantifier(String source, int end, int brace) {
    char c = source.charAt(end);
    if (c == '*' || c == '+' || c == '?') {
      return String.valueOf(c);
    }
    String braced = c == '}' && brace >= 0 ? source.substring(brace, end + 1) : "";
    return COUNTED.matcher(braced).matches() ? braced : "";
  }

  private static void refuseGroup(String source, int at) throws InvalidDetectionException {
    String fix =
        "write a second selection, and combine the two selections in the condition with \"and\","
            + " \"or\" or \"not\"";
    if (source.startsWith("(?=", at) || source.startsWith("(?!", at)) {
      throw unsupported("the look-ahead " + source.substring(at, at + 3), fix);
    }
    if (source.startsWith("(?<=", at) || source.startsWith("(?<!", at)) {
      throw unsupported("the look-behind " + source.substring(at, at + 4), fix);
    }
    if (source.startsWith("(?>", at)) {
      throw unsupported("the atomic group (?>", "write (?: instead");
    }
    if (source.startsWith("(?(", at)) {
      throw unsupported("the conditional group (?(", fix);
    }
  }

  private static InvalidDetectionException unsupported(String what, String fix) {
    return new InvalidDetectionException(
        "has a regular expression with " + what + ", which RE2/J does not support", fix);
  }

  private static boolean isOfEnd(String source) {
    return source.indexOf('$') >= 0
        || source.contains("\\b")
        || source.contains("\\B")
        || source.contains("\\z");
  }

  /**
   * Reads an expression or group to its end, and returns the estimated size of its program. RE2/J
   * compiles the expression to this program. The size is a number of instructions.
   */
  private long estimatedSize() throws InvalidDetectionException {
    if (depth++ > MOST_GROUPS) {
      throw new InvalidDetectionException(
          "has a regular expression with groups nested more than %d deep".formatted(MOST_GROUPS),
          "nest fewer groups in each other");
    }
    long total = 1;
    while (at < source.length() && source.charAt(at) != ')') {
      long one = atom();
      long repeated = one * repetitions();
      total = Math.min(total + repeated, Integer.MAX_VALUE);
    }
    depth--;
    return total;
  }

  private long atom() throws InvalidDetectionException {
    char c = source.charAt(at++);
    if (c == '(') {
      long inner = estimatedSize();
      at++;
      return inner + 2;
    }
    if (c == '\\') {
      if (at < source.length() && source.charAt(at) == 'Q') {
        int end = source.indexOf("\\E", at);
        int from = at;
        at = end < 0 ? source.length() : end + 2;
        return (long) at - from;
      }
      boolean isBraced =
          at < source.length()
              && "pPx".indexOf(source.charAt(at)) >= 0
              && source.startsWith("{", at + 1);
      at = isBraced ? Math.max(at + 1, source.indexOf('}', at)) : at;
      at++;
    } else if (c == '[') {
      if (at < source.length() && source.charAt(at) == '^') {
        at++;
      }
      at++; // a bracket at the beginning is plain
      while (at < source.length() && source.charAt(at) != ']') {
        at += source.charAt(at) == '\\' ? 2 : source.startsWith("[:", at) ? classEnd() : 1;
      }
      at++;
    }
    return 1;
  }

  private int classEnd() {
    int end = source.indexOf(":]", at);
    return end < 0 ? 1 : end + 2 - at;
  }

  private long repetitions() {
    long times = 1;
    while (at < source.length() && "*+?{".indexOf(source.charAt(at)) >= 0) {
      char c = source.charAt(at);
      int width = c == '{' ? countedWidth(source, at) : 1;
      if (width == 0) {
        return times; // a brace that is plain text
      }
      long factor = c == '{' ? largest(source.substring(at + 1, at + width - 1)) : 2;
      times = Math.min(times * factor, Integer.MAX_VALUE);
      at += width;
    }
    return times;
  }

  /**
   * Returns the length of the quantifier, such as {@code {2,3}}, that begins with the opening brace
   * at an index. It is 0 if the brace is plain text.
   */
  private static int countedWidth(String source, int at) {
    int end = source.indexOf('}', at);
    return end >= 0 && COUNTED.matcher(source.substring(at, end + 1)).matches() ? end + 1 - at : 0;
  }

  private static long largest(String quantifier) {
    long largest = 1;
    long number = 0;
    for (int i = 0; i < quantifier.length(); i++) {
      char c = quantifier.charAt(i);
      number = c >= '0' && c <= '9' ? Math.min(number * 10 + c - '0', 1_000_000) : 0;
      largest = Math.max(largest, number);
    }
    return largest;
  }

  /**
   * Returns a plain text that every match of an expression contains, or an empty text if none is
   * known. The text is folded by {@link CaseFolding}, because a match may have it in another letter
   * case.
   */
  static String plainPart(String source) {
    String best = "";
    StringBuilder run = new StringBuilder();
    int i = 0;
    while (i < source.length()) {
      char c = source.charAt(i);
      int width = 1;
      boolean isPlain = "\\[](){}.*+?^$|".indexOf(c) < 0;
      if (c == '|' || c == '(' || source.startsWith("\\Q", i)) {
        return c == '|' || hasAlternative(source, i) ? "" : longer(best, run.toString());
      }
      if (c == '\\' && i + 1 < source.length() && !isWord(source.charAt(i + 1))) {
        c = source.charAt(i + 1);
        width = 2;
        isPlain = true;
      } else if (c == '\\') {
        return hasAlternative(source, i) ? "" : longer(best, run.toString());
      } else if (c == '[') {
        return hasAlternative(source, i) ? "" : longer(best, run.toString());
      }
      char after = i + width < source.length() ? source.charAt(i + width) : ' ';
      boolean isOptional = after == '*' || after == '?' || after == '{';
      boolean isKept = isPlain && !isOptional && !Character.isSurrogate(c);
      if (isKept) {
        run.append(c);
      }
      if (!isKept || after == '+') {
        best = longer(best, run.toString());
        run.setLength(0);
      }
      if (c == '{' && width == 1) {
        width = Math.max(1, countedWidth(source, i));
      }
      i += width;
    }
    return CaseFolding.fold(longer(best, run.toString()));
  }

  /**
   * Returns whether the expression has a {@code |} at or after an index, escaped or not. If it has
   * one, its matches need not contain the text before the index.
   */
  private static boolean hasAlternative(String source, int from) {
    return source.indexOf('|', from) >= 0;
  }

  private static String longer(String one, String other) {
    return CaseFolding.fold(other.length() > one.length() ? other : one);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
