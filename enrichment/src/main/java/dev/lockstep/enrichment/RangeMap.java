package dev.lockstep.enrichment;

import inet.ipaddr.IPAddress;
import inet.ipaddr.format.util.DualIPv4v6AssociativeTries;
import org.jspecify.annotations.Nullable;

/**
 * Values by CIDR range; the longest range that contains an address wins. Filled once, then read.
 */
final class RangeMap<V> {

  private final DualIPv4v6AssociativeTries<V> tries = new DualIPv4v6AssociativeTries<>();

  /** Returns the value that the range had before, or null. */
  @Nullable V put(IPAddress range, V value) {
    return tries.put(range, value);
  }

  @Nullable V longest(Address address) {
    return longest(address.value());
  }

  /** Returns the value of the longest range that contains all of an address or range, or null. */
  @Nullable V longest(IPAddress range) {
    var node = tries.longestPrefixMatchNode(range);
    return node == null ? null : node.getValue();
  }
}
