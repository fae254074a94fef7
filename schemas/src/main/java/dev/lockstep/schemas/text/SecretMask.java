package dev.lockstep.schemas.text;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
  static final String HIDDEN = "(hidden)";
  private static final int FEWEST_CHARS = 6;
  private static final int FEWEST_DIGITS = 10;

  /** Secret value of the configuration, with the text that replaces it. */
  private record Known(String value, String shown) {}

  private static final Object LOCK = new Object();
  private static final Map<String, String> SHOWN = new HashMap<>();
  private static volatile List<Known> known = List.of();
  private static @Nullable String read;

  private SecretMask() {}

  /**
   * Empties the set of known secret values before a configuration is read, unless the same file was
   * read last.
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
   * Adds a secret value to hide from now on, unless it is too short. Its lines, its forms in JSON
   * and in a URL, and the credentials in it are hidden too.
   *
   * @param shown replacement, such as the reference by which the configuration named the value
   */
  public static void hide(String value, String shown) {
    synchronized (LOCK) {
      add(value, shown);
      String inJson = new String(JsonStringEncoder.getInstance().quoteAsString(value));
      add(inJson, shown);
      add(inJson.replace("/", "\\/"), shown);
      String inUrl = URLEncoder.encode(value, StandardCharsets.UTF_8);
      for (String url : List.of(inUrl, inUrl.replace("+", "%20"))) {
        add(url, shown);
        add(withSmallHex(url), shown);
      }
      if (value.indexOf('\n') >= 0) {
        value.lines().forEach(line -> add(line, shown));
      }
      CredentialFinder forms = new CredentialFinder(value);
      int at = 0;
      while (at < value.length()) {
        CredentialFinder.Span span = forms.spanAt(at);
        if (span != null) {
          add(value.substring(span.from(), span.to()), shown);
        }
        at = span == null ? at + 1 : span.to();
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

  /** Returns a text encoded for a URL with the letters of its percent escapes in lower case. */
  private static String withSmallHex(String url) {
    StringBuilder small = new StringBuilder(url);
    for (int at = url.indexOf('%'); at >= 0; at = url.indexOf('%', at + 1)) {
      for (int i = at + 1; i <= at + 2; i++) {
        small.setCharAt(i, Character.toLowerCase(url.charAt(i)));
      }
    }
    return small.toString();
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
    return beginning(text, Integer.MAX_VALUE);
  }

  /**
   * Returns the beginning of a text with its credentials masked. It has at least {@code
   * fewestChars} + 2 characters, or is the whole masked text if that is shorter. A credential that
   * extends beyond the beginning is masked too.
   */
  static String beginning(String text, int fewestChars) {
    String shown = text;
    for (Known each : known) {
      if (shown.contains(each.value())) {
        shown = shown.replace(each.value(), each.shown());
      }
    }
    CredentialFinder forms = new CredentialFinder(shown);
    StringBuilder masked = new StringBuilder();
    int done = 0;
    int at = 0;
    while (at < shown.length() && masked.length() + at - done < fewestChars + 2L) {
      CredentialFinder.Span span = forms.spanAt(at);
      if (span == null) {
        at++;
      } else {
        masked.append(shown, done, span.from()).append(HIDDEN);
        done = span.to();
        at = done;
      }
    }
    return done == 0 && at == shown.length() ? shown : masked.append(shown, done, at).toString();
  }
}
