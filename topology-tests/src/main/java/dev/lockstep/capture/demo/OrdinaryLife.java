package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.OtherRecords;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Ordinary work of people about whom no rule may find anything. */
final class OrdinaryLife {
  private static final int PEOPLE = 12;
  private static final int COMMUTER = 10;
  private static final int TRAVELLER = 11;

  private final Scene scene;
  private final Dice dice;

  OrdinaryLife(Scene scene) {
    this.scene = scene;
    this.dice = scene.dice();
  }

  void play() {
    for (int index = 0; index < PEOPLE; index++) {
      Account who = scene.cast().user();
      if (index == COMMUTER) {
        commute(who);
        scene
            .expect()
            .nearMiss(
                "ordinary-commuter",
                Expectations.TRAVEL,
                "known-commute",
                Subject.of(who),
                "Three days a week in Hamburg, two in Munich; a tablet stays in Hamburg.");
      } else {
        work(who, index);
        ordinary(who, index);
      }
    }
    passing();
    nightShift();
  }

  private void nightShift() {
    // These late sign-ins make everything due that waits for later records.
    Instant start = at(CaptureDays.LAST, "17:00:00");
    for (int index = 0; index < 6; index++) {
      Account who = scene.cast().user();
      for (int round = 0; round < 34; round++) {
        Instant moment = start.plus(minutes(12L * round + 2L * index));
        scene.add(
            SignIn.of(who, Site.OFFICE, 230 + index, dice.withTicks(moment)).nonInteractive());
      }
      ordinary(who, 100 + index);
    }
  }

  private void ordinary(Account who, int index) {
    String name = index == TRAVELLER ? "ordinary-traveller" : "ordinary-" + (index + 1);
    for (String rule : new String[] {Expectations.TRAVEL, Expectations.REPLAY}) {
      scene.expect().nearMiss(name + ": " + rule, rule, null, Subject.of(who), "Ordinary work.");
    }
  }

  private void work(Account who, int index) {
    boolean south = index == 8 || index == 9;
    Site home = home(index, south);
    Site phone = south ? Site.PHONE_SOUTH : Site.PHONE;
    Device mobile =
        new Device(dice.guid().toString(), "NW-PH-" + (2000 + index), "Ios 26", true, true);
    for (int day = 0; day < CaptureDays.COUNT; day++) {
      if (CaptureDays.weekend(day)) {
        if (dice.oneIn(4)) {
          scene.add(
              SignIn.of(who, phone, 20 + index, moment(day, "10:00:00", 480))
                  .on(mobile)
                  .nonInteractive());
        }
        continue;
      }
      boolean dense = day >= CaptureDays.FIRST_DENSE;
      Duration late = index == 4 && (day == 11 || day == 16) ? Duration.ofHours(26) : Duration.ZERO;
      if (!late.isZero()) {
        scene.expect().atLeast("any", "late", 1);
      }
      scene.add(
          SignIn.of(who, home, 10 + index, moment(day, "05:50:00", 40))
              .nonInteractive()
              .arriving(late)
              .once());
      if (index == TRAVELLER && dense) {
        travel(who, day);
        continue;
      }
      session(who, south ? home : Site.OFFICE, (south ? 10 : 50) + index, phone, day, "08:00:00");
      if (dense) {
        dense(who, home, phone, mobile, south, day, index);
      }
    }
  }

  private static Site home(int index, boolean south) {
    if (index == 3 || index == 7) {
      return Site.placed("2001:db8:100" + index + "::", 64496, "DE", "Hamburg", 53.5511, 9.9937);
    }
    return south
        ? Site.placed("198.18.4.", 64497, "DE", "Munich", 48.1371, 11.5754)
        : Site.placed("198.18." + index % 4 + ".", 64496, "DE", "Hamburg", 53.5511, 9.9937);
  }

