package dev.lockstep.schemas.text;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the parts of one text that have the form of a credential, for {@link SecretMask}.
 *
 * <p>The text may be hostile and long. The time of a search grows no faster than the length of the
 * text. For this, the end of a word, value or line is looked for once, and then used for all
 * positions before it.
 */
@NullMarked
final class CredentialFinder {
  private static final int RANDOM_CHARS = 32;
  private static final int TOKEN_CHARS = 8;

  /**
   * Largest nesting depth of quotes that the finder distinguishes. A value that lies deeper is
   * treated as if it lay at this depth.
   */
  private static final int MOST_NESTED = 3;

  private static final String LOGIN_MODULE = "LoginModule";
  private static final List<String> SCHEMES = List.of("Bearer ", "Basic ");

  /** Endings of names whose value is a credential, in lower case without separators. */
  private static final List<String> NAMES =
      List.of(
          "sharedaccesskey",
          "accountkey",
          "accesskey",
          "apikey",
          "privatekey",
          "sharedaccesssignature",
          "password",
          "passwd",
          "passphrase",
          "secret",
          "assertion",
          "accesstoken",
          "refreshtoken",
          "idtoken",
          "authtoken",
          "authorization",
          "jaasconfig");

  private final CharSequence text;
  private final Ending endOfWord = new CharEnding(c -> !isRandom(c));
  private final Ending endOfPart = new CharEnding(c -> c == '/' || !isRandom(c));
  private final Ending endOfUnquoted = new UnquotedEnding();
  private final Ending endOfLine = new CharEnding(c -> c == '\n' || c == '"');
  private final Ending endOfOptions = new CharEnding(c -> c == '\n');

  /**
   * Finders of the end of a value in double quotes, one for each nesting depth. The depth, at most
   * {@link #MOST_NESTED}, is the index: the number of quoted texts in which the value lies. An
   * entry is null until its finder is first needed.
   */
  private final Ending[] endsOfQuoted = new Ending[MOST_NESTED + 1];

  private final Ending[] endsOfSingleQuoted = new Ending[MOST_NESTED + 1];
  private final Mixture mixtureOfWord = new Mixture();
  private final Mixture mixtureOfPart = new Mixture();

  /**
   * End of the last word in which the method {@link #random} found no secret, or -1 if there was no
   * such word yet. If {@link #random} is called at a later position in that word, it checks the
   * rest of the word as a whole, and of the parts between slashes only the first.
   */
  private int judged = -1;

  /**
   * Place of a credential in the text: index of its first character, and index after its last
   * character.
   */
  record Span(int from, int to) {}

  CredentialFinder(CharSequence text) {
    this.text = text;
  }

  /**
   * Returns the span of the credential that begins at a position or follows a marker there, or null
   * if there is none. Markers are, for example, the equals sign of {@code password=} and the word
   * {@code Bearer}. Positions are asked in ascending order.
   */
  @Nullable Span spanAt(int at) {
    char c = text.charAt(at);
    if (c == '=' || c == ':') {
      return c == ':' && isAt("://", at) ? userInfo(at) : valueOfSecretName(at);
    }
    if (at > 0 && isRandom(text.charAt(at - 1)) && text.charAt(at - 1) != '=') {
      return c == 'L' ? loginModuleOptions(at) : null;
    }
    Span scheme = schemeOrWebToken(at);
    if (scheme != null) {
      return scheme;
    }
    return isRandom(c) ? random(at) : null;
  }

