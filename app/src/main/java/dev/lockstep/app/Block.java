package dev.lockstep.app;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of IPv6, of at most 48 bits.
 *
 * @param bits the first 48 bits, zero behind the length
 */
record Block(long bits, int length) {
  private static final int PREFIX = 48;
  private static final int SHORTEST = 32;

  /** Returns the smallest one that contains some /48s, or null if one of them is none. */
  static @Nullable Block around(List<String> prefixes) {
    Block block = null;
    for (String prefix : prefixes) {
      Block next = of(prefix);
      if (next == null) {
        return null;
      }
      block = block == null ? next : block.with(next);
    }
    return block;
  }

  /** Returns a canonical /48, or null. */
  static @Nullable Block of(String prefix) {
    int end = prefix.indexOf("::/48");
    if (end < 0) {
      return null;
    }
    long bits = 0;
    int groups = 0;
    int group = 0;
    for (int i = 0; i <= end; i++) {
      char c = prefix.charAt(i);
      if (c == ':') {
        if (i > 0) {
          bits = bits << 16 | group;
          groups++;
        }
        group = 0;
      } else {
        group = group << 4 | Character.digit(c, 16);
      }
    }
    return groups > 3 ? null : new Block(bits << (16 * (3 - groups)), PREFIX);
  }

  private Block with(Block other) {
    int alike = Long.numberOfLeadingZeros(bits ^ other.bits) - (Long.SIZE - PREFIX);
    return cut(Math.min(Math.min(length, other.length), alike));
  }

  /** Returns the block of that length around it, which is not longer than its own. */
  Block cut(int to) {
    return new Block(bits & (-1L << (PREFIX - to)), to);
  }

  /** Returns the smallest around it that ends with a whole hexadecimal digit. */
  Block onNibble() {
    return cut(length - length % 4);
  }

  /**
   * Returns whether one provider has it: nobody is given more than a /32 at a time for a region.
   */
  boolean plausible() {
    return length >= SHORTEST;
  }

  boolean contains(String prefix) {
    Block other = of(prefix);
    return other != null && other.cut(length).bits == bits;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int group = 2; group >= 0; group--) {
      long rest = bits & ((1L << (16 * (group + 1))) - 1);
      if (rest == 0) {
        break;
      }
      text.append(Long.toHexString(rest >>> (16 * group))).append(group > 0 ? ":" : "");
    }
    String groups = text.toString();
    return (groups.endsWith(":") ? groups.substring(0, groups.length() - 1) : groups)
        + "::/"
        + length;
  }
}
