package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Business trip with the times of leaving home, arriving, leaving again and being back.
 *
 * @param flies whether the trip is by air; otherwise it is by train
 * @param hotel network of the hotel's guests
 * @param localGateway gateway of the carrier that the phone uses there; if null, the phone roams
 *     and uses its own carrier's gateway at home
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

  /** Returns whether a person who is at home on a workday leaves on a journey. */
  static boolean begins(Colleague who, Dice dice) {
    return who.traveller && dice.oneIn(40);
  }

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

  private static Duration way(Town from, Town to, boolean flies) {
    double hours = flies ? 3.5 + from.to(to) / 800 : 0.7 + from.to(to) / 150;
    return Duration.ofMinutes((long) (hours * 60));
  }

  Net gateway(Colleague who) {
    return localGateway == null ? who.cell : localGateway;
  }

  boolean during(Instant from, Instant to) {
    return leaves.isBefore(to) && back.isAfter(from);
  }
}
