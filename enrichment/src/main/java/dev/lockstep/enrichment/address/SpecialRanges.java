package dev.lockstep.enrichment.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.format.util.DualIPv4v6AssociativeTries;

/**
 * Address ranges for which no GeoIP database is asked, such as the private, documentation and
 * multicast ranges.
 */
final class SpecialRanges {

  private static final String[] SPECIAL = {
    "0.0.0.0/8", // this network
    "10.0.0.0/8", // private
    "100.64.0.0/10", // carrier-grade NAT
    "127.0.0.0/8", // loopback
    "169.254.0.0/16", // link-local
    "172.16.0.0/12", // private
    "192.0.0.0/24", // protocol assignments
    "192.0.2.0/24", // documentation
    "192.168.0.0/16", // private
    "198.18.0.0/15", // benchmarking
    "198.51.100.0/24", // documentation
    "203.0.113.0/24", // documentation
    "224.0.0.0/4", // multicast
    "240.0.0.0/4", // reserved, broadcast
    "::/0", // whatever is not global unicast: loopback, unique local, link-local, multicast
    "2001:2::/48", // benchmarking
    "2001:10::/28", // hash identifiers
    "2001:20::/28", // hash identifiers
    "2001:db8::/32", // documentation
    "3fff::/20", // documentation
  };

  private static final String[] GLOBAL = {
    "2000::/3", // global unicast
    "64:ff9b::/96", // translated IPv4
  };

  private static final DualIPv4v6AssociativeTries<Boolean> RANGES = ranges();

  private SpecialRanges() {}

  private static DualIPv4v6AssociativeTries<Boolean> ranges() {
    var ranges = new DualIPv4v6AssociativeTries<Boolean>();
    for (String range : SPECIAL) {
      ranges.put(new IPAddressString(range).getAddress(), true);
    }
    for (String range : GLOBAL) {
      ranges.put(new IPAddressString(range).getAddress(), false);
    }
    return ranges;
  }

  static boolean contain(IPAddress address) {
    var longest = RANGES.longestPrefixMatchNode(address);
    return longest != null && longest.getValue();
  }
}
