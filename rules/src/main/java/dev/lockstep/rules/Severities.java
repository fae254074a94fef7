package dev.lockstep.rules;

import dev.lockstep.schemas.Severity;

/**
 * Static methods that raise or lower a severity by one level, but neither raise High nor lower Low
 * to Informational.
 */
public final class Severities {
  private Severities() {}

  /** Returns the next higher severity, at most High. */
  public static Severity up(Severity severity) {
    return switch (severity) {
      case Informational -> Severity.Low;
      case Low -> Severity.Medium;
      case Medium, High -> Severity.High;
    };
  }

  /** Returns the next lower severity, where Low and Informational stay as they are. */
  public static Severity down(Severity severity) {
    return switch (severity) {
      case High -> Severity.Medium;
      case Medium, Low -> Severity.Low;
      case Informational -> Severity.Informational;
    };
  }
}
