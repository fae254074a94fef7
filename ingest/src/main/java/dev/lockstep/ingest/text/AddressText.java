package dev.lockstep.ingest.text;

import org.jspecify.annotations.Nullable;

/**
 * Parser of texts that hold one IP address, perhaps with a port, brackets or a zone. It returns the
 * address alone, or null for any other text.
 */
public final class AddressText {
  private static final int LONGEST = 80;
  private static final String MAPPED = "::ffff:";

  private AddressText() {}

  /**
   * Returns the IP address that a text consists of, without port, brackets and zone, or null for
   * any other text. The result is in lower case. An IPv4 address after {@code ::ffff:} becomes
   * IPv4. Two spellings of one IPv6 address stay two texts.
   */
  public static @Nullable String bare(String text) {
    String bare = text.length() > LONGEST ? "" : Scalars.lower(text.strip());
    int colon = bare.indexOf(':');
    if (bare.startsWith("[")) {
      int close = bare.indexOf(']');
      boolean port = close > 0 && bare.startsWith(":", close + 1) && isPort(bare, close + 2);
      if (close < 0 || (close + 1 < bare.length() && !port)) {
        return null;
      }
      bare = bare.substring(1, close);
    } else if (colon > 0 && colon == bare.lastIndexOf(':') && isPort(bare, colon + 1)) {
      bare = bare.substring(0, colon);
    }
    int zone = bare.indexOf('%');
    if (zone > 0 && zone + 1 < bare.length() && bare.indexOf(':') >= 0) {
      bare = bare.substring(0, zone);
    }
    if (bare.startsWith(MAPPED) && isV4(bare, MAPPED.length())) {
      bare = bare.substring(MAPPED.length());
    }
    return isV4(bare, 0) || isV6(bare) ? bare : null;
  }

  private static boolean isPort(String text, int from) {
    return Scalars.digits(text.substring(from), 65_535) >= 0;
  }

  private static boolean isV4(String text, int from) {
    int numbers = 0;
    int at = from;
    while (at <= text.length()) {
      int dot = text.indexOf('.', at);
      int end = dot < 0 ? text.length() : dot;
      boolean leadingZero = end - at > 1 && text.charAt(at) == '0';
      if (leadingZero || Scalars.digits(text.substring(at, end), 255) < 0) {
        return false;
      }
      numbers++;
      at = end + 1;
    }
    return numbers == 4;
  }

  private static boolean isV6(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return false;
    }
    boolean tail = text.indexOf('.', colon) >= 0;
    if (tail && !isV4(text, colon + 1)) {
      return false;
    }
    int groups = tail ? 2 : 0;
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    int at = 0;
    int end = tail ? colon : text.length();
    while (at <= end && !(tail && at == end && gap == end - 1)) {
      int next = text.indexOf(':', at);
      int to = next < 0 || next > end ? end : next;
      boolean besideGap = gap >= 0 && to == at && (at == gap || at == gap + 1 || at == gap + 2);
      if (to == at ? !besideGap : !isGroup(text, at, to)) {
        return false;
      }
      groups += to > at ? 1 : 0;
      at = to + 1;
    }
    return gap >= 0 ? groups < 8 : groups == 8;
  }

  private static boolean isGroup(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
        return false;
      }
    }
    return to - from <= 4;
  }
}
