package dev.lockstep.detections.local;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.engine.WrittenOut;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes that are kept of a principal, a token and a partner, and what an event of a noisy one
 * costs.
 */
final class StateSizeTest {
  /** An employee's month: keys and values. */
  static final long TYPICAL_PRINCIPAL = 145_000;

  /** The same where each record names its subject and texts are written out, as in the service. */
  static final long TYPICAL_WRITTEN_OUT = 220_000;

  /** The same of sign-ins alone. */
  static final long SIGN_INS_WRITTEN_OUT = 145_000;

  /** All that a noisy subject may leave in one day and a month, with words of usual length. */
  static final long FULL_SUBJECTS = 900_000;

  /** The same with the longest words that are kept. */
  static final long WORST_SUBJECTS = 750_000;

  static final long EDGE_ALONE = 250;
  static final long EDGE_JOINED = 750;

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final double MOST_MILLIS = 2;
  private static final int EVENTS = 3_000;
  private static final int ADDRESSES = 1_500;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long HOUR_MILLIS = 3_600_000L;
  private static final String EMPLOYEE = "9b7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80";

  private static LocalDriver driver() {
    return new LocalDriver(
        RuleNumbers.atOnce().ruleSet(),
        JoinableLogs.ALL,
        Known.WORLD,
        new DetectionCounters(),
        1,
        true);
  }

  private static void enter(LocalDriver driver, Activity activity) {
    driver.enter(ActivityBuilder.bytes(activity));
  }

  /**
   * Three places, five addresses; a stay an hour on twelve hours of 32 days, with calls. All rules
   * together keep at most a quarter more than the first four.
   */
  @Test
  void anEmployee_fitsInTheStatedBytes() {
    List<ActiveRule> all = RuleNumbers.atOnce().ruleSet().rules();
    List<ActiveRule> four = all.subList(0, 4);
    MemoryRecords memory = new MemoryRecords();
    MemoryRecords memoryOfFour = new MemoryRecords();
    month(memory, all, true);
    month(memoryOfFour, four, true);
    WrittenOut written = new WrittenOut();
    WrittenOut writtenOfFour = new WrittenOut();
    month(written, all, true);
    month(writtenOfFour, four, true);
    WrittenOut signIns = new WrittenOut();
    month(signIns, all, false);
    System.out.printf(
        "an employee of 32 days: %d bytes in replay (%d of four rules), %d in the service (%d), %d"
            + " without calls%n",
        memory.bytes(),
        memoryOfFour.bytes(),
        written.bytes(),
        writtenOfFour.bytes(),
        signIns.bytes());
    assertThat(memoryOfFour.bytes()).isPositive();
    assertThat(memory.bytes())
        .isLessThanOrEqualTo(TYPICAL_PRINCIPAL)
        .isLessThanOrEqualTo(memoryOfFour.bytes() / 4 * 5);
    assertThat(signIns.bytes()).isPositive().isLessThanOrEqualTo(SIGN_INS_WRITTEN_OUT);
    assertThat(written.bytes())
        .isLessThanOrEqualTo(TYPICAL_WRITTEN_OUT)
        .isLessThanOrEqualTo(writtenOfFour.bytes() / 4 * 5);
  }

  private static void month(StateRecords records, List<ActiveRule> rules, boolean calls) {
    LocalEngine engine =
        new LocalEngine(
            rules, Known.WORLD, records, RuleNumbers.atOnce().ruleSet().alerts(), 1_000);
    for (int day = 0; day < 32; day++) {
      for (int hour = 8; hour < 20; hour++) {
        String address = "10.12.0." + (hour % 3 + 1);
        if (day % 7 > 4) {
          address = hour % 2 == 0 ? "10.13.0.1" : "10.16.0.9";
        }
        long at = Noise.START + day * DAY_MILLIS + hour * HOUR_MILLIS;
        engine.enter(
            signIn(EMPLOYEE, at)
                .from(address)
                .nonInteractive()
                .device("5d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80", true, true)
                .id("0c7cf0a4-8f5c-4a2e-9a2b-%012d".formatted(day * 24 + hour))
                .build());
        if (calls) {
          engine.enter(
              call(at + 600_000L)
                  .from(address)
                  .presents(null, EMPLOYEE)
                  .id("1d7cf0a4-8f5c-4a2e-9a2b-%012d".formatted(day * 24 + hour))
                  .build());
        }
      }
      engine.advance(Noise.START + (day + 1) * DAY_MILLIS);
      engine.write();
      engine.sweep();
    }
    engine.write();
  }

