package dev.lockstep.rules;

import dev.lockstep.schemas.Severity;

/** Ladder of severities: one level up stops at High, one level down at Low. */
public final class Severities {
  private Severities() {}

  /** Returns one level up. */
  public static Severity up(Severity severity) {
    return switch (severity) {
      case Informational -> Severity.Low;
      case Low -> Severity.Medium;
      case Medium, High -> Severity.High;
    };
  }

  /** Returns one level down. */
  public static Severity down(Severity severity) {
    return switch (severity) {
      case High -> Severity.Medium;
      case Medium, Low -> Severity.Low;
      case Informational -> Severity.Informational;
    };
  }
}
