package dev.lockstep.template;

/** The characters of a Bicep file, and where a reader of it stands. */
final class BicepText {
  private final String file;
  private final String text;
  private int at;

  /** Begins at the beginning; {@code file} is its name for messages. */
  BicepText(String file, String text) {
    this.file = file;
    this.text = text;
  }

  boolean isOver() {
    return at >= text.length();
  }

  /** Returns whether a token follows at once, with no space before it. */
  boolean follows(String token) {
    return text.startsWith(token, at);
  }

  /** Returns a character and the digits after it. */
  String digits() {
    int from = at;
    at++;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  char character() {
    if (at >= text.length() || text.charAt(at) == '\n') {
      throw wrong("a string does not end");
    }
    return text.charAt(at++);
  }

  String word() {
    next();
    int from = at;
    while (at < text.length() && isWord(text.charAt(at))) {
      at++;
    }
    if (from == at) {
      throw wrong("a name is wanted");
    }
    return text.substring(from, at);
  }

  void expect(String token) {
    if (!taken(token)) {
      throw wrong("\"" + token + "\" is wanted");
    }
  }

  boolean taken(String token) {
    next();
    if (!text.startsWith(token, at)) {
      return false;
    }
    int end = at + token.length();
    if (isWord(token.charAt(0)) && end < text.length() && isWord(text.charAt(end))) {
      return false;
    }
    at = end;
    return true;
  }

  /** Returns the next character of this line, or a line's end. */
  char next() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    if (text.startsWith("//", at)) {
      while (at < text.length() && text.charAt(at) != '\n') {
        at++;
      }
    }
    return at < text.length() ? text.charAt(at) : '\n';
  }

  void skipLines() {
    while (next() == '\n' && at < text.length()) {
      at++;
    }
  }

  void skipSeparators() {
    for (char c = next(); at < text.length() && (c == '\n' || c == ','); c = next()) {
      at++;
    }
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  TemplateException wrong(String what) {
    long line =
        text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count() + 1;
    return new TemplateException("could not read " + file + ":" + line + ": " + what);
  }
}
