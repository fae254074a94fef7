package dev.lockstep.detections.probing;

/**
 * Attempt in a minute, as a member of a set has it.
 *
 * @param second of the minute
 * @param kind code with which it was refused
 * @param operation that was tried
 */
record ProbingAttempt(int second, String kind, String operation) {
  static String text(int second, int kind, String operation) {
    return "%02d %d %s".formatted(second, kind, operation);
  }

  static ProbingAttempt of(String text) {
    int space = text.indexOf(' ', 3);
    return new ProbingAttempt(
        Integer.parseInt(text.substring(0, 2)),
        text.substring(3, space),
        text.substring(space + 1));
  }
}
