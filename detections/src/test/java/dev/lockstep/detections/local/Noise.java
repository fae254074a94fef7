package dev.lockstep.detections.local;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One principal, token or partner that makes more noise than state may hold: many events from many
 * addresses, half of them IPv4 and half IPv6, each in a prefix of its own.
 */
enum Noise {
  /** Sign-ins of one user at two places. */
  TWO_PLACES,
  /** Sign-ins of one user at three hundred places. */
  MANY_PLACES,
  /** Sign-ins of one user without a place. */
  NO_PLACES,
  /** Sign-ins and calls of one user by turns, a token for each address. */
  MANY_TOKENS,
  /** One token of one user presented from everywhere. */
  ONE_TOKEN,
  /** One partner called from everywhere, after ten quiet days. */
  ONE_PARTNER;

  static final String USER = "noisy";
  static final String TOKEN = "11111111-aaaa-bbbb-cccc-000000000001";
  static final String SUBSCRIPTION = "fabrikam-prod";
  static final String PARTNER = "fabrikam";
  static final long START = ActivityBuilder.at("2026-11-01T00:00:00Z");

  /** What comes before the noise. */
  List<Activity> before() {
    List<Activity> before = new ArrayList<>();
    if (this == ONE_PARTNER) {
      for (int i = 0; i < 100; i++) {
        before.add(
            ActivityBuilder.call(START - (12 - i / 10) * 86_400_000L + i % 10 * 60_000L)
                .from("10.16.0.1")
                .subscription(SUBSCRIPTION)
                .id("before-" + i)
                .build());
      }
    }
    return before;
  }

  /**
   * Returns one event.
   *
   * @param i which, from 0
   * @param events how many there are
   * @param addresses from how many addresses
   * @param days over how many days
   */
  Activity event(int i, int events, int addresses, int days) {
    long at = START + (long) ((double) i / events * days * 86_400_000L);
    int from = i % addresses;
    ActivityBuilder builder =
        switch (this) {
          case TWO_PLACES, MANY_PLACES, NO_PLACES -> ActivityBuilder.signIn(USER, at);
          case MANY_TOKENS ->
              (i / addresses) % 2 == 0
                  ? ActivityBuilder.signIn(USER, at).minted(token(from))
                  : ActivityBuilder.call(at).presents(token(from), USER);
          case ONE_TOKEN -> ActivityBuilder.call(at).presents(TOKEN, USER);
          case ONE_PARTNER ->
              ActivityBuilder.call(at)
                  .presents(null, "robot")
                  .workload("robot")
                  .subscription(SUBSCRIPTION)
                  .in("AA", null, 0, 0);
        };
    builder.from(address(from)).id("e" + i);
    switch (this) {
      case TWO_PLACES, MANY_TOKENS, ONE_TOKEN ->
          builder.in("AA", "place " + from % 2, from % 2 == 0 ? 10 : -20, from % 2 == 0 ? 5 : 100);
      case MANY_PLACES ->
          builder.in("AA", "place " + from % 300, from % 300 / 2 - 75, from % 300 - 150);
      case NO_PLACES, ONE_PARTNER -> {}
    }
    Activity activity = builder.build();
    if (activity.getGeo() != null) {
      activity.getGeo().setAsn(4_200_000_000L + from % (this == ONE_PARTNER ? addresses : 1000));
    }
    return activity;
  }

  private static String token(int address) {
    return String.format(Locale.ROOT, "22222222-aaaa-bbbb-cccc-%012d", address);
  }

  static String address(int i) {
    int high = i >> 8 & 0xff;
    int low = i & 0xff;
    return i % 2 == 0
        ? String.format(Locale.ROOT, "%d.%d.%d.7", 20 + (i >> 16), high, low)
        : String.format(Locale.ROOT, "2a%02x:%02x%02x:1::7", i >> 16, high, low);
  }
}