  @Test
  void aRequestAtFrontDoor_fitsInTheStatedBytes_aloneAndWithItsCall() {
    try (LocalDriver driver = driver()) {
      for (int i = 0; i < 1_000; i++) {
        enter(
            driver,
            ActivityBuilder.edge("2026-11-19T10:20:00Z", reference(i))
                .forwarded("198.51.100.77", null)
                .build());
      }
      long alone = driver.joinBytes() / 1_000;
      for (int i = 0; i < 1_000; i++) {
        enter(
            driver,
            call("2026-11-19T10:20:00Z")
                .id("0c7cf0a4-8f5c-4a2e-9a2b-%012d".formatted(i))
                .from("10.9.0.1")
                .subscription("fabrikam-prod")
                .product("fabrikam-orders")
                .reference(reference(i))
                .presents("6f0e2b9c-0000-4000-8000-%012d".formatted(i), "alice")
                .build());
      }
      long joined = driver.joinBytes() / 1_000;
      System.out.printf("a request at Front Door: %d bytes, with its call %d%n", alone, joined);
      assertThat(alone).isPositive().isLessThanOrEqualTo(EDGE_ALONE);
      assertThat(joined).isLessThanOrEqualTo(EDGE_JOINED);
    }
  }

  private static String reference(int number) {
    return "0Zx7hZQAAAAB5tKqs4e0KTLb%08dSEFNMzFFREdFMDMwNw==".formatted(number);
  }

  @ParameterizedTest
  @EnumSource(Noise.class)
  void noise_fitsInTheStatedBytes_andCostsLittle_andChangesNoOtherVerdict(Noise noise) {
    Map<String, LocalRun.Verdict> quiet;
    try (LocalDriver driver = driver()) {
      ordinary().forEach(each -> enter(driver, each));
      quiet = verdicts(driver, Map.of());
    }
    assertThat(quiet).isNotEmpty();
    try (LocalDriver driver = driver()) {
      noise.before().forEach(each -> enter(driver, each));
      List<Activity> ordinary = ordinary();
      int each = EVENTS / ordinary.size();
      long began = CPU.getCurrentThreadCpuTime();
      for (int i = 0; i < EVENTS; i++) {
        if (i % each == 0 && i / each < ordinary.size()) {
          enter(driver, ordinary.get(i / each));
        }
        enter(driver, noise.event(i, EVENTS, ADDRESSES, 1));
        if (i % 50 == 0) {
          driver.live(i);
        }
      }
      long bytes = driver.bytes();
      double millis = (CPU.getCurrentThreadCpuTime() - began) / 1e6 / EVENTS;
      System.out.printf("%s: %.3f ms of a processor an event, %d bytes%n", noise, millis, bytes);
      assertThat(bytes).isPositive().isLessThanOrEqualTo(FULL_SUBJECTS);
      assertThat(millis).isLessThan(MOST_MILLIS);
      assertThat(verdicts(driver, quiet)).isEqualTo(quiet);
    }
  }

  @Test
  void theLongestWords_fitInTheStatedBytes() {
    String longest = "\u20ac".repeat(2_000);
    try (LocalDriver driver = driver()) {
      for (int i = 0; i < 300; i++) {
        for (int twice = 0; twice < 2; twice++) {
          enter(
              driver,
              signIn(Noise.USER, Noise.START + i * 1000L + twice * 60_000L)
                  .from(Noise.address(i))
                  .in(i + longest, i + longest, i % 150 - 75, i - 150)
                  .device(i + longest, false, false)
                  .id(twice + "/" + i + longest)
                  .build());
        }
      }
      long bytes = driver.bytes();
      System.out.printf("the longest words: %d bytes%n", bytes);
      assertThat(bytes).isPositive().isLessThanOrEqualTo(WORST_SUBJECTS);
    }
  }

  /** Two users, one of whom hops, and a token in two networks. */
  private static List<Activity> ordinary() {
    List<Activity> events = new ArrayList<>();
    for (int hour = 0; hour < 20; hour++) {
      long at = Noise.START + hour * HOUR_MILLIS;
      events.add(
          signIn("alice", at).from(hour % 5 == 4 ? "10.2.0.1" : "10.1.0.1").id("a" + hour).build());
      events.add(
          signIn("bob", at).from("10.12.0.1").minted("b-" + hour / 4).id("b" + hour).build());
      events.add(
          call(at + 60_000)
              .from(hour % 7 == 6 ? "10.3.0.1" : "10.12.0.1")
              .presents("b-" + hour / 4, "bob")
              .id("c" + hour)
              .build());
    }
    return events;
  }

  private static Map<String, LocalRun.Verdict> verdicts(
      LocalDriver driver, Map<String, LocalRun.Verdict> only) {
    Map<String, LocalRun.Verdict> verdicts = new TreeMap<>();
    for (Detection finding : driver.detections()) {
      boolean noisy =
          finding.getPartner() != null
              || (finding.getPrincipal() != null
                  && finding.getPrincipal().getId().equals(Noise.USER));
      if (!noisy || only.containsKey(finding.getId())) {
        verdicts.put(
            finding.getId(),
            new LocalRun.Verdict(
                finding.getRule(), finding.getReason(), finding.getSeverity(), finding.getCount()));
      }
    }
    return verdicts;
  }
}
