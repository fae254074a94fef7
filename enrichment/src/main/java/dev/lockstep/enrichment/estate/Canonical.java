package dev.lockstep.enrichment.estate;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Form in which ids, hosts and names of an estate are compared: trimmed and in lower case. */
final class Canonical {
  private Canonical() {}

  static String of(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  static Set<String> all(Collection<String> texts) {
    return texts.stream().map(Canonical::of).collect(Collectors.toUnmodifiableSet());
  }
}
