package dev.lockstep.enrichment.address;

import inet.ipaddr.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * Result of parsing a CIDR range that a person wrote: the range, or a text that says what to write
 * instead.
 *
 * @param range block of addresses, or a single address without a prefix length; null if the text is
 *     no range
 * @param fix text that says what to write instead; empty if the text is a range
 */
public record Cidr(@Nullable IPAddress range, String fix) {

  private static final String SHAPE =
      "write a range such as 203.0.113.0/24 or 2001:db8:1::/48, or a single address";

  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    IPAddress address = Address.strict(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return new Cidr(null, SHAPE);
    }
    if (slash < 0) {
      return new Cidr(address, "");
    }
    boolean mapped = address.isIPv4() && text.indexOf(':') >= 0;
    int most = mapped ? 128 : address.getBitCount();
    int bits = prefixLength(text, slash + 1);
    if (bits < 0 || bits > most) {
      return new Cidr(null, "write a prefix length from 0 to " + most + " after the slash");
    }
    if (mapped) {
      if (bits < 96) {
        return new Cidr(
            null, "write the range of IPv4 addresses that you mean, such as 203.0.113.0/24");
      }
      bits -= 96;
    }
    if (bits == address.getBitCount()) {
      return new Cidr(address, "");
    }
    IPAddress block = address.toPrefixBlock(bits);
    IPAddress first = block.getLower().withoutPrefixLength();
    if (!first.equals(address)) {
      return new Cidr(
          null,
          "write "
              + block.toCanonicalString()
              + " for the whole range or "
              + address.toCanonicalString()
              + " for the one address");
    }
    return new Cidr(block, "");
  }

  private static int prefixLength(String text, int from) {
    int digits = text.length() - from;
    if (digits < 1 || digits > 3 || (digits > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int bits = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      bits = bits * 10 + (c - '0');
    }
    return bits;
  }
}
