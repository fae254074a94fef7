package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.erasure.EscapedText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Id and names of an erased principal, as they may be in the bytes of state records.
 *
 * @param terms the id and names
 * @param bytes the terms in UTF-8, and a GUID also as its 16 bytes
 * @param others terms with characters outside ASCII; to ignore their case, the bytes are decoded to
 *     text first
 */
record Sought(List<String> terms, List<byte[]> bytes, List<String> others) {
  private static final int GUID_CHARS = 36;

  static Sought of(ErasedPrincipal erasing) {
    List<byte[]> bytes = new ArrayList<>();
    for (String term : erasing.terms()) {
      bytes.add(term.getBytes(StandardCharsets.UTF_8));
      byte[] written = new ByteSink().text(term).bytes();
      if (term.length() == GUID_CHARS && written[0] == ByteSink.GUID) {
        bytes.add(Arrays.copyOfRange(written, 1, written.length));
      }
    }
    List<String> others = erasing.terms().stream().filter(term -> !isAscii(term)).toList();
    return new Sought(erasing.terms(), bytes, others);
  }

  private static boolean isAscii(String term) {
    return term.chars().allMatch(c -> c < 0x80);
  }

  /**
   * Returns whether an array of bytes contains one of the terms. Case does not matter, and any
   * character may be written as a percent escape, as in links.
   */
  boolean isIn(byte[] array) {
    return hasPlain(array) || hasOther(array) || hasEscaped(array);
  }

  private boolean hasPlain(byte[] array) {
    for (byte[] term : bytes) {
      for (int at = 0; at + term.length <= array.length; at++) {
        int same = 0;
        while (same < term.length && lower(array[at + same]) == lower(term[same])) {
          same++;
        }
        if (same == term.length) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasOther(byte[] array) {
    if (others.isEmpty()) {
      return false;
    }
    String text = new String(array, StandardCharsets.UTF_8);
    for (String term : others) {
      for (int at = 0; at + term.length() <= text.length(); at++) {
        if (text.regionMatches(true, at, term, 0, term.length())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasEscaped(byte[] array) {
    for (byte one : array) {
      if (one == '%' || one == '+') { // a plus stands for a blank in a link
        return EscapedText.holds(new String(array, StandardCharsets.UTF_8), terms);
      }
    }
    return false;
  }

  private static int lower(byte one) {
    return one >= 'A' && one <= 'Z' ? one + ('a' - 'A') : one;
  }
}
