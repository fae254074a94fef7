package dev.lockstep.detections.spray;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class PasswordSprayTest {
  private static final long MINUTE = 60_000L;
  private static final long DAY = 1_440 * MINUTE;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final String THIEF = "8.8.8.8";
  private static final String OFFICE = "5.5.5.5";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
          Networks.parse("networks.csv", "cidr,class\n5.5.5.0/24,corporate\n6.6.6.0/24,mobile\n"),
          Partners.none(),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Activity failure(String user, long at, String from) {
    return signIn(user, at).status(50_126).from(from).build();
  }

  private static Activity success(String user, long at, String from) {
    return signIn(user, at).from(from).build();
  }

  /** Failures of so many users, one a step. */
  private static List<Activity> failures(int users, long at, long step, String from) {
    List<Activity> events = new ArrayList<>();
    for (int i = 0; i < users; i++) {
      events.add(failure("u" + i, at + i * step, from));
    }
    return events;
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new PasswordSpray()).with(KNOWN).orders(8).gives(events, List.of(expected));
  }

  private static void gives(List<Activity> events, Activity more, Expected... expected) {
    List<Activity> all = new ArrayList<>(events);
    all.add(more);
    gives(all, expected);
  }

  private static Expected finding(
      String address, long at, String reason, Severity severity, int count) {
    return Expected.of(
        new Subject(Subject.Kind.ADDRESS, address), (int) (at / DAY), reason, severity, count);
  }

  @Test
  void firesMedium_whenTenUsersFailWithinSixtyMinutes() {
    // 59 minutes after the first is the last minute of the window.
    List<Activity> nine = failures(9, NOON, MINUTE, THIEF);
    gives(
        nine,
        failure("u9", NOON + 59 * MINUTE + 59_999, THIEF),
        finding(THIEF, NOON, "spray", Severity.Medium, 10));
    gives(nine, failure("u9", NOON + 60 * MINUTE, THIEF));
    gives(nine, failure("u8", NOON + 30 * MINUTE, THIEF));
    gives(
        nine,
        signIn("u9", NOON).status(50_053).from(THIEF).build(),
        finding(THIEF, NOON, "spray", Severity.Medium, 10));
    gives(nine, signIn("u9", NOON).status(50_055).from(THIEF).build());
    gives(nine, failure("u9", NOON, "8.8.8.9"));
  }

  @Test
  void needsFiftyUsers_atASharedAddress() {
    gives(failures(49, NOON, MINUTE, OFFICE));
    gives(failures(50, NOON, MINUTE, OFFICE), finding(OFFICE, NOON, "spray", Severity.Medium, 50));
    gives(
        failures(50, NOON, 1_000, "6.6.6.6"),
        finding("6.6.6.6", NOON, "spray", Severity.Medium, 50));
  }

  @Test
  void firesHigh_whenAUserWhoFailedSignsInWithinADay() {
    List<Activity> ten = failures(10, NOON, MINUTE, THIEF);
    Expected high = finding(THIEF, NOON, "then-success", Severity.High, 10);
    Expected medium = finding(THIEF, NOON, "spray", Severity.Medium, 10);
    gives(ten, success("u3", NOON + 3 * MINUTE + 1, THIEF), high);
    gives(ten, success("u3", NOON + 3 * MINUTE + DAY + 59_999, THIEF), high);
    gives(ten, success("u3", NOON + 4 * MINUTE + DAY, THIEF), medium);
    gives(ten, success("u3", NOON + 2 * MINUTE, THIEF), medium);
    gives(ten, success("other", NOON + 5 * MINUTE, THIEF), medium);
    gives(ten, success("u3", NOON + 5 * MINUTE, OFFICE), medium);
    gives(ten, signIn("u3", NOON + 5 * MINUTE).status(50_140).from(THIEF).build(), medium);
  }

  @Test
  void saysOnlyOfTheNextDay_thatNobodySignedInSoFar() {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    failures(10, NOON, MINUTE, THIEF).forEach(run::enter);
    run.enter(success("u3", NOON + 4 * MINUTE + DAY, THIEF));
    assertThat(run.findings().get(0).getDescription())
        .endsWith(
            "So far, no record shows that one of these users signed in from the address within a"
                + " day after failing.");
  }

  @Test
  void saysThatAUserSignedIn_alsoWhereThatSignInIsNoLongerKept() {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    failures(10, NOON, MINUTE, THIEF).forEach(run::enter);
    run.enter(success("u3", NOON + 20 * MINUTE, THIEF));
    for (int i = 0; i < 2_000; i++) {
      run.enter(success("other" + i, NOON + 40 * MINUTE, THIEF));
    }
    run.enter(failure("u10", NOON + 10 * MINUTE, THIEF));
    Detection found = run.findings().get(0);
    assertThat(found.getReason()).isEqualTo("then-success");
    assertThat(found.getEvidence())
        .noneMatch(each -> each.getMattered().containsValue("successful sign-in"));
    assertThat(found.getTitle()).endsWith(", and a sign-in that followed");
    assertThat(found.getDescription())
        .endsWith(
            "One of these users signed in from the address within a day after failing; Lockstep did"
                + " not keep which user it was.");
  }

  @Test
  void tellsHowManyUsersItNeeded() {
    assertThat(told(failures(10, NOON, MINUTE, THIEF)))
        .contains("at least 10 of them", "shared-address {}", "spray {needs=10.0}");
    assertThat(told(failures(50, NOON, MINUTE, OFFICE)))
        .contains("at least 50 of them", "shared-address {needs=50.0}", "spray {needs=50.0}");
  }

  private static String told(List<Activity> events) {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    events.forEach(run::enter);
    Detection found = run.findings().get(0);
    StringBuilder text = new StringBuilder(found.getDescription());
    found.getGates().forEach(gate -> text.append("; " + gate.getGate() + " " + gate.getNumbers()));
    return text.toString();
  }

  @Test
  void tellsWhenItBegan_andCitesTheSameEventsInAnyOrder() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    List<Activity> events = failures(30, NOON, MINUTE, THIEF);
    for (int i = 0; i < 30; i++) {
      events.add(success("u" + i, NOON + 3 * 60 * MINUTE + i, THIEF));
    }
    Set<Object> cited = new HashSet<>();
    for (int order = 0; order < 6; order++) {
      KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
      List<Activity> left = new ArrayList<>(events);
      while (!left.isEmpty()) {
        run.enter(left.remove(random.nextInt(left.size())));
      }
      Detection found = run.findings().get(0);
      assertThat(found.getDescription()).contains("the first at 2026-11-19 12:00:00 UTC");
      cited.add(found.getEvidence().stream().map(each -> each.getEventId()).toList());
    }
    assertThat(cited).hasSize(1);
  }

  @Test
  void citesTheSuccess_howeverLongTheSprayLasts() {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    failures(40, NOON, MINUTE, THIEF).forEach(run::enter);
    Activity success = success("u3", NOON + 50 * MINUTE, THIEF);
    run.enter(success);
    assertThat(run.findings().get(0).getEvidence())
        .hasSize(20)
        .first()
        .satisfies(cited -> assertThat(cited.getEventId()).isEqualTo(success.getEventId()));
  }

  @Test
  void belongsToTheDayOfTheWindow_whoseFailuresMayLieBeforeMidnight() {
    long midnight = NOON + 12 * 60 * MINUTE;
    gives(
        failures(10, midnight - 5 * MINUTE, MINUTE, THIEF),
        finding(THIEF, midnight, "spray", Severity.Medium, 10));
    gives(
        failures(12, midnight - 10 * MINUTE, MINUTE, THIEF),
        finding(THIEF, midnight - 1, "spray", Severity.Medium, 10),
        finding(THIEF, midnight, "spray", Severity.Medium, 12));
  }

  @Test
  void namesTheUserWhoGotIn_andNobodyAsItsPrincipal() {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    failures(10, NOON, MINUTE, THIEF).forEach(run::enter);
    run.enter(success("u3", NOON + 20 * MINUTE, THIEF));
    Detection found = run.findings().get(0);
    assertThat(found.getDescription()).contains("u3@contoso.com");
    assertThat(found.getIp()).isEqualTo(THIEF);
    assertThat(found.getPrincipal()).isNull();
    assertThat(found.getEvidence())
        .hasSize(11)
        .allSatisfy(event -> assertThat(event.getIp()).isEqualTo(THIEF));
    assertThat(found.getEndTime()).isEqualTo(NOON + 20 * MINUTE);
  }

  @Test
  void keeps256UsersOfAMinute_andCountsNoMore() {
    KitEngine.Run run = RuleCheck.of(new PasswordSpray()).with(KNOWN).run();
    for (int i = 0; i < 20_000; i++) {
      run.enter(failure("u" + i % 5_000, NOON + i, THIEF));
    }
    assertThat(run.findings()).hasSize(1);
    assertThat(run.findings().get(0).getCount()).isEqualTo(256);
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(150)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new PasswordSpray())
        .with(KNOWN)
        .with("users", 3)
        .with("usersOfShared", 5)
        .orders(3)
        .seed(20_261_128)
        .gives(count, PasswordSprayTest::history, PasswordSprayTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    long[] starts = {0, 11 * 60 * MINUTE + 50 * MINUTE, 24 * 60 * MINUTE, 36 * 60 * MINUTE};
    String[] from = {THIEF, THIEF, THIEF, OFFICE};
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(4, 24); i > 0; i--) {
      long at =
          NOON
              + starts[random.nextInt(starts.length)]
              + random.nextInt(70) * MINUTE
              + random.nextInt(2) * 30_000L;
      events.add(
          signIn("u" + random.nextInt(8), at)
              .status(random.nextInt(4) == 0 ? 0 : 50_126)
              .from(from[random.nextInt(from.length)])
              .id("e" + i)
              .build());
    }
    return events;
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<String, Set<String>> users = new TreeMap<>();
    Set<String> high = new HashSet<>();
    for (Activity end : events) {
      if (end.getStatus() == 0) {
        continue;
      }
      long last = end.getEventAt() / MINUTE;
      Set<String> failed = new HashSet<>();
      List<Activity> window = new ArrayList<>();
      for (Activity each : events) {
        long minute = each.getEventAt() / MINUTE;
        if (each.getStatus() != 0
            && each.getAddress().equals(end.getAddress())
            && minute <= last
            && minute > last - 60) {
          failed.add(each.getPrincipal().getId());
          window.add(each);
        }
      }
      if (failed.size() < (end.getAddress().equals(OFFICE) ? 5 : 3)) {
        continue;
      }
      String key = end.getAddress() + " " + last / 1_440;
      users.computeIfAbsent(key, any -> new HashSet<>()).addAll(failed);
      for (Activity each : window) {
        for (Activity other : events) {
          long after = other.getEventAt() / MINUTE - each.getEventAt() / MINUTE;
          if (other.getStatus() == 0
              && other.getAddress().equals(each.getAddress())
              && other.getPrincipal().getId().equals(each.getPrincipal().getId())
              && after >= 0
              && after <= 1_440) {
            high.add(key);
          }
        }
      }
    }
    List<Expected> expected = new ArrayList<>();
    users.forEach(
        (key, of) -> {
          String[] parts = key.split(" ", 2);
          expected.add(
              finding(
                  parts[0],
                  Long.parseLong(parts[1]) * DAY,
                  high.contains(key) ? "then-success" : "spray",
                  high.contains(key) ? Severity.High : Severity.Medium,
                  of.size()));
        });
    return expected;
  }
}
