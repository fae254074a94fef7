package dev.lockstep.detections;

import dev.lockstep.detections.Desk.Verdict;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.ChangeWindow;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sighting;
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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares partner drift with its definition, worked out plainly call by call. */
final class PartnerOracleTest {
  private static final RuleSettings.Drift DRIFT = new RuleSettings.Drift(true, false, 2, 4, 3, 9);
  private static final int DAYS = 16;
  private static final List<String> PARTNERS =
      List.of("fabrikam-prod", "windowed-prod", "named-prod", "declared-prod");
  private static final List<String> ADDRESSES =
      List.of(
          "10.12.0.1",
          "10.12.0.2",
          "10.12.9.1",
          "10.13.0.1",
          "10.16.0.1",
          "10.14.0.1",
          "10.15.0.1",
          "10.2.0.1",
          "10.7.0.1",
          "10.10.0.1",
          "10.99.0.1",
          "10.1.5.1");

  private static RuleSettings settings(int cap) {
    return new RuleSettings(
        new RuleSettings.Travel(false, false, 500, 900, 24, 3, false),
        new RuleSettings.Token(false, false, 48, 5),
        DRIFT,
        cap);
  }

  @Test
  void isWhatItsDefinitionSays_inAnyOrderAndTwice() {
    AnyOrder.gives(PartnerOracleTest::world, world -> new Oracle(world).verdicts(), settings(256));
  }

  @Test
  void doesNotHangOnTheOrder_whereNoSetOverflows() {
    AnyOrder.givesTheSameWhereNothingOverflows(PartnerOracleTest::world, settings(2));
  }