  private void dense(
      Account who, Site home, Site phone, Device mobile, boolean south, int day, int index) {
    Site desk = south ? home : Site.OFFICE;
    int host = (south ? 10 : 50) + index;
    scene.add(
        SignIn.of(who, phone, 20 + index, moment(day, "06:50:00", 40)).on(mobile).nonInteractive());
    if (dice.oneIn(3)) {
      scene.add(SignIn.of(who, desk, host, moment(day, "07:40:00", 15)).failed(50126));
    }
    for (String hour : new String[] {"09:30:00", "11:00:00", "13:00:00", "14:30:00"}) {
      session(who, desk, host, phone, day, hour);
    }
    scene.add(SignIn.of(who, desk, host, moment(day, "15:45:00", 10)).americanTimes());
    SignIn evening =
        SignIn.of(who, phone, 20 + index, moment(day, "17:00:00", 40)).on(mobile).nonInteractive();
    scene.add(dice.oneIn(2) ? evening.oldTokenSpelling() : evening);
    session(who, home, 10 + index, phone, day, "18:30:00");
    scene.add(SignIn.of(who, home, 10 + index, moment(day, "20:30:00", 90)).nonInteractive());
  }

  private void session(Account who, Site site, int host, Site phone, int day, String from) {
    Instant start = moment(day, from, 50);
    UUID token = scene.recording().token();
    SignIn signIn = SignIn.of(who, site, host, start).minting(token);
    scene.add(dice.oneIn(3) ? signIn.nonInteractive() : signIn);
    int calls = day >= CaptureDays.FIRST_DENSE ? dice.from(1, 3) : dice.below(2);
    for (int call = 0; call < calls; call++) {
      String address = dice.oneIn(6) ? phone.address(host) : site.address(host);
      Instant moment = start.plus(dice.seconds(5, 3000));
      Link link = Link.of(who, token, start);
      Call made = Call.from(address, moment).answered(dice.oneIn(20) ? 404 : 200);
      scene.add(dice.oneIn(3) ? made.linked(link, dice.seconds(0, 9)) : made.traced(link));
    }
  }

  private void travel(Account who, int day) {
    String[] hours =
        day == CaptureDays.FIRST_DENSE
            ? new String[] {"11:30:00", "14:00:00", "17:00:00"}
            : new String[] {"08:00:00", "10:00:00", "12:00:00", "15:00:00"};
    for (String hour : hours) {
      session(who, Site.LONDON, 61, Site.LONDON, day, hour);
    }
  }

  private void commute(Account who) {
    Site flat = Site.placed("198.18.2.", 64496, "DE", "Hamburg", 53.5511, 9.9937);
    Site house = Site.placed("198.18.5.", 64497, "DE", "Munich", 48.1371, 11.5754);
    Device tablet = new Device(dice.guid().toString(), "", "Ios 26", false, false);
    for (int day = 0; day < CaptureDays.FIRST_DENSE; day++) {
      switch (day % 7) {
        case 0, 1, 2 -> {
          session(who, Site.OFFICE, 60, Site.PHONE, day, "09:00:00");
          scene.add(SignIn.of(who, flat, 60, moment(day, "17:30:00", 60)).nonInteractive());
        }
        case 3, 4 -> {
          session(who, house, 60, house, day, "08:00:00");
          scene.add(SignIn.of(who, house, 60, moment(day, "15:30:00", 60)).nonInteractive());
        }
        default -> {}
      }
    }
    for (int day = CaptureDays.FIRST_DENSE; day <= CaptureDays.LAST; day++) {
      for (int hour = 7; hour < 17; hour += 2) {
        String from = (hour < 10 ? "0" : "") + hour + ":00:00";
        session(who, house, 60, house, day, from);
        scene.add(
            SignIn.of(who, flat, 60, moment(day, from, 50))
                .on(tablet)
                .nonInteractive()
                .singleFactor());
      }
    }
  }

  private void passing() {
    Account admin = scene.cast().user();
    for (int day = 0; day < CaptureDays.COUNT; day++) {
      int times = day >= CaptureDays.FIRST_DENSE ? 12 : 2;
      for (int time = 0; time < times; time++) {
        Instant moment = moment(day, "06:00:00", 720);
        scene.add(Hub.SIGN_INS, "AuditLogs", moment, OtherRecords.audit(admin, moment, dice));
        moment = moment(day, "00:10:00", 1400);
        scene.add(
            Hub.GATEWAY, "AzureFirewallNetworkRule", moment, OtherRecords.firewall(moment, dice));
        moment = moment(day, "00:10:00", 1400);
        scene.add(Hub.GATEWAY, "AuditEvent", moment, OtherRecords.keyVault(admin, moment, dice));
      }
    }
  }

  private Instant moment(int day, String from, int withinMinutes) {
    return dice.withTicks(at(day, from).plus(minutes(dice.below(withinMinutes))));
  }
}
