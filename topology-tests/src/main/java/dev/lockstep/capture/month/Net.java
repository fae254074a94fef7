package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Site;
import java.util.Map;

/**
 * Address range of the made-up internet, with its true place and the places that sign-in records
 * and the city database give.
 *
 * @param prefix beginning of its addresses: three bytes of IPv4, or 40 bits of IPv6, which end
 *     within a group
 * @param operator owner of the range
 * @param town true town of its users or of its gateway
 * @param recordedAt place in the records of interactive sign-ins
 * @param recordedElsewhere place in the records of non-interactive sign-ins
 * @param entry entry in the city database
 */
record Net(
    String prefix,
    Operator operator,
    Town town,
    Site recordedAt,
    Site recordedElsewhere,
    Map<String, ?> entry) {

  /** Owner of an autonomous system. */
  record Operator(int asn, String name) {}

  String cidr() {
    return wide() ? prefix + "00::/40" : prefix + "0/24";
  }

  /**
   * Returns the row of a networks file for the range.
   *
   * @param kind network class, or an empty text
   */
  String row(String kind, int accuracyKm, String name) {
    return "%s,%s,%s,%s,%s,%s,%d,%d,%s\n"
        .formatted(
            cidr(),
            kind,
            town.country(),
            town.name(),
            town.latitude(),
            town.longitude(),
            accuracyKm,
            operator.asn(),
            name);
  }

  boolean wide() {
    return prefix.indexOf(':') >= 0;
  }

  /**
   * Returns a random address of the range. In an IPv6 range it lies in the /48 with the given
   * number.
   */
  String address(int number, Dice dice) {
    return wide()
        ? "%s%02x::%x".formatted(prefix, number & 0xFF, dice.from(1, 0xFFFF))
        : prefix + dice.from(1, 254);
  }
}
