package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Whereabouts.Span;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Log records of a colleague's day: sign-ins, calls with the tokens that the sign-ins issued, and
 * rare alerts.
 */
final class ColleagueTraffic {
  private final Company company;
  private final MonthRecording recording;
  private final Dice dice;

  ColleagueTraffic(Company company, MonthRecording recording, Dice dice) {
    this.company = company;
    this.recording = recording;
    this.dice = dice;
  }

  void play(Colleague who, ColleagueDay day, boolean newToolIsThere) {
    Device laptop = who.account.laptop();
    refreshes(who, laptop, day, day.laptop, 40, 75);
    refreshes(who, who.phone, day, day.phone, 60, 180);
    refreshes(who, Device.UNKNOWN, day, day.browser, 20, 60);
    if (!day.laptop.spans.isEmpty()) {
      atTheDesk(who, day, newToolIsThere);
    }
    if (who.phoneApp && !day.phone.spans.isEmpty()) {
      int times = dice.from(1, 3);
      for (int time = 0; time < times; time++) {
        session(who, who.phone, day, dice.pick(day.phone.spans), dice.from(1, 3));
      }
    }
  }

  private void atTheDesk(Colleague who, ColleagueDay day, boolean newToolIsThere) {
    if (dice.below(100) < 35) {
      interactive(who, day, day.laptop.spans.get(0));
    }
    int visits = dice.from(0, 3);
    for (int visit = 0; visit < visits; visit++) {
      onBehalf(who, day, company.webApps, "northwind-portal", dice.from(1, 4));
    }
    if (who.reports && dice.oneIn(2)) {
      onBehalf(who, day, company.reporting, "northwind-reports", 2);
    }
    if (who.newTool && newToolIsThere && dice.oneIn(2)) {
      onBehalf(who, day, company.newTool, "northwind-reports", 2);
    }
    if (who.desktopApp) {
      int times = dice.from(2, 4);
      for (int time = 0; time < times; time++) {
        session(who, who.account.laptop(), day, dice.pick(day.laptop.spans), dice.from(2, 5));
      }
    }
  }

  /**
   * Adds renewals of tokens by a device while it is on. One renewal in three is followed by another
   * within a minute.
   *
   * @param least shortest time between renewals in minutes
   * @param most longest time between renewals in minutes
   */
  private void refreshes(
      Colleague who, Device device, ColleagueDay day, Whereabouts where, int least, int most) {
    for (Span span : where.spans) {
      Instant at = span.from().plus(dice.seconds(0, least * 60));
      while (at.isBefore(span.to())) {
        Span by = where == day.laptop ? day.laptopAt(at) : span;
        recording.add(renewal(who, device, by == null ? span : by, at));
        if (dice.oneIn(3)) {
          Instant other = at.plus(dice.seconds(1, 50));
          recording.add(renewal(who, device, span, other));
        }
        at = at.plus(dice.seconds(least * 60, most * 60));
      }
    }
  }

  private SignIn renewal(Colleague who, Device device, Span span, Instant at) {
    return signIn(who, device, span, span.net().recordedElsewhere(), at).nonInteractive();
  }

  private SignIn signIn(Colleague who, Device device, Span span, Instant at) {
    return signIn(who, device, span, span.net().recordedAt(), at);
  }

  private SignIn signIn(Colleague who, Device device, Span span, Site site, Instant at) {
    boolean isReported = !device.managed() || device != who.account.laptop() || who.reportsDevice;
    Device reported = isReported ? device : Device.UNKNOWN;
    SignIn signIn = SignIn.fromAddress(who.account, site, span.address(), dice.withTicks(at));
    // Policies leave out a second factor in the office, and for some applications.
    boolean office = company.offices.stream().anyMatch(o -> o.egress().equals(span.net()));
    if (dice.below(100) < (office ? 35 : 8)) {
      signIn.singleFactor();
    }
    return signIn.on(reported).in(session(who, device, at));
  }

  /**
   * Returns the id of a device's session, which lasts for a week. After it the user has to sign in
   * again.
   */
  static String session(Colleague who, Device device, Instant at) {
    long week = Math.floorDiv(at.getEpochSecond(), 7 * 86_400L);
    String kind = device == who.account.laptop() ? "laptop" : device == who.phone ? "phone" : "";
    return UUID.nameUUIDFromBytes(
            (who.account.id() + kind + week).getBytes(StandardCharsets.US_ASCII))
        .toString();
  }

