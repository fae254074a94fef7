package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.document.SourceLine;
import java.util.List;
import java.util.Locale;

/**
 * Warning of lint about a Sigma document that can be loaded.
 *
 * @param what words that follow the place, such as {@code has no tests}
 * @param fix action by which the author removes the cause
 */
public record Warning(SourceLine at, Kind kind, String what, String fix) {
  /** Adds a new warning to the warnings about its document. */
  static void add(List<Warning> warnings, SourceLine at, Kind kind, String what, String fix) {
    warnings.add(new Warning(at, kind, what, fix));
  }

  /** Kind of a warning, by which scripts tell warnings apart. */
  public enum Kind {
    UNKNOWN_FIELD,
    NO_SOURCE,
    UNKNOWN_VALUE,
    SLEEPS,
    ATTACK,
    NEVER_HOLDS,
    ALWAYS_HOLDS,
    UNUSED_SELECTION,
    KEEPS_MATCHES,
    DUPLICATE_TITLE,
    PLACEHOLDER,
    TEMPLATE_TEXT,
    MISSPELT_KEY,
    BAD_DATE,
    NO_ID,
    BAD_ID,
    NO_TESTS,
    NO_INDEX;

    /**
     * Returns the word for this kind of warning in the JSON report of {@code rules lint}, such as
     * {@code unknown-field}.
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
