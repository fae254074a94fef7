package dev.lockstep.app.page;

import dev.lockstep.rules.Subject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Question about the state of a subject. The question has the subject's id or name, or the id of a
 * finding about the subject.
 *
 * @param kind kind of the subject, or null for any
 * @param text id or name of the subject, or id of the finding
 * @param isFinding whether the text is the id of a finding
 */
public record StateQuestion(Subject.@Nullable Kind kind, String text, boolean isFinding) {
  private static final int MOST_CHARS = 300;
  private static final String ANY = "any";
  private static final String FINDING = "finding";

  /**
   * Parses the query part of a URL, such as {@code kind=principal&text=alice}, or returns null if
   * the query has no valid question.
   */
  static @Nullable StateQuestion of(@Nullable String query) {
    Map<String, String> values = new HashMap<>();
    StringTokenizer parts = new StringTokenizer(query == null ? "" : query, "&");
    while (parts.hasMoreTokens()) {
      String part = parts.nextToken();
      int at = part.indexOf('=');
      if (at > 0) {
        try {
          values.put(
              part.substring(0, at),
              URLDecoder.decode(part.substring(at + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          return null;
        }
      }
    }
    String word = values.getOrDefault("kind", "");
    String text = values.getOrDefault("text", "").strip();
    if (text.isEmpty() || text.length() > MOST_CHARS) {
      return null;
    }
    if (word.equals(ANY) || word.equals(FINDING)) {
      return new StateQuestion(null, text, word.equals(FINDING));
    }
    return Arrays.stream(Subject.Kind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .map(kind -> new StateQuestion(kind, text, false))
        .orElse(null);
  }
}