  private static List<Activity> world(Random random) {
    List<Activity> world = new ArrayList<>();
    long start = ActivityBuilder.at("2026-11-04T00:00:00Z");
    int events = 10 + random.nextInt(60);
    int addresses = 2 + random.nextInt(ADDRESSES.size() - 1);
    String subscription = PARTNERS.get(random.nextInt(PARTNERS.size()));
    for (int i = 0; i < events; i++) {
      // Near midnight, at noon, and anywhere.
      int minute =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(90);
            case 1 -> 1350 + random.nextInt(90);
            default -> random.nextInt(1440);
          };
      long at = start + (random.nextInt(DAYS) * 1440L + minute) * 60_000L + random.nextInt(60_000);
      String address =
          ADDRESSES.get(Math.min(random.nextInt(addresses), random.nextInt(addresses)));
      world.add(
          ActivityBuilder.call(at)
              .subscription(subscription)
              .from(address)
              .status(random.nextInt(10) == 0 ? 401 : 200)
              .id("e" + i)
              .build());
    }
    return world;
  }

  /** The definition, in the words of its specification. */
  private static final class Oracle {
    private final Enrichment enrichment = Desk.world();
    private final List<Sighting> calls;

    /** Networks that were new-country or hosting, by day. */
    private final Map<Integer, Set<NetworkKey>> telling = new HashMap<>();

    Oracle(List<Activity> world) {
      Meanings meanings = new Meanings(settings(256), enrichment);
      world.forEach(meanings::observe);
      this.calls = meanings.partners;
    }

    private record Fired(String id, String reason, Severity severity, long minute) {}

    Map<String, Verdict> verdicts() {
      TreeSet<Integer> days = new TreeSet<>();
      calls.forEach(call -> days.add(day(call)));
      List<Fired> fired = new ArrayList<>();
      for (int day : days) {
        for (Sighting call : calls) {
          if (day(call) == day) {
            judge(call, day, fired);
          }
        }
      }
      Map<String, List<Fired>> byId = new HashMap<>();
      fired.forEach(one -> byId.computeIfAbsent(one.id(), id -> new ArrayList<>()).add(one));
      Map<String, Verdict> verdicts = new TreeMap<>();
      byId.forEach(
          (id, all) -> {
            Severity highest = Collections.max(all.stream().map(Fired::severity).toList());
            String reason =
                all.stream()
                    .filter(one -> one.severity() == highest)
                    .map(Fired::reason)
                    .min((a, b) -> Integer.compare(PartnerDrift.rank(a), PartnerDrift.rank(b)))
                    .orElseThrow();
            Set<Long> minutes = new HashSet<>();
            all.forEach(one -> minutes.add(one.minute()));
            verdicts.put(id, new Verdict("partner-ip-drift", reason, highest, minutes.size()));
          });
      return verdicts;
    }

    private void judge(Sighting call, int day, List<Fired> fired) {
      Partner partner = Objects.requireNonNull(enrichment.partners().byId(call.getSubject()));
      long at = call.getCited().getEventAt();
      boolean inWindow =
          partner.changeWindows().stream().anyMatch(w -> at >= w.from() && at < w.to());
      NetworkKey network = NetworkKey.of(call.getSpot());
      if (partner.hasCidrs()) {
        if (!call.getDeclared() && !inWindow) {
          fired.add(fired(call, day, call.getSpot().getPrefix(), "outside-allowlist"));
        }
        return;
      }
      Integer completed = completed(day - 2);
      if (completed == null || inWindow) {
        return;
      }
      Set<NetworkKey> known = known(day, completed, partner);
      if (known(known, partner, network) || network.unknown()) {
        return;
      }
      String country = network.country();
      if (country != null
          && known.stream().noneMatch(one -> country.equals(one.country()))
          && partner.networks().stream().noneMatch(one -> country.equals(one.country()))) {
        fired.add(fired(call, day, network.text(), "new-country"));
        telling.computeIfAbsent(day, key -> new HashSet<>()).add(network);
        return;
      }
      String networkClass = call.getSpot().getNetworkClass();
      if (networkClass.equals("hosting") || networkClass.equals("vpn")) {
        fired.add(fired(call, day, network.text(), "hosting"));
        telling.computeIfAbsent(day, key -> new HashSet<>()).add(network);
        return;
      }
      for (ChangeWindow window : partner.changeWindows()) {
        long quietUntil = (Days.of(window.to() - 1) + 3) * Days.MILLIS;
        if (at >= window.to() && at < quietUntil) {
          return;
        }
      }
      boolean shared =
          calls.stream()
              .filter(other -> known(known, partner, NetworkKey.of(other.getSpot())))
              .anyMatch(other -> Math.abs(minute(other) - minute(call)) <= 60);
      Fired one = fired(call, day, network.text(), "new-network");
      fired.add(
          new Fired(
              one.id(), one.reason(), shared ? Severity.High : Severity.Medium, one.minute()));
    }

    private static Fired fired(Sighting call, int day, String what, String reason) {
      String id = Findings.id("partner-ip-drift", call.getSubject(), what, Days.text(day));
      return new Fired(id, reason, Severity.High, minute(call));
    }

    private @Nullable Integer completed(int lastClosed) {
      Set<Integer> days = new HashSet<>();
      Set<Long> minutes = new HashSet<>();
      TreeSet<Integer> ordered = new TreeSet<>();
      calls.forEach(call -> ordered.add(day(call)));
      for (int day : ordered.headSet(lastClosed, true)) {
        days.add(day);
        calls.stream().filter(call -> day(call) == day).forEach(call -> minutes.add(minute(call)));
        if (days.size() >= DRIFT.learningDays() && minutes.size() >= DRIFT.learningMinutes()) {
          return day;
        }
      }
      return null;
    }

    private Set<NetworkKey> known(int day, int completed, Partner partner) {
      Set<NetworkKey> known = new HashSet<>();
      Map<NetworkKey, Set<Integer>> seen = new HashMap<>();
      for (Sighting call : calls) {
        int then = day(call);
        NetworkKey network = NetworkKey.of(call.getSpot());
        if (then <= day - 2) {
          if (then <= completed || partner.inChangeWindow(call.getCited().getEventAt())) {
            known.add(network);
          }
          if (then >= day - DRIFT.windowDays() - 1) {
            seen.computeIfAbsent(network, key -> new HashSet<>()).add(then);
          }
        }
      }
      seen.forEach(
          (network, days) -> {
            boolean told = false;
            for (int then = day - DRIFT.windowDays() - 1; then <= day - 2; then++) {
              told |= telling.getOrDefault(then, Set.of()).contains(network);
            }
            if (days.size() >= DRIFT.knownDays() && !told) {
              known.add(network);
            }
          });
      return known;
    }

    private static boolean known(Set<NetworkKey> known, Partner partner, NetworkKey network) {
      return known.contains(network)
          || partner.networks().stream()
              .anyMatch(one -> one.matches(network.asn(), network.country()));
    }

    private static int day(Sighting call) {
      return Days.of(call.getCited().getEventAt());
    }

    private static long minute(Sighting call) {
      return Days.minute(call.getCited().getEventAt());
    }
  }
}
