package dev.lockstep.ingest;

import java.util.Locale;

/** A value from outside as it may stand in a message: in quotes, bounded, printable ASCII only. */
final class Quoted {
  private static final int CHARS = 80;

  private Quoted() {}

  static String of(String value) {
    return '"' + plain(value, CHARS) + '"';
  }

  /** Returns the text without quotes around it. */
  static String plain(String value, int chars) {
    StringBuilder out = new StringBuilder(Math.min(value.length(), chars) + 16);
    for (int i = 0; i < value.length(); i++) {
      if (out.length() >= chars) {
        return out.append("...").toString();
      }
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
