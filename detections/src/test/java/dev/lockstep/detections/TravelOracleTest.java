package dev.lockstep.detections;

import dev.lockstep.detections.Desk.Verdict;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares impossible travel with its definition, worked out plainly over all pairs. */
final class TravelOracleTest {
  private static final RuleSettings.Travel TRAVEL =
      new RuleSettings.Travel(true, false, 500, 900, 24, 2, false);
  private static final RuleSettings SETTINGS = settings(256);
  private static final int DAYS = 12;
  private static final List<String> ADDRESSES =
      List.of(
          "10.1.0.1",
          "10.1.7.1",
          "10.2.0.1",
          "10.2.0.2",
          "10.3.0.1",
          "10.4.0.1",
          "10.5.0.1",
          "10.6.0.1",
          "10.7.0.1",
          "10.8.0.1",
          "10.10.0.1",
          "10.11.0.1",
          "10.12.0.1",
          "10.13.0.1");

  private static RuleSettings settings(int cap) {
    return new RuleSettings(
        TRAVEL,
        new RuleSettings.Token(false, false, 48, 5),
        new RuleSettings.Drift(false, false, 7, 50, 14, 60),
        cap);
  }

  @Test
  void isWhatItsDefinitionSays_inAnyOrderAndTwice() {
    AnyOrder.gives(TravelOracleTest::world, world -> new Oracle(world).verdicts(), SETTINGS);
  }

  @Test
  void doesNotHangOnTheOrder_whereNoSetOverflows() {
    AnyOrder.givesTheSameWhereNothingOverflows(TravelOracleTest::world, settings(3));
  }

  private static List<Activity> world(Random random) {
    List<Activity> world = new ArrayList<>();
    long start = ActivityBuilder.at("2026-11-01T00:00:00Z");
    int events = 5 + random.nextInt(60);
    int addresses = 2 + random.nextInt(ADDRESSES.size() - 1);
    for (int i = 0; i < events; i++) {
      long at = start + random.nextInt(DAYS * 288) * 300_000L + random.nextInt(3) * 20_000L;
      String address = ADDRESSES.get(random.nextInt(addresses));
      ActivityBuilder builder =
          random.nextInt(4) == 0
              ? ActivityBuilder.call(at).presents(null, "alice")
              : ActivityBuilder.signIn("alice", at);
      builder.from(address).id("e" + i);
      if (random.nextInt(3) == 0) {
        builder.nonInteractive();
      }
      if (random.nextInt(3) == 0) {
        builder.singleFactor();
      }
      if (random.nextInt(3) == 0) {
        builder.device("d" + random.nextInt(2), random.nextBoolean(), false);
      }
      world.add(builder.build());
      for (int more = random.nextInt(3); more > 0 && random.nextBoolean(); more--) {
        Activity again = ActivityBuilder.copy(builder.build());
        again.setEventId("e" + i + "-" + more);
        again.setEventAt(at + more * 60_000L * random.nextInt(40));
        world.add(again);
      }
    }
    return world;
  }

  /** The definition, in the words of its specification. */
  private static final class Oracle {
    private final List<Stay> observations;
    private final Map<PlaceKey, Set<Integer>> seen = new HashMap<>();
    private final Map<Integer, Set<PlaceKey>> standing = new HashMap<>();

    Oracle(List<Activity> world) {
      Meanings meanings = new Meanings(SETTINGS, Desk.world());
      world.forEach(meanings::observe);
      this.observations = meanings.stays;
      for (Stay observation : observations) {
        seen.computeIfAbsent(place(observation), key -> new HashSet<>())
            .add(Days.of(time(observation)));
      }
    }

