package dev.lockstep.schemas.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Converter of ids, hosts, names, codes and words of records to the form in which they are
 * compared: trimmed and in lower case.
 */
@NullMarked
public final class ComparableText {
  private ComparableText() {}

  /** Returns a text trimmed and in lower case, or an empty text for null. */
  public static String of(@Nullable String text) {
    return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
  }

  /** Returns several texts, each trimmed and in lower case. */
  public static Set<String> all(Collection<String> texts) {
    return texts.stream().map(ComparableText::of).collect(Collectors.toUnmodifiableSet());
  }

  /** Returns a text trimmed and in lower case, or null for a text that is null or blank. */
  public static @Nullable String orNull(@Nullable String text) {
    String compared = of(text);
    return compared.isEmpty() ? null : compared;
  }
}
