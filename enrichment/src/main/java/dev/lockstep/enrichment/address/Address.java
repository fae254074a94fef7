package dev.lockstep.enrichment.address;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 or IPv6 address with its canonical text, its prefix of 24 or 48 bits, and whether it is
 * private or special. {@link #parse} makes an IPv4-mapped IPv6 address an IPv4 address, {@link #of}
 * does not.
 *
 * <p>Immutable; two addresses are equal if their canonical texts are. The order is numeric, IPv4
 * first.
 */
public final class Address implements Comparable<Address> {

  private static final int LONGEST_TEXT = 128;
  private static final int CACHED_TEXTS = 1 << 15;

  private static final IPAddressStringParameters STRICT =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allowPrefix(false)
          .allowMask(false)
          .allowWildcardedSeparator(false)
          .allow_inet_aton(false)
          .toParams();

  private static final RecentAnswers<String, Optional<Address>> PARSED =
      new RecentAnswers<>(CACHED_TEXTS);

  private final byte[] bytes;
  private final String text;
  private @Nullable String prefix; // computed on first use, like the next
  private @Nullable Boolean special;

  private Address(byte[] bytes) {
    this.bytes = bytes;
    this.text = text(bytes);
  }

  private static String text(byte[] bytes) {
    if (bytes.length != IPv4Address.BYTE_COUNT) {
      return value(bytes).toCanonicalString();
    }
    StringBuilder text = new StringBuilder(15);
    for (byte part : bytes) {
      text.append(text.length() == 0 ? "" : ".").append(part & 0xFF);
    }
    return text.toString();
  }

  private Address(byte[] bytes, String text) {
    this.bytes = bytes;
    this.text = text;
  }

  /**
   * Returns the address with the given bytes.
   *
   * @param bytes 4 bytes of an IPv4 address or 16 of an IPv6 address; the 16 bytes of an
   *     IPv4-mapped address stay IPv6
   * @throws IllegalArgumentException if there are neither 4 nor 16 bytes
   */
  public static Address of(byte[] bytes) {
    if (bytes.length != IPv4Address.BYTE_COUNT && bytes.length != IPv6Address.BYTE_COUNT) {
      throw new IllegalArgumentException(
          "an address cannot have " + bytes.length + " bytes; give 4 or 16");
    }
    return new Address(bytes.clone());
  }

  /** Returns a copy of the address's 4 or 16 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /**
   * Returns the address that a text stands for, or null if the text is no address.
   *
   * <p>Surrounding blanks, a port, brackets and a zone id are stripped. An IPv4-mapped IPv6 address
   * gives an IPv4 address. A host name, a range, a mask, and a number that is octal, hexadecimal or
   * not in four parts give null.
   */
  public static @Nullable Address parse(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > LONGEST_TEXT) {
      return null;
    }
    Optional<Address> known = PARSED.get(text);
    if (known == null) {
      known = Optional.ofNullable(parseUncached(text));
      PARSED.put(text, known);
    }
    return known.orElse(null);
  }

  private static @Nullable Address parseUncached(String text) {
    String bare = withoutPort(text.strip());
    if (bare == null) {
      return null;
    }
    int zone = bare.indexOf('%');
    if (zone >= 0) {
      if (zone == bare.length() - 1 || bare.lastIndexOf(':', zone) < 0) {
        return null;
      }
      bare = bare.substring(0, zone);
    }
    if (bare.indexOf(':') < 0) {
      byte[] bytes = dottedQuad(bare, 0) ? quad(bare) : null;
      return bytes == null ? null : new Address(bytes, bare);
    }
    IPAddress value = strict(bare);
    return value == null ? null : new Address(value.getBytes());
  }

  private static byte @Nullable [] quad(String text) {
    byte[] bytes = new byte[IPv4Address.BYTE_COUNT];
    int part = 0;
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        number = 0;
        part++;
      } else {
        number = number * 10 + (c - '0');
        if (number > 255) {
          return null;
        }
        bytes[part] = (byte) number;
      }
    }
    return bytes;
  }

  private static @Nullable String withoutPort(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0) {
        return null;
      }
      String rest = text.substring(end + 1);
      if (!rest.isEmpty() && !(rest.charAt(0) == ':' && isPort(rest, 1))) {
        return null;
      }
      return text.substring(1, end);
    }
    int colon = text.indexOf(':');
    if (colon > 0 && colon == text.lastIndexOf(':')) {
      return isPort(text, colon + 1) ? text.substring(0, colon) : null;
    }
    return text;
  }

  private static boolean isPort(String text, int from) {
    int digits = text.length() - from;
    if (digits < 1 || digits > 5) {
      return false;
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      port = port * 10 + (c - '0');
    }
    return port <= 65_535;
  }

  /**
   * Parses a text that is nothing but an address, and returns null for any other text. A text with
   * a port, a zone or a prefix length is not parsed. An IPv4-mapped IPv6 address becomes IPv4.
   */
  static @Nullable IPAddress strict(String bare) {
    if (!plain(bare)) {
      return null;
    }
    try {
      IPAddress value = new IPAddressString(bare, STRICT).toAddress();
      if (value == null || value.isMultiple()) {
        return null;
      }
      if (value.isIPv6() && value.toIPv6().isIPv4Mapped()) {
        return value.toIPv6().getEmbeddedIPv4Address();
      }
      return value;
    } catch (AddressStringException | IncompatibleAddressException e) {
      return null;
    }
  }

  /**
   * Returns whether a text can be one address without port, zone or prefix length. The library's
   * parser accepts more forms.
   */
  private static boolean plain(String bare) {
    int colon = bare.lastIndexOf(':');
    for (int i = 0; i <= colon; i++) {
      char c = bare.charAt(i);
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':') {
        return false;
      }
    }
    if (colon >= 0 && bare.indexOf('.') < 0) {
      for (int i = colon + 1; i < bare.length(); i++) {
        if (Character.digit(bare.charAt(i), 16) < 0 || bare.charAt(i) > 'f') {
          return false;
        }
      }
      return true;
    }
    return dottedQuad(bare, colon + 1);
  }

  private static boolean dottedQuad(String text, int from) {
    int parts = 1;
    int start = from;
    for (int i = from; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        int digits = i - start;
        if (digits < 1 || digits > 3 || (digits > 1 && text.charAt(start) == '0')) {
          return false;
        }
        if (i < text.length()) {
          parts++;
        }
        start = i + 1;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return parts == 4;
  }

  /** Returns the canonical text, for IPv6 in the form of RFC 5952. */
  public String text() {
    return text;
  }

  /**
   * Returns the text of the /24 range that contains an IPv4 address, or of the /48 range that
   * contains an IPv6 address.
   */
  public String prefix() {
    String known = prefix;
    if (known == null) {
      int bits = ipv4() ? 24 : 48;
      byte[] first = Arrays.copyOf(Arrays.copyOf(bytes, bits / Byte.SIZE), bytes.length);
      known = text(first) + "/" + bits;
      prefix = known;
    }
    return known;
  }

  /**
   * Returns whether the address is in a special-purpose range, for which no GeoIP database is
   * asked. It is then private, loopback, link-local, carrier-grade NAT, documentation,
   * benchmarking, multicast, unspecified or reserved.
   */
  public boolean special() {
    Boolean known = special;
    if (known == null) {
      known = SpecialRanges.contain(value());
      special = known;
    }
    return known;
  }

  /**
   * Returns whether the address is private, unique local, loopback, link-local or carrier-grade
   * NAT. Documentation addresses are public.
   */
  public boolean isPrivate() {
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (ipv4()) {
      return first == 10
          || first == 127
          || (first == 100 && (second & 0xc0) == 64)
          || (first == 169 && second == 254)
          || (first == 172 && (second & 0xf0) == 16)
          || (first == 192 && second == 168);
    }
    return (first & 0xfe) == 0xfc || (first == 0xfe && (second & 0xc0) == 0x80) || isLoopback();
  }

  private boolean isLoopback() {
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[bytes.length - 1] == 1;
  }

  public boolean ipv4() {
    return bytes.length == IPv4Address.BYTE_COUNT;
  }

  /**
   * Returns the internal array of the address's 4 or 16 bytes, which the caller must not change.
   */
  byte[] bytes() {
    return bytes;
  }

  /**
   * Returns this address as a new object of the IPAddress library. That object takes about five
   * times the memory of this one.
   */
  public IPAddress value() {
    return value(bytes);
  }

  private static IPAddress value(byte[] bytes) {
    return bytes.length == IPv4Address.BYTE_COUNT ? new IPv4Address(bytes) : new IPv6Address(bytes);
  }

  public InetAddress inetAddress() {
    return value().toInetAddress();
  }

  @Override
  public int compareTo(Address other) {
    return ipv4() == other.ipv4()
        ? Arrays.compareUnsigned(bytes, other.bytes)
        : Boolean.compare(other.ipv4(), ipv4());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
