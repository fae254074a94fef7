package dev.lockstep.schemas;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Mask that replaces credentials in text for people: known secret values of the configuration, and
 * anything in the form of a credential.
 *
 * <h2>Known values</h2>
 *
 * The process has one set of known values, because libraries make messages and log lines without
 * access to the configuration. Reading another configuration clears the set. Known values of fewer
 * than 6 characters, and numbers of fewer than 10 digits, are not replaced, because such texts
 * occur by chance.
 *
 * <h2>Forms</h2>
 *
 * Values after names such as {@code SharedAccessKey=} and {@code password=}; bearer and basic
 * credentials; JSON web tokens; user info in URLs; options of a JAAS login module; runs of at least
 * 32 characters that alternate between capitals, small letters and digits like random text.
 */
@NullMarked
public final class SecretMask {
  private static final String HIDDEN = "(hidden)";
  private static final int FEWEST_CHARS = 6;
  private static final int FEWEST_DIGITS = 10;
  private static final int RANDOM_CHARS = 32;
  private static final int TOKEN_CHARS = 8;
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

  /** Secret value of the configuration, with the text that replaces it. */
  private record Known(String value, String shown) {}

  private static final Object LOCK = new Object();
  private static final Map<String, String> SHOWN = new HashMap<>();
  private static volatile List<Known> known = List.of();
  private static @Nullable String read;

  private SecretMask() {}

  /**
   * Empties the set of known secret values that the mask hides, unless the same configuration file
   * is read again.
   *
   * @param configuration file of the configuration; null for none, which never counts as the same
   */
  public static void begin(@Nullable String configuration) {
    synchronized (LOCK) {
      if (configuration == null || !configuration.equals(read)) {
        SHOWN.clear();
        known = List.of();
      }
      read = configuration;
    }
  }

  /**
   * Adds a secret value to hide from now on, unless it is too short. Its lines, its URL-encoded
   * form and the credentials in it are hidden too.
   *
   * @param shown replacement, such as the reference by which the configuration named the value
   */
  public static void hide(String value, String shown) {
    synchronized (LOCK) {
      add(value, shown);
      add(URLEncoder.encode(value, StandardCharsets.UTF_8), shown);
      if (value.indexOf('\n') >= 0) {
        value.lines().forEach(line -> add(line, shown));
      }
      for (Span span : spans(value)) {
        add(value.substring(span.from(), span.to()), shown);
      }
      known =
          SHOWN.entrySet().stream()
              .map(entry -> new Known(entry.getKey(), entry.getValue()))
              .sorted(
                  Comparator.<Known>comparingInt(one -> -one.value().length())
                      .thenComparing(Known::value))
              .toList();
    }
  }

  private static void add(String value, String shown) {
    String text = value.strip();
    boolean number = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (text.length() >= (number ? FEWEST_DIGITS : FEWEST_CHARS) && !shown.contains(text)) {
      SHOWN.putIfAbsent(text, shown);
    }
  }

  /** Returns a text with its credentials replaced. */
  public static String of(String text) {
    String shown = text;
    for (Known each : known) {
      if (shown.contains(each.value())) {
        shown = shown.replace(each.value(), each.shown());
      }
    }
    List<Span> spans = spans(shown);
    if (spans.isEmpty()) {
      return shown;
    }
    StringBuilder redacted = new StringBuilder(shown.length());
    int done = 0;
    for (Span span : spans) {
      redacted.append(shown, done, span.from()).append(HIDDEN);
      done = span.to();
    }
    return redacted.append(shown, done, shown.length()).toString();
  }

  private record Span(int from, int to) {}

