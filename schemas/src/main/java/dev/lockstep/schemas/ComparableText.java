package dev.lockstep.schemas;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Form in which ids, hosts, names, codes and words of records are compared: trimmed and in lower
 * case.
 */
public final class ComparableText {
  private ComparableText() {}

  /** Returns the form of a text, or an empty text if there is none. */
  public static String of(@Nullable String text) {
    return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
  }

  /** Returns the forms of several texts. */
  public static Set<String> all(Collection<String> texts) {
    return texts.stream().map(ComparableText::of).collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the form of a text, or null if there is none or it is blank. */
  public static @Nullable String orNull(@Nullable String text) {
    String compared = of(text);
    return compared.isEmpty() ? null : compared;
  }
}
