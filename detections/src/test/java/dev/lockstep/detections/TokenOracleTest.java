package dev.lockstep.detections;

import dev.lockstep.detections.Desk.Verdict;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.TokenUseKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares token replay with its definition, worked out plainly over all pairs. */
final class TokenOracleTest {
  private static final List<Integer> STATUSES = List.of(200, 200, 200, 401, 403, 407, 429, 500);
  private static final List<String> ADDRESSES =
      List.of(
          "10.1.0.1",
          "10.1.0.9",
          "10.1.7.1",
          "10.2.0.1",
          "10.3.0.1",
          "10.4.0.1",
          "10.5.0.1",
          "10.7.0.1",
          "10.8.0.1",
          "10.10.0.1",
          "10.12.0.1",
          "10.13.0.1",
          "10.15.0.1",
          "10.99.0.1");

  private static RuleSettings settings(int cap) {
    return new RuleSettings(
        new RuleSettings.Travel(false, false, 500, 900, 24, 3, false),
        RuleSettings.defaults().token(),
        new RuleSettings.Drift(false, false, 7, 50, 14, 60),
        cap);
  }

  @Test
  void isWhatItsDefinitionSays_inAnyOrderAndTwice() {
    AnyOrder.gives(TokenOracleTest::world, TokenOracleTest::expected, settings(256));
  }

  @Test
  void doesNotHangOnTheOrder_whereNoSetOverflows() {
    AnyOrder.givesTheSameWhereNothingOverflows(TokenOracleTest::world, settings(3));
  }

  private static List<Activity> world(Random random) {
    List<Activity> world = new ArrayList<>();
    long start = ActivityBuilder.at("2026-11-19T00:00:00Z");
    int events = 2 + random.nextInt(14);
    int addresses = 2 + random.nextInt(ADDRESSES.size() - 1);
    for (int i = 0; i < events; i++) {
      long at = start + random.nextInt(4 * 1440) * 60_000L + random.nextInt(60_000);
      String token = "token-" + random.nextInt(2);
      String user = random.nextInt(8) == 0 ? "mallory" : "alice";
      ActivityBuilder builder;
      if (random.nextInt(4) == 0) {
        builder = ActivityBuilder.signIn(user, at).minted(token);
      } else {
        builder = ActivityBuilder.call(at).status(STATUSES.get(random.nextInt(STATUSES.size())));
        if (random.nextInt(4) == 0) {
          builder.claimsOnly(token, user);
        } else {
          builder.presents(token, user);
        }
        builder.expires(random.nextBoolean() ? "2026-11-25T00:00:00Z" : "2026-11-21T00:00:00Z");
      }
      if (random.nextInt(12) != 0) {
        builder.from(ADDRESSES.get(random.nextInt(addresses)));
      }
      world.add(builder.id("e" + i).build());
    }
    return world;
  }

  private record Fired(String id, String reason, Severity severity, Set<String> prefixes) {}

  private static Map<String, Verdict> expected(List<Activity> world) {
    Meanings meanings = new Meanings(settings(256), Desk.world());
    world.forEach(meanings::observe);
    List<Fired> fired = new ArrayList<>();
    for (Sighting one : meanings.tokens) {
      if (one.getAfterExpiry()) {
        fired.add(fired(one, one, "after-expiry", Severity.High));
      }
      for (Sighting other : meanings.tokens) {
        long apart = minute(other) - minute(one);
        if (one == other
            || !one.getSubject().equals(other.getSubject())
            || apart < 0
            || apart > 48 * 60) {
          continue;
        }
        if (validated(one)
            && validated(other)
            && one.getOid() != null
            && other.getOid() != null
            && !one.getOid().equals(other.getOid())) {
          fired.add(fired(one, other, "wrong-principal", Severity.High));
        }
        Severity byNetworks = table(one.getSpot(), other.getSpot());
        if (byNetworks != null && accepted(one) && accepted(other)) {
          fired.add(fired(one, other, "two-networks", byNetworks));
        } else if (byNetworks != null
            && ((accepted(one) && refused(other)) || (accepted(other) && refused(one)))) {
          fired.add(fired(one, other, "attempt", Severity.Low));
        }
      }
    }
    Map<String, List<Fired>> byId = new HashMap<>();
    fired.forEach(one -> byId.computeIfAbsent(one.id(), id -> new ArrayList<>()).add(one));
    Map<String, Verdict> verdicts = new TreeMap<>();
    byId.forEach(
        (id, all) -> {
          Severity highest = Collections.max(all.stream().map(Fired::severity).toList());
          List<String> reasons =
              Stream.of("wrong-principal", "two-networks", "after-expiry", "attempt")
                  .filter(
                      reason ->
                          all.stream()
                              .anyMatch(
                                  one -> one.severity() == highest && one.reason().equals(reason)))
                  .toList();
          Set<String> prefixes = new HashSet<>();
          all.forEach(one -> prefixes.addAll(one.prefixes()));
          verdicts.put(
              id,
              new Verdict("token-replay", reasons.get(0), highest, Math.max(1, prefixes.size())));
        });
    return verdicts;
  }

  private static Fired fired(Sighting one, Sighting other, String reason, Severity severity) {
    int day = Days.of(Math.max(one.getCited().getEventAt(), other.getCited().getEventAt()));
    Set<String> prefixes = new HashSet<>();
    Stream.of(one, other)
        .map(Sighting::getSpot)
        .filter(Objects::nonNull)
        .forEach(spot -> prefixes.add(spot.getPrefix()));
    String id = Findings.id("token-replay", one.getSubject(), Days.text(day));
    return new Fired(id, reason, severity, prefixes);
  }

  /** The table, line by line. */
  private static @Nullable Severity table(@Nullable Spot one, @Nullable Spot other) {
    if (one == null || other == null || one.getPrefix().equals(other.getPrefix())) {
      return null;
    }
    String here = one.getNetworkClass();
    String there = other.getNetworkClass();
    Set<String> shady = Set.of("hosting", "vpn");
    if (here.equals("backend") || there.equals("backend")) {
      return null;
    }
    if (here.equals("corporate") && !shady.contains(there)) {
      return null;
    }
    if (there.equals("corporate") && !shady.contains(here)) {
      return null;
    }
    boolean asnsKnown = one.getAsn() != null && other.getAsn() != null;
    boolean countriesKnown = one.getNetworkCountry() != null && other.getNetworkCountry() != null;
    boolean countriesDiffer =
        countriesKnown && !one.getNetworkCountry().equals(other.getNetworkCountry());
    if (asnsKnown && one.getAsn().equals(other.getAsn())) {
      return countriesDiffer ? Severity.Medium : null;
    }
    if (asnsKnown && (here.equals("hosting") || there.equals("hosting") || countriesDiffer)) {
      return Severity.High;
    }
    if (asnsKnown && (here.equals("vpn") || there.equals("vpn"))) {
      return Severity.Medium;
    }
    return !asnsKnown && countriesDiffer ? Severity.Medium : null;
  }

  private static long minute(Sighting sighting) {
    return Math.floorDiv(sighting.getCited().getEventAt(), 60_000L);
  }

  private static boolean validated(Sighting sighting) {
    return sighting.getTokenUse() != TokenUseKind.CLAIMED;
  }

  private static boolean accepted(Sighting sighting) {
    return sighting.getTokenUse() == TokenUseKind.SIGN_IN
        || sighting.getTokenUse() == TokenUseKind.ACCEPTED;
  }

  private static boolean refused(Sighting sighting) {
    return sighting.getTokenUse() == TokenUseKind.REFUSED
        || sighting.getTokenUse() == TokenUseKind.CLAIMED;
  }
}
