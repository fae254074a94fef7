package dev.lockstep.enrichment.file;

import dev.lockstep.schemas.text.Quoted;
import java.util.Locale;

/**
 * Writer of single values as YAML text. The library's emitter would write hidden characters as they
 * are.
 */
public final class YamlText {

  private YamlText() {}

  /** Returns a value as YAML text, in quotes unless it consists of plain words. */
  public static String scalar(String value) {
    boolean plain =
        !value.isEmpty()
            && Character.isLetterOrDigit(value.charAt(0))
            && value.charAt(value.length() - 1) != ' '
            && !value.equals("null");
    for (int i = 0; i < value.length() && plain; i++) {
      char c = value.charAt(i);
      plain = Character.isLetterOrDigit(c) || " ._/@+-()".indexOf(c) >= 0;
    }
    if (plain) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
              } else if (Quoted.isHidden(point)) {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", point));
              } else {
                quoted.appendCodePoint(point);
              }
            });
    return quoted.append('"').toString();
  }
}
