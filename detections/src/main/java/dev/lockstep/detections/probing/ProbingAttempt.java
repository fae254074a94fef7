package dev.lockstep.detections.probing;

/**
 * Refused calls that count as one attempt because they have the same second, status code and
 * operation. A fact of a minute keeps its attempts in a set.
 *
 * @param second of the minute
 * @param kind status code of the refusal
 * @param operation operation that the call tried
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