  private static List<Span> spans(String text) {
    List<Span> found = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      Span span = spanAt(text, at);
      if (span != null) {
        found.add(span);
      }
      at = span == null ? at + 1 : span.to();
    }
    return found;
  }

  private static @Nullable Span spanAt(String text, int at) {
    char c = text.charAt(at);
    if (c == '=' || c == ':') {
      return c == ':' && text.startsWith("://", at)
          ? userInfo(text, at)
          : valueOfSecretName(text, at);
    }
    if (at > 0 && isRandom(text.charAt(at - 1)) && text.charAt(at - 1) != '=') {
      return c == 'L' ? loginModuleOptions(text, at) : null;
    }
    Span scheme = schemeOrWebToken(text, at);
    if (scheme != null) {
      return scheme;
    }
    return isRandom(c) ? random(text, at) : null;
  }

  private static @Nullable Span valueOfSecretName(String text, int sign) {
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
    return several ? line(text, from) : value(text, from);
  }

  private static @Nullable Span value(String text, int from) {
    int start = from;
    while (start < text.length() && isQuote(text.charAt(start))) {
      start++;
    }
    boolean quoted = start > from;
    int end = start;
    while (end < text.length()
        && (quoted ? !isQuote(text.charAt(end)) : !isDelimiter(text.charAt(end)))) {
      end++;
    }
    return span(text, start, end);
  }

  private static @Nullable Span line(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '"') {
      end++;
    }
    return span(text, from, end);
  }

  private static @Nullable Span span(String text, int from, int to) {
    boolean shown =
        text.startsWith("${", from)
            || text.startsWith(HIDDEN, from)
            || text.startsWith("[hidden]", from)
            || (to - from == 4 && text.startsWith("null", from));
    return shown || to <= from ? null : new Span(from, to);
  }

  private static @Nullable Span userInfo(String text, int colon) {
    int from = colon + 3;
    int at = -1;
    for (int i = from; i < text.length() && !endsAuthority(text.charAt(i)); i++) {
      if (text.charAt(i) == '@') {
        at = i;
      }
    }
    return at < 0 ? null : span(text, from, at);
  }

  private static boolean endsAuthority(char c) {
    return c == '/' || c == '?' || c == '#' || Character.isWhitespace(c) || isQuote(c);
  }

  private static @Nullable Span schemeOrWebToken(String text, int at) {
    for (String scheme : SCHEMES) {
      if (text.regionMatches(true, at, scheme, 0, scheme.length())) {
        int from = at + scheme.length();
        int end = end(text, from);
        return end - from < TOKEN_CHARS ? null : span(text, from, end);
      }
    }
    if (text.startsWith("eyJ", at)) {
      int end = end(text, at);
      return end - at < TOKEN_CHARS ? null : span(text, at, end);
    }
    return null;
  }

  /**
   * Returns the span of the word at a position if the word looks random like a secret, else of its
   * first part between slashes that looks so, or null if none does. A word is made of letters,
   * digits and {@code + / = _ ~ . -}.
   */
  private static @Nullable Span random(String text, int from) {
    int end = end(text, from);
    if (looksRandom(text, from, end)) {
      return new Span(from, end);
    }
    int start = from;
    while (end - start >= RANDOM_CHARS) {
      int slash = text.indexOf('/', start);
      int to = slash < 0 || slash > end ? end : slash;
      if (looksRandom(text, start, to)) {
        return new Span(start, to);
      }
      start = to + 1;
    }
    return null;
  }

  private static boolean looksRandom(String text, int from, int end) {
    int length = end - from;
    if (length < RANDOM_CHARS) {
      return false;
    }
    int capitals = 0;
    int small = 0;
    int digits = 0;
    int changes = 0;
    int before = 0;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      int kind = c >= 'A' && c <= 'Z' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= '0' && c <= '9' ? 3 : 0;
      if (kind != 0) {
        changes += before != 0 && before != kind ? 1 : 0;
        before = kind;
      }
      capitals += kind == 1 ? 1 : 0;
      small += kind == 2 ? 1 : 0;
      digits += kind == 3 ? 1 : 0;
    }
    boolean mixed = capitals >= length / 8 && small >= length / 8 && digits >= 2;
    return mixed && changes * 3 > length;
  }

  private static @Nullable Span loginModuleOptions(String text, int at) {
    if (!text.startsWith(LOGIN_MODULE, at)) {
      return null;
    }
    int from = at + LOGIN_MODULE.length();
    if (from >= text.length() || text.charAt(from) != ' ') {
      return null;
    }
    int end = from + 1;
    while (end < text.length() && text.charAt(end) != '\n') {
      end++;
    }
    return span(text, from + 1, end);
  }

  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && isRandom(text.charAt(end))) {
      end++;
    }
    return end;
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
    return Character.isWhitespace(c) || isQuote(c) || ";&,)]}<>".indexOf(c) >= 0;
  }
}
