package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Person who works for the company: home, devices, and habits of work. */
final class Colleague {
  final Account account;
  final Company.Office office;
  final Town home;
  final Device phone;
  final boolean wideHome;
  final boolean remote;
  final int officeDays;
  final boolean earlyMail;
  final boolean companyVpn;
  final boolean privateVpn;
  final boolean desktopApp;
  final boolean phoneApp;
  final boolean reports;
  final boolean newTool;
  final boolean traveller;
  final boolean reportsDevice;

  private final Dice dice;
  private final List<Net> providers;
  private final int provider;
  private final List<Net> gateways;
  private final Net usualGateway;
  private Net line;
  private Net wideLine;
  private String lineAddress = "";
  private int number;
  private Instant lineUntil = Instant.MIN;

  /**
   * Carrier gateway through which the phone reaches the internet today, at home and when it roams.
   */
  Net cell;

  Colleague(int index, Company company, Cast cast, Dice dice) {
    this.dice = dice;
    Account hired = cast.user();
    account =
        new Account(hired.id(), hired.name(), "p" + index + "." + hired.upn(), "", hired.laptop());
    office = office(company);
    MadeUpInternet internet = company.internet;
    // One in seven lives anywhere in the country and comes when there is a party.
    remote = dice.below(100) < 15;
    home = remote ? dice.pick(Town.of(office.town().country())) : office.town();
    officeDays = remote ? 0 : dice.oneIn(8) ? 5 : dice.from(2, 3);
    wideHome = dice.below(100) < 40; // about the share of users that large sites see on IPv6
    providers = internet.homes(home, false);
    provider = dice.below(3);
    line = providers.get(0);
    wideLine = internet.homes(home, true).get(provider);
    gateways = dice.pick(internet.carriers(home.country()));
    usualGateway =
        gateways.stream()
            .min(Comparator.comparingDouble(gateway -> gateway.town().to(home)))
            .orElseThrow();
    cell = usualGateway;
    // Half of the phones are managed and say who they are; the others only carry managed apps.
    boolean managed = dice.oneIn(2);
    phone =
        managed
            ? new Device(dice.guid().toString(), "NW-PH-" + index, "Ios 26", true, true)
            : new Device("", "", "Ios 26", false, false);
    earlyMail = dice.below(100) < 20;
    companyVpn = dice.below(100) < 40;
    privateVpn = dice.below(100) < 3;
    desktopApp = dice.below(100) < 40;
    phoneApp = dice.below(100) < 25;
    reports = dice.below(100) < 3;
    newTool = dice.below(100) < 2;
    traveller = dice.below(100) < 20;
    // A browser without the extension does not report the device; some people prefer such a
    // browser.
    reportsDevice = dice.below(100) < 85;
  }

  private Company.Office office(Company company) {
    int share = dice.below(100);
    for (Company.Office candidate : company.offices) {
      share -= candidate.share();
      if (share < 0) {
        return candidate;
      }
    }
    return company.offices.get(0);
  }

  void renew(Instant now) {
    cell = dice.oneIn(5) ? dice.pick(gateways) : usualGateway;
    if (!now.isBefore(lineUntil)) {
      line = providers.get(2 * provider + dice.below(2));
      number = dice.below(256);
      lineAddress = line.address(number, dice);
      lineUntil = now.plus(Duration.ofDays(dice.oneIn(3) ? 1 : dice.from(5, 40)));
    }
  }

  void atHome(Whereabouts device, Instant from, Instant to) {
    Instant now = from;
    while (now.isBefore(to)) {
      Instant next = now.plus(dice.seconds(1800, 10_800));
      Instant until = next.isBefore(to) ? next : to;
      boolean wide = wideHome && dice.below(100) < 60;
      Net net = wide ? wideLine : line;
      device.add(now, until, net, wide ? net.address(number, dice) : lineAddress);
      now = until;
    }
  }

  void byCell(Whereabouts device, Net gateway, Instant from, Instant to) {
    Instant now = from;
    while (now.isBefore(to)) {
      Instant next = now.plus(dice.seconds(3600, 14_400));
      Instant until = next.isBefore(to) ? next : to;
      device.add(now, until, gateway, gateway.address(0, dice));
      now = until;
    }
  }
}
