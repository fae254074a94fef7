package dev.lockstep.enrichment.address;

import inet.ipaddr.IPAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Map from CIDR ranges to values, in which the narrowest range that contains an address wins. The
 * map is filled once and then only read.
 *
 * <p>A look-up asks a hash table once for each prefix length that occurs, from the longest on,
 * until it finds a value.
 */
public final class RangeMap<V> {

  private static final int IPV4_BYTES = 4;

  private final Map<Prefix, V> values = new HashMap<>();
  private final BitSet ipv4Lengths = new BitSet();
  private final BitSet ipv6Lengths = new BitSet();

  /**
   * First bits of an address, with all bits after them set to 0. An IPv4 address fills the upper
   * half of {@code high}.
   */
  private record Prefix(boolean ipv4, int bits, long high, long low) {
    static Prefix of(byte[] address, int bits) {
      ByteBuffer bytes = ByteBuffer.wrap(address);
      if (address.length == IPV4_BYTES) {
        return new Prefix(true, bits, (long) bytes.getInt() << 32, 0).first(bits);
      }
      return new Prefix(false, bits, bytes.getLong(), bytes.getLong()).first(bits);
    }

    Prefix first(int length) {
      return new Prefix(ipv4, length, high & mask(length), low & mask(length - 64));
    }

    private static long mask(int ones) {
      return ones <= 0 ? 0 : ones >= 64 ? -1 : -1L << (64 - ones);
    }
  }

  public void put(IPAddress range, V value) {
    int bits = length(range);
    lengths(range.isIPv4()).set(bits);
    values.put(Prefix.of(range.getLower().getBytes(), bits), value);
  }

  /** Returns the values, in no particular order. */
  public Collection<V> values() {
    return Collections.unmodifiableCollection(values.values());
  }

  public @Nullable V longest(Address address) {
    byte[] bytes = address.bytes();
    return longest(Prefix.of(bytes, Byte.SIZE * bytes.length));
  }

  /**
   * Returns the value of the narrowest range in the map that contains all of {@code range}, or null
   * if no range does.
   */
  public @Nullable V longest(IPAddress range) {
    return longest(Prefix.of(range.getLower().getBytes(), length(range)));
  }

  private @Nullable V longest(Prefix whole) {
    BitSet lengths = lengths(whole.ipv4());
    for (int bits = lengths.previousSetBit(whole.bits());
        bits >= 0;
        bits = lengths.previousSetBit(bits - 1)) {
      V value = values.get(whole.first(bits));
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private BitSet lengths(boolean ipv4) {
    return ipv4 ? ipv4Lengths : ipv6Lengths;
  }

  /**
   * Returns the prefix length of a range, which is 32 for a single IPv4 address and 128 for a
   * single IPv6 address.
   */
  public static int length(IPAddress range) {
    Integer bits = range.getNetworkPrefixLength();
    return bits == null ? range.getBitCount() : bits;
  }
}
