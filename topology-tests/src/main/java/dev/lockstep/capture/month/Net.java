package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Site;
import java.util.Map;

/**
 * A range of addresses of the made-up internet, where it is, and where others believe it to be.
 *
 * @param prefix beginning of its addresses: three bytes of IPv4, or 40 bits of IPv6 and half of
 *     another group
 * @param operator whose it is
 * @param town where those who use it are, or a gateway stands
 * @param said where sign-in records place it
 * @param saidElsewhere where the records of non-interactive sign-ins do
 * @param entry what the city database says
 */
record Net(
    String prefix,
    Operator operator,
    Town town,
    Site said,
    Site saidElsewhere,
    Map<String, ?> entry) {

  /** An autonomous system. */
  record Operator(int asn, String name) {}

  String cidr() {
    return wide() ? prefix + "00::/40" : prefix + "0/24";
  }

  boolean wide() {
    return prefix.indexOf(':') >= 0;
  }

  /** Returns an address; of IPv6 ranges one in the /48 of that number. */
  String address(int number, Dice dice) {
    return wide()
        ? "%s%02x::%x".formatted(prefix, number & 0xFF, dice.from(1, 0xFFFF))
        : prefix + dice.from(1, 254);
  }
}
