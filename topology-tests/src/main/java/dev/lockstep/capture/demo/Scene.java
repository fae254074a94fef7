package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Context that the demo's cases share: the random source, the recording, the people, the
 * expectations, and the start times.
 */
record Scene(
    Dice dice, Recording recording, Cast cast, Expectations expect, Slots slots, Slots denseSlots) {
  static Scene of(long seed) {
    Dice dice = new Dice(seed);
    return new Scene(
        dice, new Recording(dice), new Cast(dice), new Expectations(), new Slots(9), new Slots(4));
  }

  void add(SignIn signIn) {
    recording.add(signIn);
  }

  void add(Call call) {
    recording.add(call);
  }

  /** Returns a new token of a new user, for which no sign-in is added. */
  IssuedToken token(Instant at) {
    return token(cast.user(), at);
  }

  IssuedToken token(Account who, Instant at) {
    return new IssuedToken(who, recording.token(), at);
  }

  /** Adds the sign-in of a new user, and returns the token that it issues. */
  IssuedToken signIn(Site site, int host, Instant at) {
    return signIn(site, host, at, signIn -> signIn);
  }

  /**
   * Adds the sign-in of a new user, changed by a function, and returns the token that it issues.
   */
  IssuedToken signIn(Site site, int host, Instant at, UnaryOperator<SignIn> changes) {
    IssuedToken token = token(at);
    add(changes.apply(SignIn.of(token.who(), site, host, at)).minting(token.id()));
    return token;
  }

  /** Expects a finding that no alert confirms. */
  void fires(
      String name, String rule, String reason, String severity, int count, int day, Subject who) {
    expect.fires(name, rule, reason, severity, count, day, who);
  }

  /** Adds one record, given as JSON, that a hub receives at the given time of arrival. */
  void add(Hub hub, String category, Instant arrival, String json) {
    recording.add(hub, category, arrival, json);
  }

  /** Adds an accepted call to Microsoft Graph. */
  void graph(IssuedToken token, String address, Instant at, GraphRecord.Client client) {
    add(
        Hub.GRAPH,
        "MicrosoftGraphActivityLogs",
        at,
        GraphRecord.of(token.who(), token.id(), address, at, token.at(), client, dice));
  }

  /** Returns a new tracking reference of Front Door. */
  String reference() {
    return "0"
        + dice.guid().toString().replace("-", "").substring(0, 24).toUpperCase(Locale.ROOT)
        + "SEFNMzFFREdFMDMwNw==";
  }

  /**
   * Adds a sign-in of a user at home on each of the given days, so that rules learn from these
   * days.
   */
  void history(Account account, int... days) {
    for (int day : days) {
      add(SignIn.of(account, Site.HOME, 30, dice.withTicks(CaptureDays.at(day, "07:30:00"))));
    }
  }

  /** Source of start times for cases, at equal distances within a day. */
  static final class Slots {
    private final int apart;
    private final int[] taken = new int[CaptureDays.COUNT];

    Slots(int apart) {
      this.apart = apart;
    }

    Instant next(int day) {
      return CaptureDays.at(day, "06:40:00").plus(Duration.ofMinutes((long) apart * taken[day]++));
    }
  }
}