  private @Nullable Span valueOfSecretName(int sign) {
    int end = sign;
    while (end > 0 && (text.charAt(end - 1) == ' ' || isQuote(text.charAt(end - 1)))) {
      end--;
    }
    StringBuilder name = new StringBuilder();
    for (int i = end - 1; i >= 0 && isOfName(text.charAt(i)) && end - i <= 100; i--) {
      if (Character.isLetterOrDigit(text.charAt(i))) {
        name.append(Character.toLowerCase(text.charAt(i)));
      }
    }
    String word = name.reverse().toString();
    boolean only = text.charAt(sign) == '=' && (word.equals("sig") || word.equals("pwd"));
    if (!only && NAMES.stream().noneMatch(word::endsWith)) {
      return null;
    }
    int from = sign + 1;
    while (from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    boolean several = word.endsWith("authorization") || word.endsWith("jaasconfig");
    return value(from, several ? endOfLine : endOfUnquoted);
  }

  /**
   * Returns the span of the credential that starts at a position, without the quotes around the
   * credential. A quoted value ends at the next quote of the same kind that is not escaped more
   * deeply than its opening quote. Quotes that are escaped more deeply are part of the value. The
   * result is null if there is nothing to hide.
   *
   * @param unquoted finder of the end of a value without quotes
   */
  private @Nullable Span value(int from, Ending unquoted) {
    int quote = from;
    while (quote < text.length() && text.charAt(quote) == '\\') {
      quote++;
    }
    if (quote == text.length() || !isQuote(text.charAt(quote))) {
      return span(from, unquoted.from(from));
    }
    int start = quote;
    while (start < text.length() && isQuote(text.charAt(start))) {
      start++;
    }
    return span(start, endOfQuoted(text.charAt(quote), nesting(quote - from)).from(start));
  }

  private Ending endOfQuoted(char quote, int nesting) {
    Ending[] ends = quote == '"' ? endsOfQuoted : endsOfSingleQuoted;
    int at = Math.min(nesting, MOST_NESTED);
    Ending end = ends[at];
    if (end == null) {
      end = new QuotedEnding(quote, at);
      ends[at] = end;
    }
    return end;
  }

  /**
   * Returns how deep a quote is nested in quoted texts, by the number of backslashes before the
   * quote. The quote opens or closes a value. Each text around the value doubles the backslashes
   * and adds one.
   */
  private static int nesting(int backslashes) {
    return Integer.numberOfTrailingZeros(~backslashes);
  }

  private @Nullable Span span(int from, int to) {
    boolean shown =
        isAt("${", from)
            || isAt(SecretMask.HIDDEN, from)
            || isAt("[hidden]", from)
            || (to - from == 4 && isAt("null", from));
    return shown || to <= from ? null : new Span(from, to);
  }

  private @Nullable Span userInfo(int colon) {
    int from = colon + 3;
    int at = -1;
    for (int i = from; i < text.length() && !endsAuthority(text.charAt(i)); i++) {
      if (text.charAt(i) == '@') {
        at = i;
      }
    }
    return at < 0 ? null : span(from, at);
  }

  private static boolean endsAuthority(char c) {
    return c == '/' || c == '?' || c == '#' || Character.isWhitespace(c) || isQuote(c);
  }

  private @Nullable Span schemeOrWebToken(int at) {
    for (String scheme : SCHEMES) {
      if (isAtIgnoringCase(scheme, at)) {
        int from = at + scheme.length();
        int end = endOfWord.from(from);
        return end - from < TOKEN_CHARS ? null : span(from, end);
      }
    }
    if (isAt("eyJ", at)) {
      int end = endOfWord.from(at);
      return end - at < TOKEN_CHARS ? null : span(at, end);
    }
    return null;
  }

  /**
   * Returns the span of a word that looks random, like a secret, or the span of such a part of the
   * word. The word at the position is checked first, and then its parts between slashes. The result
   * is null if none looks random. A word is made of letters, digits and {@code + / = _ ~ . -}.
   */
  private @Nullable Span random(int from) {
    int end = endOfWord.from(from);
    if (mixtureOfWord.looksRandom(from, end)) {
      return new Span(from, end);
    }
    int start = from;
    while (end - start >= RANDOM_CHARS) {
      int to = endOfPart.from(start);
      if (mixtureOfPart.looksRandom(start, to)) {
        return new Span(start, to);
      }
      if (end == judged) {
        return null;
      }
      start = to + 1;
    }
    judged = end;
    return null;
  }

  private @Nullable Span loginModuleOptions(int at) {
    if (!isAt(LOGIN_MODULE, at)) {
      return null;
    }
    int from = at + LOGIN_MODULE.length();
    if (from >= text.length() || text.charAt(from) != ' ') {
      return null;
    }
    return span(from + 1, endOfOptions.from(from + 1));
  }

  private boolean isAt(String expected, int at) {
    if (expected.length() > text.length() - at) {
      return false;
    }
    int i = 0;
    while (i < expected.length() && text.charAt(at + i) == expected.charAt(i)) {
      i++;
    }
    return i == expected.length();
  }

  private boolean isAtIgnoringCase(String expected, int at) {
    if (expected.length() > text.length() - at) {
      return false;
    }
    int i = 0;
    while (i < expected.length() && folded(text.charAt(at + i)) == folded(expected.charAt(i))) {
      i++;
    }
    return i == expected.length();
  }

  private static char folded(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }

  private static boolean isRandom(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '='
        || c == '_'
        || c == '~'
        || c == '.'
        || c == '-';
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '\\';
  }

  private static boolean isDelimiter(char c) {
    return Character.isWhitespace(c) || c == '"' || c == '\'' || ";&,)]}<>".indexOf(c) >= 0;
  }

  private static int kind(char c) {
    return c >= 'A' && c <= 'Z' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= '0' && c <= '9' ? 3 : 0;
  }

  /** Test of whether a character ends the word, value or line before it. */
  private interface Ends {
    boolean test(char c);
  }

  /**
   * Finder of the end of a word, a value or a line. It keeps the end that it found last, so that
   * later positions before that end need no search.
   */
  private abstract static class Ending {
    private int from;
    private int at = -1;

    /**
     * Returns the first position, from a given position on, at which the word, value or line ends.
     * If nothing ends it, the result is the length of the text.
     */
    final int from(int start) {
      if (start < from || start > at) {
        from = start;
        at = end(start);
      }
      return at;
    }

    abstract int end(int start);
  }

  private final class CharEnding extends Ending {
    private final Ends ends;

    CharEnding(Ends ends) {
      this.ends = ends;
    }

    @Override
    int end(int start) {
      int at = start;
      while (at < text.length() && !ends.test(text.charAt(at))) {
        at++;
      }
      return at;
    }
  }

  /**
   * Finder of the end of a value without quotes. A backslash ends the value only where it escapes a
   * quote behind it.
   */
  private final class UnquotedEnding extends Ending {
    @Override
    int end(int start) {
      int at = start;
      while (at < text.length() && !isDelimiter(text.charAt(at))) {
        at++;
      }
      boolean escaped =
          at < text.length()
              && at > start
              && isQuote(text.charAt(at))
              && text.charAt(at - 1) == '\\';
      return escaped ? at - 1 : at;
    }
  }

  /**
   * Finder of the end of a value in quotes. The value ends before the closing quote and the
   * backslashes that escape this quote.
   */
  private final class QuotedEnding extends Ending {
    private final char quote;
    private final int nesting;

    QuotedEnding(char quote, int nesting) {
      this.quote = quote;
      this.nesting = nesting;
    }

    @Override
    int end(int start) {
      int backslashes = 0;
      for (int at = start; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == quote && nesting(backslashes) <= nesting) {
          return at - (1 << nesting(backslashes)) + 1;
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
      }
      return text.length();
    }
  }

  /**
   * Counts of capitals, small letters and digits in a part of the text, and of changes from one
   * kind to another. If the next part has a later start and the same end, only the characters
   * before its start are subtracted.
   */
  private final class Mixture {
    private final int[] counts = new int[4];
    private int changes;
    private int from;
    private int to = -1;

    boolean looksRandom(int start, int end) {
      int length = end - start;
      if (length < RANDOM_CHARS) {
        return false;
      }
      if (end != to || start < from) {
        Arrays.fill(counts, 0);
        changes = 0;
        add(1, start, end, end);
      } else {
        add(-1, from, start, end);
      }
      from = start;
      to = end;
      boolean mixed = counts[1] >= length / 8 && counts[2] >= length / 8 && counts[3] >= 2;
      return mixed && changes * 3 > length;
    }

    /**
     * Adds the characters of a range to the counts, or subtracts them if {@code sign} is -1. The
     * range begins at {@code start} and ends before {@code stop}. A letter or digit also counts as
     * a change if the next letter or digit before {@code end} is of another kind.
     */
    private void add(int sign, int start, int stop, int end) {
      int before = 0;
      for (int i = start; i < stop || (before != 0 && i < end); i++) {
        int kind = kind(text.charAt(i));
        if (kind != 0) {
          changes += before != 0 && before != kind ? sign : 0;
          before = i < stop ? kind : 0;
        }
        counts[kind] += i < stop ? sign : 0;
      }
    }
  }
}
