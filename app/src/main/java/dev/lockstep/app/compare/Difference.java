package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finding in two compared runs, with the kind of difference: appeared, gone, changed or the same. A
 * finding counts as changed if its severity, reason, count or shadow differs.
 *
 * @param before last revision of the finding in the first run; null if the run does not have it
 * @param after last revision of the finding in the second run; null if the run does not have it
 */
public record Difference(@Nullable ComparedDetection before, @Nullable ComparedDetection after) {
  /** Kind of difference: the finding appeared, is gone, has changed or is the same. */
  public enum Kind {
    APPEARED,
    GONE,
    CHANGED,
    SAME;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the kind of the difference. Title and end of a finding may differ without effect. */
  public Kind kind() {
    if (before == null) {
      return Kind.APPEARED;
    }
    if (after == null) {
      return Kind.GONE;
    }
    return before.severity() == after.severity()
            && before.reason().equals(after.reason())
            && before.count() == after.count()
            && before.shadow() == after.shadow()
        ? Kind.SAME
        : Kind.CHANGED;
  }

  /**
   * Returns the finding of the second run, or the finding of the first run if the second lacks it.
   */
  public ComparedDetection either() {
    return after == null ? Objects.requireNonNull(before) : after;
  }
}
