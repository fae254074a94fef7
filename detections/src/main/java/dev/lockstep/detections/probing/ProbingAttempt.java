package dev.lockstep.detections.probing;

/**
 * Refused calls that count as one attempt because they have the same second, status code and
 * operation. A fact of a minute keeps its attempts in a set.
 *
 * @param second second of the minute, 0 to 59
 * @param kind status code of the refusal
 * @param operation operation that the call tried
 */
record ProbingAttempt(int second, String kind, String operation) {
  static ProbingAttempt of(String text) {
    int space = text.indexOf(' ', 3);
    return new ProbingAttempt(secondOf(text), text.substring(3, space), text.substring(space + 1));
  }

  /**
   * Returns whether a text kept in a fact is an encoded attempt, and not an operation or a status
   * code.
   */
  static boolean isOne(String text) {
    return text.length() > 7
        && text.charAt(2) == ' '
        && text.charAt(6) == ' '
        && text.chars().limit(6).allMatch(each -> each == ' ' || (each >= '0' && each <= '9'));
  }

  static int secondOf(String text) {
    return Integer.parseInt(text, 0, 2, 10);
  }

  /** Returns this attempt as text, in the form in which a fact keeps attempts in a set. */
  String text() {
    return (second < 10 ? "0" : "") + second + " " + kind + " " + operation;
  }
}
