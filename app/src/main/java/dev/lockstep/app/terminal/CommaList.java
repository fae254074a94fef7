package dev.lockstep.app.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Parser of a list with commas between its texts, as people write several values of an option or a
 * key.
 */
public final class CommaList {
  private CommaList() {}

  /** Returns the texts between the commas, without spaces around them. A text may be empty. */
  public static List<String> of(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', from)) {
      parts.add(text.substring(from, comma).strip());
      from = comma + 1;
    }
    parts.add(text.substring(from).strip());
    return parts;
  }
}