  private void interactive(Colleague who, ColleagueDay day, Span span) {
    Instant at = span.moment(dice);
    if (dice.below(100) < 15) { // a typing error, or the second factor was asked for first
      recording.add(
          signIn(who, who.account.laptop(), span, at.minusSeconds(dice.from(10, 60)))
              .failed(dice.oneIn(2) ? 50126 : 50074));
    }
    Span by = day.laptopAt(at);
    recording.add(signIn(who, who.account.laptop(), by == null ? span : by, at));
    if (dice.oneIn(40)) { // a policy of access refuses
      recording.add(signIn(who, Device.UNKNOWN, span, at.plusSeconds(300)).failed(53003));
    }
  }

  private void session(Colleague who, Device device, ColleagueDay day, Span span, int calls) {
    Instant at = span.moment(dice);
    boolean atDesk = device == who.account.laptop();
    Span minted = atDesk ? day.laptopAt(at) : span;
    UUID token = dice.guid();
    recording.add(renewal(who, device, minted == null ? span : minted, at).minting(token));
    Link link = Link.of(who.account, token, at);
    for (int call = 0; call < calls; call++) {
      Instant moment = at.plus(dice.seconds(2, 4000));
      Span by = atDesk ? day.laptopAt(moment) : day.phone.at(moment);
      if (by != null) {
        recording.add(call(by.address(), moment, link).answered(answer()));
      }
    }
    if (dice.below(100) < 2) { // woken up with an old token in its hands: the gateway refuses it
      Instant moment = at.plus(dice.seconds(5000, 20_000));
      Span by = atDesk ? day.laptopAt(moment) : day.phone.at(moment);
      if (by != null) {
        recording.add(call(by.address(), moment, link).answered(401));
      }
    }
  }

  private int answer() {
    int chance = dice.below(100);
    return chance < 94 ? 200 : chance < 97 ? 404 : chance < 98 ? 403 : chance < 99 ? 500 : 429;
  }

  private Call call(String address, Instant at, Link link) {
    Instant moment = dice.withTicks(at);
    return dice.oneIn(3)
        ? Call.from(company.frontDoor.address(0, dice), moment)
            .headers(address, address)
            .traced(link)
        : Call.from(address, moment).traced(link);
  }

  /**
   * Records a sign-in to a web page, and the calls that the page's server makes on behalf of the
   * user. The token stays on the server.
   */
  private void onBehalf(Colleague who, ColleagueDay day, Net server, String key, int calls) {
    Span span = dice.pick(day.laptop.spans);
    Instant at = span.moment(dice);
    Span by = day.laptopAt(at);
    UUID token = dice.guid();
    Span seen = by == null ? span : by;
    // The first token of a visit is logged with the visitor's address, renewed ones with the
    // server's.
    if (dice.below(100) < 60) {
      Device laptop = who.account.laptop();
      SignIn signIn =
          dice.oneIn(3) ? signIn(who, laptop, seen, at) : renewal(who, laptop, seen, at);
      recording.add(signIn.minting(token));
    } else {
      recording.add(
          SignIn.fromAddress(who.account, server.recordedAt(), server.address(0, dice), at)
              .nonInteractive()
              .on(Device.UNKNOWN)
              .minting(token));
    }
    Link link = Link.of(who.account, token, at);
    for (int call = 0; call < calls; call++) {
      recording.add(
          Call.from(server.address(0, dice), dice.withTicks(at.plus(dice.seconds(1, 3600))))
              .by(key, "internal")
              .traced(link)
              .answered(answer()));
    }
  }

  void sprayed(Colleague who, Instant at) {
    Net anywhere = company.internet.homes(dice.pick(Town.ALL), false).get(0);
    recording.add(
        SignIn.fromAddress(who.account, anywhere.recordedAt(), anywhere.address(0, dice), at)
            .on(Device.UNKNOWN)
            .singleFactor()
            .failed(50126));
  }

  void atRisk(Colleague who, ColleagueDay day) {
    Whereabouts where = dice.oneIn(2) ? day.phone : day.laptop;
    Span span = where.spans.isEmpty() ? null : dice.pick(where.spans);
    if (span == null) {
      return;
    }
    Alert alert =
        Alert.raised(dice, span.moment(dice))
            .severity(dice.oneIn(4) ? "High" : dice.oneIn(3) ? "Low" : "Medium")
            .by("Microsoft Defender for Cloud Apps", "Unusual activity")
            .arriving(Duration.ofMinutes(dice.from(5, 600)));
    int chance = dice.below(10);
    if (chance < 8) {
      alert.naming(who.account);
    }
    if (chance >= 4) {
      alert.naming(span.address());
    }
    recording.add(alert);
  }
}
