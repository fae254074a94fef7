package dev.lockstep.schemas.text;

import java.util.Arrays;
import org.jspecify.annotations.NullMarked;

/** Test of whether a text is a GUID in the form that Entra uses for ids. */
@NullMarked
public final class Guid {
  /** Number of characters of a GUID. */
  public static final int CHARS = 36;

  private static final String ZERO = "00000000-0000-0000-0000-000000000000";
  private static final int DASHES = 4;
  private static final int DASH = 64;
  private static final int[] WEIGHTS = weights();

  private Guid() {}

  /** Returns whether a text is a GUID in lower case, without anything around it. */
  public static boolean isGuid(String text) {
    if (text.length() != CHARS
        || text.charAt(8) != '-'
        || text.charAt(13) != '-'
        || text.charAt(18) != '-'
        || text.charAt(23) != '-') {
      return false;
    }
    int all = 0;
    int sum = 0;
    for (int i = 0; i < CHARS; i++) { // without branches, because every id passes here
      char c = text.charAt(i);
      all |= c;
      sum += WEIGHTS[c & 0x7f];
    }
    return all < 0x80 && sum == DASHES * DASH + CHARS - DASHES;
  }

  /** Returns whether a text is the all-zero GUID, which services write for an absent id. */
  public static boolean isZero(String text) {
    return text.equals(ZERO);
  }

  /**
   * Returns a weight for each ASCII character. By the sum of a text's weights, {@link #isGuid}
   * recognises a GUID. Only 4 dashes and 32 hexadecimal digits in lower case have that sum: a digit
   * weighs 1, a dash {@code DASH}, and any other character {@code DASH * DASH}.
   */
  private static int[] weights() {
    int[] weights = new int[0x80];
    Arrays.fill(weights, DASH * DASH);
    weights['-'] = DASH;
    for (char c : "0123456789abcdef".toCharArray()) {
      weights[c] = 1;
    }
    return weights;
  }
}
