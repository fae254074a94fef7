package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Whereabouts.Span;
import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of one colleague's laptop, phone and unmanaged browser over one day of local time. The
 * day also has the times at which the laptop uses the company's VPN.
 */
final class ColleagueDay {
  final Whereabouts laptop = new Whereabouts();
  final Whereabouts phone = new Whereabouts();

  /** Addresses of the unmanaged browser, which the colleague sometimes uses over a private VPN. */
  final Whereabouts browser = new Whereabouts();

  /** Times in which a part of the laptop's traffic goes through the company's VPN. */
  final Whereabouts tunnel = new Whereabouts();

  private final Colleague who;
  private final Company company;
  private final Dice dice;
  private final Instant midnight;

  private ColleagueDay(Colleague who, Company company, Dice dice, Instant midnight) {
    this.who = who;
    this.company = company;
    this.dice = dice;
    this.midnight = midnight;
  }

  static ColleagueDay drawn(
      Colleague who,
      Company company,
      Dice dice,
      Instant midnight,
      boolean weekend,
      @Nullable Journey journey) {
    ColleagueDay day = new ColleagueDay(who, company, dice, midnight);
    Instant next = midnight.plus(Duration.ofDays(1));
    if (journey != null && journey.during(midnight, next)) {
      day.travel(journey, next);
    } else if (weekend || dice.below(100) < 8) { // a free day, or ill
      day.free(next);
    } else if (dice.below(5) < who.officeDays) {
      day.office(next);
    } else {
      day.home(next);
    }
    return day;
  }

  private Instant at(double from, double to) {
    return midnight.plus(dice.seconds((int) (from * 3600), (int) (to * 3600)));
  }

  private void free(Instant next) {
    outAndHome(at(9, 15), at(15.5, 20), next);
    if (dice.below(100) < 15) {
      Instant start = at(9, 21);
      who.atHome(laptop, start, start.plus(dice.seconds(600, 5400)));
    }
    privateBrowser(at(10, 20));
  }

  private void outAndHome(Instant goes, Instant comes, Instant next) {
    if (dice.below(100) < 40) {
      who.atHome(phone, midnight, goes);
      who.byCell(phone, who.cell, goes, comes);
      who.atHome(phone, comes, next);
    } else {
      who.atHome(phone, midnight, next);
    }
  }

  private void office(Instant next) {
    Instant comes = at(7.5, 9.5);
    Instant goes = at(16, 18.5);
    Net egress = who.office.egress();
    if (who.earlyMail) {
      Instant early = at(6, 6.5);
      who.atHome(laptop, early, early.plus(dice.seconds(300, 1800)));
    }
    laptop.add(comes, goes, egress, egress.address(0, dice));
    evening();
    Instant leaves = comes.minus(dice.seconds(900, 3000));
    Instant isHome = goes.plus(dice.seconds(900, 3000));
    who.atHome(phone, midnight, leaves);
    who.byCell(phone, who.cell, leaves, comes);
    if (dice.oneIn(2)) { // the guests' network: the same line, another address
      phone.add(comes, goes, egress, egress.address(0, dice));
    } else {
      who.byCell(phone, who.cell, comes, goes);
    }
    who.byCell(phone, who.cell, goes, isHome);
    who.atHome(phone, isHome, next);
    privateBrowser(at(18.9, 21));
  }

  private void evening() {
    if (dice.below(100) < 25) {
      Instant start = at(19.5, 21);
      who.atHome(laptop, start, start.plus(dice.seconds(900, 5400)));
    }
  }

  private void home(Instant next) {
    Instant starts = at(7, 9.5);
    Instant ends = at(16, 18.5);
    who.atHome(laptop, starts, ends);
    evening();
    if (who.companyVpn) {
      Instant dialled = starts.plus(dice.seconds(0, 7200));
      tunnel(dialled, dialled.plus(dice.seconds(3600, 21_600)));
    }
    outAndHome(at(11.5, 13), at(13.2, 15), next);
    privateBrowser(at(12, 20));
  }

  private void tunnel(Instant from, Instant to) {
    Net egress = who.home.hours() < -2 ? company.vpnWest : company.vpnEast;
    tunnel.add(from, to, egress, egress.address(0, dice));
  }

