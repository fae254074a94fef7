package dev.lockstep.rules.kit;

import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Severity;
import java.time.LocalDate;
import java.util.List;

/**
 * Finding that a rule's author expects.
 *
 * @param day UTC day, counted from 1970
 * @param parts texts that, with rule, subject and day, make up the finding's id
 */
public record Expected(
    Subject subject, int day, List<String> parts, String reason, Severity severity, int count) {
  public Expected {
    parts = List.copyOf(parts);
  }

  /**
   * Returns an expected finding whose id is made of rule, subject and day alone. Its detection has
   * to state the given reason, severity and {@code count}.
   */
  public static Expected of(Subject subject, int day, String reason, Severity severity, int count) {
    return new Expected(subject, day, List.of(), reason, severity, count);
  }

  /**
   * Returns a copy of this expected finding, with the texts that distinguish it from other findings
   * of the same rule, subject and day. They are the texts that the rule passes to {@link
   * dev.lockstep.rules.Fired#in}.
   */
  public Expected in(String... parts) {
    return new Expected(subject, day, List.of(parts), reason, severity, count);
  }

  @Override
  public String toString() {
    return "%s %s %s%s: %s %s x%d"
        .formatted(
            subject.kind(),
            subject.id(),
            LocalDate.ofEpochDay(day),
            parts.isEmpty() ? "" : " " + parts,
            reason,
            severity,
            count);
  }
}