    Map<String, Verdict> verdicts() {
      TreeSet<Integer> days = new TreeSet<>();
      observations.forEach(observation -> days.add(Days.of(time(observation))));
      Map<String, Verdict> verdicts = new TreeMap<>();
      for (int day : days) {
        Map<String, Severity> severity = new HashMap<>();
        Map<String, Set<Set<String>>> pairs = new HashMap<>();
        Set<PlaceKey> places = new HashSet<>();
        for (Stay one : observations) {
          for (Stay other : observations) {
            boolean inOrder = time(one) <= time(other);
            if (one != other && inOrder && Days.of(time(other)) == day && fires(one, other, day)) {
              PlaceKey here = place(one);
              PlaceKey there = place(other);
              String id = TravelFindings.id("alice", Commutes.Standing.of(day, here, there));
              severity.merge(id, severity(one, other), (a, b) -> a.compareTo(b) > 0 ? a : b);
              pairs.computeIfAbsent(id, key -> new HashSet<>()).add(Set.of(ip(one), ip(other)));
              places.addAll(List.of(here, there));
            }
          }
        }
        standing.put(day, places);
        severity.forEach(
            (id, level) ->
                verdicts.put(
                    id,
                    new Verdict(
                        "impossible-travel",
                        "impossible-travel",
                        level,
                        pairs.getOrDefault(id, Set.of()).size())));
      }
      return verdicts;
    }

    private boolean fires(Stay one, Stay other, int day) {
      Spot here = one.getSpot();
      Spot there = other.getSpot();
      long apart = time(other) - time(one);
      if (ip(one).equals(ip(other)) || apart > 24 * 3_600_000L) {
        return false;
      }
      PlaceSeen from = here.getPlace();
      PlaceSeen to = there.getPlace();
      double km = Math.max(0, arc(from, to) - from.getAccuracyKm() - to.getAccuracyKm());
      if (km < 500 || km / (Math.max(apart, 60_000) / 3_600_000.0) < 900) {
        return false;
      }
      Set<String> classes = Set.of(here.getNetworkClass(), there.getNetworkClass() + " ");
      boolean quiet = either(classes, "corporate") || either(classes, "backend");
      quiet |=
          one.getDeviceId() != null
              && one.getDeviceId().equals(other.getDeviceId())
              && (one.getTrustedDevice() || other.getTrustedDevice());
      quiet |= here.getPrefix().equals(there.getPrefix());
      quiet |=
          here.getAsn().equals(there.getAsn())
              && (either(classes, "mobile") || either(classes, "satellite"));
      quiet |= commuted(place(one), day) && commuted(place(other), day);
      return !quiet;
    }

    private boolean commuted(PlaceKey place, int day) {
      return seen.getOrDefault(place, Set.of()).stream()
              .filter(then -> then >= day - 30 && then <= day - 2)
              .filter(then -> !standing.getOrDefault(then, Set.of()).contains(place))
              .count()
          >= TRAVEL.commuteDays();
    }

    private static Severity severity(Stay one, Stay other) {
      boolean high = one.getApiCall() || other.getApiCall() || weak(other);
      Set<String> classes =
          Set.of(one.getSpot().getNetworkClass(), other.getSpot().getNetworkClass() + " ");
      boolean lower =
          either(classes, "vpn") || either(classes, "satellite") || either(classes, "mobile");
      return high == lower ? Severity.Medium : high ? Severity.High : Severity.Low;
    }

    private static boolean weak(Stay stay) {
      return stay.getInteractive() && stay.getSingleFactor() && !stay.getTrustedDevice();
    }

    private static boolean either(Set<String> classes, String word) {
      return classes.contains(word) || classes.contains(word + " ");
    }

    /** The spherical law of cosines: another formula than the rule's. */
    private static double arc(PlaceSeen from, PlaceSeen to) {
      double one = Math.toRadians(from.getLatitude());
      double two = Math.toRadians(to.getLatitude());
      double between = Math.toRadians(to.getLongitude() - from.getLongitude());
      double cosine =
          Math.sin(one) * Math.sin(two) + Math.cos(one) * Math.cos(two) * Math.cos(between);
      return 6371.0088 * Math.acos(Math.max(-1, Math.min(1, cosine)));
    }

    private static PlaceKey place(Stay stay) {
      return PlaceKey.of(stay.getSpot().getPlace());
    }

    private static long time(Stay stay) {
      return stay.getFirst().getEventAt();
    }

    private static String ip(Stay stay) {
      return stay.getSpot().getAddress();
    }
  }
}
