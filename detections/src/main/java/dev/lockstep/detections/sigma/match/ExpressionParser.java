package dev.lockstep.detections.sigma.match;

import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Parser of Sigma conditions, such as {@code selection and not 1 of filter_*}.
 *
 * <p>Of the operators {@code or} binds least, then {@code and}, then {@code not}, then {@code of}.
 */
public final class ExpressionParser {
  /** Kind of thing that the names in a condition stand for: selections or rules. */
  public enum NameKind {
    /** Selection of the rule that has the condition. */
    SELECTION("selection"),
    /** Rule that the correlation lists. */
    RULE("rule");

    private final String word;

    NameKind(String word) {
      this.word = word;
    }
  }

  private static final int MOST_CHARS = 16_384;
  private static final int MOST_DEPTH = 32;
  private static final List<String> NO_NAMES = List.of("(", ")", "and", "or", "not", "near");

  private final List<String> tokens;
  private final Collection<String> names;
  private final NameKind kind;
  private final String what;
  private int at;
  private int depth;

  private ExpressionParser(List<String> tokens, Collection<String> names, NameKind kind) {
    this.tokens = tokens;
    this.names = names;
    this.kind = kind;
    this.what = kind.word;
  }

  /**
   * Parses the text of a Sigma condition into an expression.
   *
   * @param names known names
   * @param kind kind of thing that a name stands for
   * @throws InvalidDetectionException if the text is no condition over these names
   */
  public static Expression parse(String text, Collection<String> names, NameKind kind)
      throws InvalidDetectionException {
    if (text.length() > MOST_CHARS) {
      throw new InvalidDetectionException(
          "has a condition of %d characters".formatted(text.length()),
          "write one of at most %d characters".formatted(MOST_CHARS));
    }
    ExpressionParser parser = new ExpressionParser(tokens(text), names, kind);
    if (parser.tokens.isEmpty()) {
      throw new InvalidDetectionException(
          "has an empty condition", "write a condition that names a " + kind.word);
    }
    Expression parsed = parser.disjunction();
    if (parser.at < parser.tokens.size()) {
      String rest = parser.tokens.get(parser.at);
      if (rest.equalsIgnoreCase("near")) {
        throw new InvalidDetectionException(
            "has \"near\" in its condition, one of Sigma's old aggregations, which Lockstep does not"
                + " support",
            "write a correlation of type temporal instead");
      }
      throw new InvalidDetectionException(
          "has %s where the condition should end".formatted(Quoted.of(rest)),
          rest.equals(")")
              ? "remove the parenthesis, or open it earlier"
              : "write \"and\" or \"or\" before it");
    }
    return parsed;
  }

  private static InvalidDetectionException oldAggregation(String text) {
    boolean isNear = text.substring(1).strip().startsWith("near ");
    return new InvalidDetectionException(
        "has a condition with an old aggregation after a pipe, which Lockstep does not support: "
            + Quoted.of(text),
        "write a correlation of type %s instead"
            .formatted(isNear ? "temporal" : "event_count or value_count"));
  }

