package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How much is kept of a principal, a token and a partner, and what an event of a noisy one costs.
 */
final class StateSizeTest {
  /** An employee: bytes of 32 days; half of them say when it was where, for Defender's alerts. */
  static final long TYPICAL_PRINCIPAL = 145_000;

  /** Bytes of a day of a principal, and of what is learned of it, with words of usual length. */
  static final long FULL_PRINCIPAL_DAY = 120_000;

  static final long FULL_PROFILE = 25_000;
  static final long FULL_TOKEN = 100_000;
  static final long FULL_PARTNER_DAY = 150_000;

  static final long EDGE_ALONE = 250;
  static final long EDGE_JOINED = 750;

  /** The same with the longest words that are kept. */
  static final long WORST_PRINCIPAL_DAY = 700_000;

  static final long WORST_PROFILE = 120_000;

  private static final double MOST_MILLIS = 2;
  private static final int EVENTS = 3_000;
  private static final int ADDRESSES = 1_500;

  @Test
  void anEmployee_fitsInTheStatedBytes() {
    try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
      for (int day = 0; day < 32; day++) {
        for (int hour = 8; hour < 20; hour++) {
          String address = "10.12.0." + (hour % 3 + 1);
          if (day % 7 > 4) {
            address = hour % 2 == 0 ? "10.13.0.1" : "10.16.0.9";
          }
          long at = Noise.START + day * Days.MILLIS + hour * 3_600_000L;
          load.send(
              signIn("9b7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80", at)
                  .from(address)
                  .nonInteractive()
                  .device("5d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80", true, true)
                  .id("0c7cf0a4-8f5c-4a2e-9a2b-%012d".formatted(day * 24 + hour))
                  .build());
        }
      }
      long bytes = load.bytes().values().stream().mapToLong(Long::longValue).sum();
      System.out.printf("an employee of 32 days: %d bytes%n", bytes);
      assertThat(bytes).isLessThanOrEqualTo(TYPICAL_PRINCIPAL);
    }
  }

  @Test
  void aRequestAtFrontDoor_fitsInTheStatedBytes_aloneAndWithItsCall() {
    try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
      for (int i = 0; i < 1_000; i++) {
        load.send(
            ActivityBuilder.edge("2026-11-19T10:20:00Z", reference(i))
                .forwarded("198.51.100.77", null)
                .build());
      }
      long alone = edgeBytes(load) / 1_000;
      for (int i = 0; i < 1_000; i++) {
        load.send(
            ActivityBuilder.call("2026-11-19T10:20:00Z")
                .id("0c7cf0a4-8f5c-4a2e-9a2b-%012d".formatted(i))
                .from("10.9.0.1")
                .subscription("fabrikam-prod")
                .product("fabrikam-orders")
                .reference(reference(i))
                .presents("6f0e2b9c-0000-4000-8000-%012d".formatted(i), "alice")
                .build());
      }
      long joined = edgeBytes(load) / 1_000;
      System.out.printf("a request at Front Door: %d bytes, with its call %d%n", alone, joined);
      assertThat(alone).isLessThanOrEqualTo(EDGE_ALONE);
      assertThat(joined).isLessThanOrEqualTo(EDGE_JOINED);
    }
  }

  private static String reference(int number) {
    return "0Zx7hZQAAAAB5tKqs4e0KTLb%08dSEFNMzFFREdFMDMwNw==".formatted(number);
  }

  private static long edgeBytes(Load load) {
    Map<String, Long> bytes = load.bytes();
    return bytes.getOrDefault(Stores.EDGE_HALVES, 0L)
        + bytes.getOrDefault(Stores.EDGE_HALVES_DUE, 0L);
  }

  @ParameterizedTest
  @EnumSource(Noise.class)
  void noise_fitsInTheStatedBytes_andCostsLittle_andChangesNoOtherVerdict(Noise noise) {
    Map<String, Desk.Verdict> quiet;
    try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
      ordinary().forEach(load::send);
      quiet = verdicts(load, Map.of());
    }
    assertThat(quiet).isNotEmpty();
    try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
      noise.before().forEach(load::send);
      List<Activity> ordinary = ordinary();
      load.send(
          EVENTS,
          Long.MAX_VALUE / 1_000_000,
          i -> {
            if (i % (EVENTS / ordinary.size()) == 0
                && i / (EVENTS / ordinary.size()) < ordinary.size()) {
              load.send(ordinary.get(i / (EVENTS / ordinary.size())));
            }
            return noise.event(i, EVENTS, ADDRESSES, 1);
          });
      System.out.printf(
          "%s: %.3f ms of a processor an event, %s%n", noise, load.millisEach(), load.bytes());
      assertThat(load.largest(Stores.PRINCIPAL_DAYS)).isLessThanOrEqualTo(FULL_PRINCIPAL_DAY);
      assertThat(load.largest(Stores.PRINCIPAL_PROFILES)).isLessThanOrEqualTo(FULL_PROFILE);
      assertThat(load.largest(Stores.TOKENS)).isLessThanOrEqualTo(FULL_TOKEN);
      assertThat(load.largest(Stores.PARTNER_DAYS)).isLessThanOrEqualTo(FULL_PARTNER_DAY);
      assertThat(load.millisEach()).isLessThan(MOST_MILLIS);
      assertThat(verdicts(load, quiet)).isEqualTo(quiet);
    }
  }

  @Test
  void theLongestWords_fitInTheStatedBytes() {
    String longest = "\u20ac".repeat(2_000);
    try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
      for (int i = 0; i < 300; i++) {
        for (int twice = 0; twice < 2; twice++) {
          load.send(
              signIn(Noise.USER, Noise.START + i * 1000L + twice * 60_000L)
                  .from(Noise.address(i))
                  .in(i + longest, i + longest, i % 150 - 75, i - 150)
                  .device(i + longest, false, false)
                  .id(twice + "/" + i + longest)
                  .build());
        }
      }
      System.out.printf("the longest words: %s%n", load.bytes());
      assertThat(load.largest(Stores.PRINCIPAL_DAYS)).isLessThanOrEqualTo(WORST_PRINCIPAL_DAY);
      assertThat(load.largest(Stores.PRINCIPAL_PROFILES)).isLessThanOrEqualTo(WORST_PROFILE);
    }
  }

  /** Two users, one of whom hops, and a token in two networks. */
  private static List<Activity> ordinary() {
    List<Activity> events = new ArrayList<>();
    for (int hour = 0; hour < 20; hour++) {
      long at = Noise.START + hour * 3_600_000L;
      events.add(
          signIn("alice", at).from(hour % 5 == 4 ? "10.2.0.1" : "10.1.0.1").id("a" + hour).build());
      events.add(
          signIn("bob", at).from("10.12.0.1").minted("b-" + hour / 4).id("b" + hour).build());
      events.add(
          ActivityBuilder.call(at + 60_000)
              .from(hour % 7 == 6 ? "10.3.0.1" : "10.12.0.1")
              .presents("b-" + hour / 4, "bob")
              .id("c" + hour)
              .build());
    }
    return events;
  }

  private static Map<String, Desk.Verdict> verdicts(Load load, Map<String, Desk.Verdict> only) {
    Map<String, Desk.Verdict> verdicts = new HashMap<>();
    for (Detection finding : load.findings().values()) {
      boolean noisy =
          finding.getPartner() != null
              || (finding.getPrincipal() != null
                  && finding.getPrincipal().getId().equals(Noise.USER));
      if (!noisy || only.containsKey(finding.getId())) {
        verdicts.put(
            finding.getId(),
            new Desk.Verdict(
                finding.getRule(), finding.getReason(), finding.getSeverity(), finding.getCount()));
      }
    }
    return verdicts;
  }
}
