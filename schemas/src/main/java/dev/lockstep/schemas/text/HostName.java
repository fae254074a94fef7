package dev.lockstep.schemas.text;

import org.jspecify.annotations.NullMarked;

/**
 * Check of whether a text is a host name without scheme, port and path, by its spelling alone; no
 * name is looked up.
 */
@NullMarked
public final class HostName {
  private static final int MOST_CHARACTERS = 253;
  private static final int MOST_LABEL_CHARACTERS = 63;

  private HostName() {}

  /**
   * Returns whether a text is a host name and nothing else, without scheme, port and path.
   *
   * <p>It consists of labels with dots between them and no dot at the end. A label has 1 to 63
   * ASCII letters, digits and dashes, with no dash at its ends. The name has at most 253
   * characters.
   */
  public static boolean isName(String text) {
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '.') {
        if (i == start
            || i - start > MOST_LABEL_CHARACTERS
            || text.charAt(start) == '-'
            || text.charAt(i - 1) == '-') {
          return false;
        }
        start = i + 1;
      } else if (!isLabelCharacter(text.charAt(i))) {
        return false;
      }
    }
    return text.length() <= MOST_CHARACTERS;
  }

  /**
   * Returns whether a text is made of what host names are made of: letters and digits of any
   * script, dots, dashes and underscores. An API of an estate may have any such name.
   */
  public static boolean isLikeName(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_');
  }

  private static boolean isLabelCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
}