  private void privateBrowser(Instant from) {
    if (who.privateVpn && dice.below(100) < 40) {
      // The program takes the nearest exit, unless its user wants to be somewhere else.
      Net exit =
          dice.below(100) < 60
              ? company.privateVpn.stream()
                  .min(Comparator.comparingDouble(net -> net.town().to(who.home)))
                  .orElseThrow()
              : dice.pick(company.privateVpn);
      browser.add(from, from.plus(dice.seconds(1200, 7200)), exit, exit.address(0, dice));
    }
  }

  private void travel(Journey trip, Instant next) {
    Instant leaves = latest(midnight, trip.leaves());
    Instant arrives = latest(midnight, trip.arrives());
    Instant returns = earliest(next, trip.returns());
    Instant back = latest(midnight, trip.back());
    who.atHome(phone, midnight, earliest(next, leaves));
    if (trip.leaves().isAfter(midnight.plus(Duration.ofHours(6))) && dice.oneIn(2)) {
      who.atHome(laptop, leaves.minus(dice.seconds(2400, 4800)), leaves.minusSeconds(1200));
    }
    onTheWay(trip, who.home, trip.leaves(), trip.arrives());
    there(trip, latest(midnight, arrives), returns);
    onTheWay(trip, trip.to(), trip.returns(), trip.back());
    who.atHome(phone, back, next);
    if (back.isBefore(next.minus(Duration.ofHours(3))) && dice.below(100) < 30) {
      Instant start = back.plus(dice.seconds(1200, 3600));
      who.atHome(laptop, start, start.plus(dice.seconds(900, 3600)));
    }
  }

  private boolean today(Instant at) {
    return !at.isBefore(midnight) && at.isBefore(midnight.plus(Duration.ofDays(1)));
  }

  private void onTheWay(Journey trip, Town from, Instant leaves, Instant arrives) {
    if (!today(leaves)) {
      return;
    }
    if (!trip.flies()) {
      who.byCell(phone, who.cell, leaves, arrives);
      if (dice.below(100) < 40) { // the laptop uses the phone's connection
        who.byCell(laptop, who.cell, leaves.plusSeconds(1200), arrives.minusSeconds(900));
      }
      return;
    }
    Instant gate = leaves.plus(Duration.ofHours(2));
    Net there = from.equals(who.home) ? who.cell : trip.gateway(who);
    who.byCell(phone, there, leaves, gate);
    if (dice.below(100) < 35) {
      Net airport = company.internet.airport(from);
      laptop.add(
          leaves.plusSeconds(3000), gate.minusSeconds(900), airport, airport.address(0, dice));
    }
    if (dice.below(100) < 5) { // internet in the cabin leaves by a ground station, wherever it is
      laptop.add(
          gate.plusSeconds(2400),
          arrives.minusSeconds(3600),
          company.inFlight,
          company.inFlight.address(0, dice));
    }
  }

  private void there(Journey trip, Instant from, Instant to) {
    if (!from.isBefore(to)) {
      return;
    }
    Instant evening = latest(from, at(17.5, 19).minus(shift(trip)));
    Instant morning = latest(from, at(8, 9).minus(shift(trip)));
    // During the day the laptop is at the company's office in the town, or else on another
    // company's guest network.
    Net line =
        company.offices.stream()
            .filter(office -> office.town().equals(trip.to()))
            .findFirst()
            .map(Company.Office::egress)
            .orElse(company.internet.guestLine(trip.to()));
    laptop.add(morning, earliest(to, evening), line, line.address(0, dice));
    Instant night = earliest(to, evening.plus(dice.seconds(7200, 14_400)));
    laptop.add(evening.plusSeconds(3600), night, trip.hotel(), trip.room());
    if (who.companyVpn && dice.oneIn(2)) {
      tunnel(evening.plusSeconds(3600), night);
    }
    boolean hotelNet = dice.below(100) < 60;
    who.byCell(phone, trip.gateway(who), from, earliest(to, evening));
    if (hotelNet) {
      phone.add(latest(from, evening), to, trip.hotel(), trip.room());
    } else {
      who.byCell(phone, trip.gateway(who), latest(from, evening), to);
    }
  }

  private Duration shift(Journey trip) {
    int hours = trip.to().hours() - who.home.hours();
    return Duration.ofHours(hours > 10 ? 10 : Math.max(hours, -6));
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earliest(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  @Nullable Span laptopAt(Instant at) {
    Span through = tunnel.at(at);
    return through != null && laptop.at(at) != null && dice.oneIn(2) ? through : laptop.at(at);
  }
}
