package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A business trip: when one leaves home, arrives, leaves again and is back.
 *
 * @param flies whether by air; else by train
 * @param hotel whose line the hotel leaves by
 * @param localGateway of the carrier that the phone uses there; without one it roams, and leaves by
 *     its own carrier's at home
 */
record Journey(
    Town to,
    boolean flies,
    Instant leaves,
    Instant arrives,
    Instant returns,
    Instant back,
    Net hotel,
    String room,
    @Nullable Net localGateway) {

  /** Draws a trip that begins in the morning of a day. */
  static Journey drawn(Colleague who, Instant midnight, Company company, Dice dice) {
    Town to = destination(who, dice);
    boolean flies = to.to(who.home) > 450 || !to.country().equals(who.home.country());
    Duration way = way(who.home, to, flies);
    Instant leaves = midnight.plus(dice.seconds(6 * 3600, 11 * 3600));
    int nights = to.to(who.home) > 3000 ? dice.from(3, 6) : dice.from(1, 3);
    Instant returns =
        midnight.plus(Duration.ofDays(nights)).plus(dice.seconds(13 * 3600, 18 * 3600));
    Net hotel = company.internet.hotel(to);
    // A card of the country, or an operator with a break-out there, is still the exception.
    boolean local = !to.country().equals(who.home.country()) && dice.below(100) < 15;
    return new Journey(
        to,
        flies,
        leaves,
        leaves.plus(way),
        returns,
        returns.plus(way),
        hotel,
        hotel.address(0, dice),
        local ? dice.pick(dice.pick(company.internet.carriers(to.country()))) : null);
  }

  /** Seven of ten trips stay in the country, and two on the continent. */
  private static Town destination(Colleague who, Dice dice) {
    int chance = dice.below(10);
    for (int tries = 0; tries < 200; tries++) {
      Town town = dice.pick(Town.ALL);
      boolean inland = town.country().equals(who.home.country());
      boolean near = town.to(who.home) < 3000;
      if (!town.equals(who.home) && (chance < 7 ? inland : chance < 9 ? near && !inland : !near)) {
        return town;
      }
    }
    return dice.pick(Town.ALL.stream().filter(town -> !town.equals(who.home)).toList());
  }

  /** From door to door: an airliner does 800 km/h, and takes two hours on the ground before. */
  private static Duration way(Town from, Town to, boolean flies) {
    double hours = flies ? 3.5 + from.to(to) / 800 : 0.7 + from.to(to) / 150;
    return Duration.ofMinutes((long) (hours * 60));
  }

  /** Returns the gateway by which the phone leaves while away. */
  Net gateway(Colleague who) {
    return localGateway == null ? who.cell : localGateway;
  }

  boolean during(Instant from, Instant to) {
    return leaves.isBefore(to) && back.isAfter(from);
  }
}