  private static List<String> tokens(String text) throws InvalidDetectionException {
    List<String> tokens = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '(' || c == ')') {
        tokens.add(String.valueOf(c));
        i++;
      } else if (isWord(c)) {
        int from = i;
        while (i < text.length() && isWord(text.charAt(i))) {
          i++;
        }
        tokens.add(text.substring(from, i));
      } else if (c == '|') {
        throw oldAggregation(text.substring(i).strip());
      } else if (c == '!') {
        throw new InvalidDetectionException(
            "has an exclamation mark in its condition",
            "write the word \"not\" instead, as in \"not filter\"");
      } else {
        throw new InvalidDetectionException(
            "has the character %s in its condition".formatted(Quoted.of(String.valueOf(c))),
            "use only names, parentheses and the words \"and\", \"or\", \"not\", \"1 of\", \"all"
                + " of\" and \"them\"");
      }
    }
    return tokens;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || "_-.*?".indexOf(c) >= 0;
  }

  private Expression disjunction() throws InvalidDetectionException {
    if (depth++ > MOST_DEPTH) { // a condition without parentheses has depth 0
      throw new InvalidDetectionException(
          "has parentheses nested more than %d deep in its condition".formatted(MOST_DEPTH),
          "use fewer parentheses");
    }
    List<Expression> parts = new ArrayList<>(List.of(conjunction()));
    while (isNext("or")) {
      at++;
      parts.add(conjunction());
    }
    depth--;
    return parts.size() == 1 ? parts.get(0) : new Expression.Any(parts);
  }

  private Expression conjunction() throws InvalidDetectionException {
    List<Expression> parts = new ArrayList<>(List.of(negation()));
    while (isNext("and")) {
      at++;
      parts.add(negation());
    }
    return parts.size() == 1 ? parts.get(0) : new Expression.All(parts);
  }

  private Expression negation() throws InvalidDetectionException {
    boolean isNegated = false;
    while (isNext("not")) {
      at++;
      isNegated = !isNegated;
    }
    Expression part = operand();
    return isNegated ? new Expression.Not(part) : part;
  }

  private Expression operand() throws InvalidDetectionException {
    if (at >= tokens.size()) {
      throw new InvalidDetectionException(
          "has a condition that ends after %s".formatted(Quoted.of(tokens.get(at - 1))),
          "add a " + what + " after this word, or remove the word");
    }
    String token = tokens.get(at++);
    if (token.equals("(")) {
      Expression inner = disjunction();
      if (!isNext(")")) {
        throw new InvalidDetectionException(
            "has a parenthesis in its condition that is not closed", "add the closing parenthesis");
      }
      at++;
      return inner;
    }
    String word = lowered(token);
    if (at < tokens.size() && isNext("of")) {
      return of(token, word);
    }
    if (token.equals(")") || List.of("and", "or", "of", "them").contains(word)) {
      throw new InvalidDetectionException(
          "has %s in its condition where a %s should be".formatted(Quoted.of(token), what),
          word.equals("them")
              ? "write \"1 of them\" or \"all of them\""
              : "write a " + what + " there");
    }
    if (names.contains(token)) {
      return new Expression.Named(token);
    }
    if (isPattern(token)) {
      throw new InvalidDetectionException(
          "has the pattern %s in its condition without \"1 of\" or \"all of\" before it"
              .formatted(Quoted.of(token)),
          "write \"1 of %s\" or \"all of %s\"".formatted(token, token));
    }
    boolean isBeforeName = at < tokens.size() && !NO_NAMES.contains(lowered(tokens.get(at)));
    if (List.of("all", "any", "1").contains(word) && isBeforeName) {
      throw new InvalidDetectionException(
          "has %s in its condition without \"of\" behind it".formatted(Quoted.of(token)),
          "write \"%s of %s\"".formatted(word, tokens.get(at)));
    }
    throw unknown(token);
  }

  private static String lowered(String token) {
    return token.toLowerCase(Locale.ROOT);
  }

  private InvalidDetectionException unknown(String token) {
    String nearest = NearestNames.similarAmong(names, token);
    boolean isRule = kind == NameKind.RULE;
    return new InvalidDetectionException(
        "has the name %s in its condition, but ".formatted(Quoted.of(token))
            + (isRule
                ? "the list under \"rules\" does not contain it"
                : "no %s has this name".formatted(what)),
        !nearest.isEmpty()
            ? "the nearest is " + Quoted.of(nearest)
            : isRule
                ? "write an entry of the list under \"rules\" exactly as it is written there"
                : "define a " + what + " with this name");
  }

  private Expression of(String token, String word) throws InvalidDetectionException {
    boolean isAll = word.equals("all");
    if (!isAll && !word.equals("1") && !word.equals("any")) {
      throw new InvalidDetectionException(
          "has the word %s before \"of\" in its condition".formatted(Quoted.of(token)),
          "write \"1 of\" or \"all of\"");
    }
    at++;
    if (at >= tokens.size() || tokens.get(at).equals(")")) {
      throw new InvalidDetectionException(
          "has nothing after \"%s of\" in its condition".formatted(word),
          "write \"them\" or a pattern such as selection_* after \"of\"");
    }
    String pattern = tokens.get(at++);
    if (pattern.equals("(")) {
      throw new InvalidDetectionException(
          "has a parenthesis after \"%s of\" in its condition".formatted(word),
          "write a pattern such as selection_* after \"of\", or join the names with \"%s\""
              .formatted(isAll ? "and" : "or"));
    }
    boolean isThem = pattern.equalsIgnoreCase("them");
    boolean isLeftOut = false;
    List<Expression> parts = new ArrayList<>();
    for (String name : names) {
      boolean isHidden = name.startsWith("_") && (isThem || !pattern.startsWith("_"));
      if (isThem || isMatch(pattern, name)) {
        isLeftOut |= isHidden;
        if (!isHidden) {
          parts.add(new Expression.Named(name));
        }
      }
    }
    if (parts.isEmpty()) {
      if (!isPattern(pattern) && !isThem) {
        throw unknown(pattern);
      }
      if (isLeftOut) {
        throw new InvalidDetectionException(
            "has \"%s of %s\" in its condition, but names that begin with an underscore are left out, and no other name matches"
                .formatted(word, pattern),
            "write a pattern that begins with an underscore, such as _*");
      }
      String nearest = NearestNames.similarAmong(names, pattern);
      throw new InvalidDetectionException(
          "has \"%s of %s\" in its condition, but no %s matches this pattern"
              .formatted(word, pattern, what),
          nearest.isEmpty()
              ? "define a " + what + " whose name matches"
              : "the nearest is " + Quoted.of(nearest));
    }
    return parts.size() == 1
        ? parts.get(0)
        : isAll ? new Expression.All(parts) : new Expression.Any(parts);
  }

  private static boolean isPattern(String token) {
    return token.indexOf('*') >= 0 || token.indexOf('?') >= 0;
  }

  private static boolean isMatch(String pattern, String name) {
    return TextPattern.parse(pattern).matches(name);
  }

  private boolean isNext(String word) {
    return at < tokens.size() && tokens.get(at).equalsIgnoreCase(word);
  }
}
