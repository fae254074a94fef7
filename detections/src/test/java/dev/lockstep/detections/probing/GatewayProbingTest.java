package dev.lockstep.detections.probing;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
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
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class GatewayProbingTest {
  private static final long SECOND = 1_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long DAY = 1_440 * MINUTE;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final String THIEF = "8.8.8.8";
  private static final String OFFICE = "5.5.5.5";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
          Networks.parse("networks.csv", "cidr,class\n5.5.5.0/24,corporate\n4.4.4.0/24,backend\n"),
          Partners.none(),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActivityBuilder to(
      long at, String from, String operation, int status, @Nullable String errorSource) {
    return call(at)
        .from(from)
        .status(status)
        .id("%d %s %s %d".formatted(at, from, operation, status))
        .with(
            activity -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation(operation);
              api.setErrorSource(errorSource);
              activity.setApi(api);
            });
  }

  /** Refused calls of 5 operations and 2 kinds, one a second. */
  private static List<Activity> attempts(int count, long at, String from) {
    List<Activity> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(to(at + i * SECOND, from, "op" + i % 5, i % 2 == 0 ? 401 : 403, null).build());
    }
    return events;
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new GatewayProbing()).with(KNOWN).orders(6).gives(events, List.of(expected));
  }

  private static void gives(List<Activity> events, Activity more, Expected... expected) {
    List<Activity> all = new ArrayList<>(events);
    all.add(more);
    gives(all, expected);
  }

  private static Expected finding(
      Subject.Kind kind, String id, long at, String reason, Severity severity, int count) {
    return Expected.of(new Subject(kind, id), (int) (at / DAY), reason, severity, count);
  }

  private static Expected finding(long at, String reason, Severity severity, int count) {
    return finding(Subject.Kind.ADDRESS, THIEF, at, reason, severity, count);
  }

  @Test
  void firesMedium_whenTwentyAttemptsOfFiveOperationsAndTwoKindsLieInTenMinutes() {
    Expected medium = finding(NOON, "probing", Severity.Medium, 1);
    gives(attempts(20, NOON, THIEF), medium);
    gives(attempts(19, NOON, THIEF));
    gives(
        attempts(19, NOON, THIEF),
        to(NOON + 9 * MINUTE + 59_999, THIEF, "op1", 429, null).build(),
        finding(NOON, "probing", Severity.Medium, 2));
    gives(attempts(19, NOON, THIEF), to(NOON + 10 * MINUTE, THIEF, "op1", 429, null).build());
    gives(
        attempts(19, NOON, THIEF),
        to(NOON + 50 * SECOND, THIEF, "op1", 400, "Validate-Content").build(),
        medium);
  }

  @Test
  void tellsOfTheFirstAttempt_inAnyOrder() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    List<Activity> events = new ArrayList<>();
    for (int minute = 0; minute < 5; minute++) {
      events.addAll(attempts(4, NOON + minute * MINUTE, THIEF));
    }
    events.add(to(NOON + 4 * MINUTE + 9 * SECOND, THIEF, "op4", 403, null).build());
    for (int order = 0; order < 6; order++) {
      KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
      List<Activity> left = new ArrayList<>(events);
      while (!left.isEmpty()) {
        run.enter(left.remove(random.nextInt(left.size())));
      }
      assertThat(run.findings().get(0).getDescription())
          .contains("in 5 minutes of the day, the first at 2026-11-19 12:00:00 UTC");
    }
  }

  @Test
  void saysNothingOfOneDay_whereTheAttemptsAreOfTwo() {
    KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
    long midnight = NOON + 12 * 60 * MINUTE;
    List<Activity> events = new ArrayList<>(attempts(10, midnight - MINUTE, THIEF));
    events.addAll(attempts(12, midnight, THIEF));
    events.forEach(run::enter);
    assertThat(run.findings()).hasSize(1);
    assertThat(run.findings().get(0).getDescription())
        .contains(" in 2 minutes, the first at 2026-11-19 23:59:00 UTC.")
        .doesNotContain("of the day");
  }

  @Test
  void saysOnlyThatNoCallWasLetInSoFar_asOneMayComeLater() {
    KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
    attempts(20, NOON, THIEF).forEach(run::enter);
    assertThat(run.findings().get(0).getDescription())
        .endsWith("So far, no record shows an accepted call within ten minutes after these calls.");
    run.enter(to(NOON + 5 * MINUTE, THIEF, "op1", 200, null));
    assertThat(run.findings().get(0).getDescription())
        .endsWith("Within ten minutes after these calls, the gateway let a call in.");
  }

  @Test
  void citesTheSuccess_howeverLongTheProbingLasts() {
    KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
    for (int minute = 0; minute < 40; minute++) {
      attempts(20, NOON + minute * MINUTE, THIEF).forEach(run::enter);
    }
    run.enter(to(NOON + 41 * MINUTE, THIEF, "op1", 200, null).id("success"));
    assertThat(run.findings().get(0).getEvidence())
        .hasSize(20)
        .first()
        .satisfies(cited -> assertThat(cited.getEventId()).isEqualTo("success"));
  }

  @Test
  void countsAttemptsOfOneSecondOperationAndKindOnce() {
    List<Activity> events = attempts(19, NOON, THIEF);
    gives(events, to(NOON + 1, THIEF, "op0", 401, null).build());
    gives(
        events,
        to(NOON + 1, THIEF, "op0", 403, null).build(),
        finding(NOON, "probing", Severity.Medium, 1));
  }

  @Test
  void needsOperationsAndKinds() {
    List<Activity> ofOneKind = new ArrayList<>();
    List<Activity> ofFour = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ofOneKind.add(to(NOON + i * SECOND, THIEF, "op" + i % 5, 401, null).build());
      ofFour.add(to(NOON + i * SECOND, THIEF, "op" + i % 4, 401 + i % 2 * 2, null).build());
    }
    gives(ofOneKind);
    gives(ofFour);
  }

  @Test
  void knowsAnOperationByMethodAndPath_whereItHasNoId() {
    List<Activity> events = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int place = i;
      events.add(
          call(NOON + i * SECOND)
              .from(THIEF)
              .status(i % 2 == 0 ? 401 : 403)
              .with(
                  activity -> {
                    Request request = new Request();
                    request.setMethod("GET");
                    request.setPath("/" + place % 5);
                    activity.setRequest(request);
                  })
              .build());
    }
    gives(events, finding(NOON, "probing", Severity.Medium, 1));
  }

  @Test
  void firesHigh_whenACallIsAcceptedWithinTenMinutesAfterTheLastAttempt() {
    List<Activity> events = attempts(20, NOON, THIEF);
    Expected high = finding(NOON, "then-success", Severity.High, 1);
    Expected medium = finding(NOON, "probing", Severity.Medium, 1);
    long last = NOON + 19 * SECOND;
    gives(events, to(last, THIEF, "x", 200, null).build(), high);
    gives(events, to(last + 999, THIEF, "x", 200, null).build(), high);
    gives(events, to(last + 600 * SECOND + 999, THIEF, "x", 404, null).build(), high);
    gives(events, to(last + 601 * SECOND, THIEF, "x", 200, null).build(), medium);
    gives(events, to(last - 1, THIEF, "x", 200, null).build(), medium);
    gives(events, to(last + 1, THIEF, "x", 407, null).build(), medium);
    gives(events, to(last + 1, THIEF, "x", -1, null).build(), medium);
    gives(events, to(last + 1, "8.8.8.9", "x", 200, null).build(), medium);
  }

  @Test
  void findsTheSuccess_amongOthersBeforeAndAfter() {
    List<Activity> events = attempts(20, NOON, THIEF);
    for (int i = -5; i <= 20; i++) {
      events.add(to(NOON + i * (5 * MINUTE) + 30 * SECOND, THIEF, "x", 200, null).build());
    }
    gives(events, finding(NOON, "then-success", Severity.High, 1));
  }

  @Test
  void isSuppressed_forOwnEgressAndServers_butNotForThePrincipal() {
    gives(attempts(20, NOON, OFFICE));
    gives(attempts(20, NOON, "4.4.4.4"));
    List<Activity> ofAna = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ofAna.add(
          to(NOON + i * SECOND, OFFICE, "op" + i % 5, i % 2 == 0 ? 401 : 403, null)
              .by("ana")
              .token("t")
              .build());
    }
    gives(ofAna, finding(Subject.Kind.PRINCIPAL, "ana", NOON, "probing", Severity.Medium, 1));
  }

  @Test
  void belongsToTheDayOfTheWindow_withMinutesBeforeMidnight_andASuccessAfterIt() {
    long midnight = NOON + 12 * 60 * MINUTE;
    List<Activity> events = attempts(20, midnight - 10 * SECOND, THIEF);
    gives(events, finding(midnight, "probing", Severity.Medium, 2));
    gives(
        attempts(20, midnight - 30 * SECOND, THIEF),
        to(midnight + 5 * MINUTE, THIEF, "x", 200, null).build(),
        finding(midnight - 1, "then-success", Severity.High, 1));
  }

  @Test
  void staysSmall_underHundredsOfThousandsOfAttempts() {
    KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
    for (int i = 0; i < 20_000; i++) {
      run.enter(to(NOON + i * 3L, THIEF, "op" + i % 1_000, 401 + i % 2 * 2, null).build());
    }
    assertThat(run.findings()).hasSize(1);
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
    return RuleCheck.of(new GatewayProbing())
        .with(KNOWN)
        .with("attempts", 4)
        .with("operations", 2)
        .orders(3)
        .seed(20_261_128)
        .gives(count, GatewayProbingTest::history, GatewayProbingTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    long[] starts = {0, 11 * 60 * MINUTE + 50 * MINUTE, 24 * 60 * MINUTE};
    int[] codes = {401, 403, 401, 403, 429, 400, 200, -1};
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(4, 30); i > 0; i--) {
      long at =
          NOON
              + starts[random.nextInt(starts.length)]
              + random.nextInt(22) * MINUTE
              + random.nextInt(3) * 29_500L;
      int code = codes[random.nextInt(codes.length)];
      ActivityBuilder each =
          to(
              at,
              random.nextInt(5) == 0 ? OFFICE : THIEF,
              "op" + random.nextInt(3),
              code,
              code == 400 && random.nextInt(2) == 0 ? "validate-headers" : null);
      if (random.nextInt(2) == 0) {
        each.by("ana").token("t");
      }
      events.add(each.id("e" + i).build());
    }
    return events;
  }

  private static boolean isAttempt(Activity each) {
    return Set.of(401, 403, 429).contains(each.getStatus())
        || (each.getStatus() == 400 && each.getApi().getErrorSource() != null);
  }

  private static List<Expected> oracle(List<Activity> events) {
    List<Expected> expected = new ArrayList<>();
    for (String who : List.of(THIEF, "ana")) {
      List<Activity> own =
          events.stream()
              .filter(
                  each ->
                      who.equals("ana")
                          ? each.getPrincipal() != null
                          : each.getAddress().equals(who))
              .toList();
      Map<Long, Set<Long>> minutes = new TreeMap<>();
      Set<Long> high = new HashSet<>();
      for (Activity end : own) {
        if (!isAttempt(end)) {
          continue;
        }
        long last = end.getEventAt() / MINUTE;
        Set<String> attempts = new HashSet<>();
        Set<String> operations = new HashSet<>();
        Set<Integer> kinds = new HashSet<>();
        Set<Long> in = new HashSet<>();
        long second = 0;
        for (Activity each : own) {
          long minute = each.getEventAt() / MINUTE;
          if (isAttempt(each) && minute <= last && minute > last - 10) {
            String operation = each.getApi().getOperation();
            attempts.add(each.getEventAt() / SECOND + operation + each.getStatus());
            operations.add(operation);
            kinds.add(each.getStatus());
            in.add(minute);
            second = Math.max(second, each.getEventAt() / SECOND);
          }
        }
        if (attempts.size() < 4 || operations.size() < 2 || kinds.size() < 2) {
          continue;
        }
        minutes.computeIfAbsent(last / 1_440, any -> new HashSet<>()).addAll(in);
        for (Activity each : own) {
          long after = each.getEventAt() / SECOND - second;
          if (!isAttempt(each) && each.getStatus() > 0 && after >= 0 && after <= 600) {
            high.add(last / 1_440);
          }
        }
      }
      minutes.forEach(
          (day, of) ->
              expected.add(
                  finding(
                      who.equals("ana") ? Subject.Kind.PRINCIPAL : Subject.Kind.ADDRESS,
                      who,
                      day * DAY,
                      high.contains(day) ? "then-success" : "probing",
                      high.contains(day) ? Severity.High : Severity.Medium,
                      of.size())));
    }
    return expected;
  }
}
