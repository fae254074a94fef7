package dev.lockstep.detections.vault;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Vault;
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
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class VaultOutsideTest {
  private static final long MINUTE = 60_000L;
  private static final long DAY = 86_400_000L;
  private static final long START = ActivityBuilder.at("2026-09-01T12:00:00Z");
  private static final int FIRST = (int) (START / DAY);
  private static final String VAULTS = "/subscriptions/s/providers/Microsoft.KeyVault/vaults/";

  private static final String INSIDE = "10.0.0.4";
  private static final String OUTSIDE = "8.8.8.8";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse(
                  "networks.csv",
                  """
                  cidr,class
                  5.5.5.0/24,corporate
                  4.4.4.0/24,backend
                  3.3.3.0/24,trusted-proxy
                  """),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(new Vault("kv", null, true), new Vault("open", null, false))));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActivityBuilder call(
      int day, int minute, @Nullable String principal, @Nullable String from) {
    ActivityBuilder builder =
        event(ActivityKind.VAULT_CALL, "AuditEvent", START + day * DAY + minute * MINUTE)
            .status(200)
            .id("%d %d %s %s".formatted(day, minute, principal, from))
            .with(
                activity -> {
                  activity.setResource(VAULTS + "KV");
                  activity.setOperation("SecretGet");
                  if (principal != null) {
                    activity.setPrincipal(new Principal(principal, null, "workload"));
                  }
                });
    return from == null ? builder : builder.from(from);
  }

  private static List<Activity> learned(int days) {
    List<Activity> events = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      events.add(call(day, 0, "app", INSIDE).build());
    }
    return events;
  }

  private static void gives(List<Activity> before, List<Activity> after, Expected... expected) {
    List<Activity> events = new ArrayList<>(before);
    events.addAll(after);
    RuleCheck.of(new VaultOutside()).with(KNOWN).orders(6).gives(events, List.of(expected));
  }

  private static Expected outside(int day, String prefix, Severity severity, int count) {
    return Expected.of(
        new Subject(Subject.Kind.RESOURCE, "kv " + prefix),
        FIRST + day,
        "public-address",
        severity,
        count);
  }

  private static Expected stranger(int day, String principal, int count) {
    return Expected.of(
            new Subject(Subject.Kind.RESOURCE, "kv"),
            FIRST + day,
            "new-principal",
            Severity.Medium,
            count)
        .in(principal);
  }

  @Test
  void tellsOfTheFirstCallFromOutside_thoughItWasRefused() {
    KitEngine.Run run = RuleCheck.of(new VaultOutside()).with(KNOWN).run();
    run.enter(call(0, 5, "app", OUTSIDE), call(0, 0, "app", OUTSIDE).status(403));
    assertThat(run.findings().get(0).getDescription())
        .contains("in 2 minutes of the day, first at 2026-09-01 12:00:00 UTC")
        .contains("The vault answered some of the calls.");
  }

  @Test
  void tellsHowManyAddressesCalled_fromOnePrefix() {
    KitEngine.Run run = RuleCheck.of(new VaultOutside()).with(KNOWN).run();
    run.enter(call(0, 0, "app", "8.8.8.9"), call(0, 5, "app", OUTSIDE));
    assertThat(run.findings().get(0).getDescription())
        .contains(
            "was called from 8.8.8.8 and 1 more address (8.8.8.0/24) in 2 minutes of the day,"
                + " first at 2026-09-01 12:00:00 UTC");
    run.enter(call(0, 6, "app", "8.8.8.7").status(403));
    assertThat(run.findings().get(0).getDescription())
        .contains("was called from 8.8.8.8 and 2 more addresses (8.8.8.0/24) in 3 minutes");
  }

  @Test
  void tellsOfTheDaysBehindItsWords_thoughTheCallerCameTheDayBefore() {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    learned(15).forEach(run::see);
    run.see(call(17, 0, "new", INSIDE).build());
    run.see(call(18, 0, "new", INSIDE).build());
    assertThat(run.active(VaultOutside.ID))
        .hasSize(2)
        .extracting(Detection::getTitle)
        .containsOnly("Private vault kv used by a new principal, new");
  }

  private static Severity ofStranger(String alerted) {
    return ofStranger(INSIDE, "5.5.5.5", alerted);
  }

  private static Severity ofStranger(@Nullable String first, String second, String alerted) {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    learned(15).forEach(run::see);
    run.see(call(17, 0, "new", first).build());
    run.see(call(17, 1, "new", second).build());
    long at = START + 17 * DAY + 10 * MINUTE;
    run.see(alert("a", Instant.ofEpochMilli(at).toString()).namesAddresses(alerted));
    run.watermark(Instant.ofEpochMilli(at + DAY).toString());
    return run.active(VaultOutside.ID).get(0).getSeverity();
  }

  @Test
  void isRaised_byAnAlertOnAnAddressOfTheNewPrincipal_unlessManyShareTheAddress() {
    assertThat(ofStranger(INSIDE)).isEqualTo(Severity.High);
    assertThat(ofStranger("5.5.5.5")).isEqualTo(Severity.Medium);
    assertThat(ofStranger("10.0.0.5")).isEqualTo(Severity.Medium);
  }

  @Test
  void isRaised_byAnAlertOnTheAddressOfALaterCall_thoughTheFirstHasNone() {
    assertThat(ofStranger(null, INSIDE, INSIDE)).isEqualTo(Severity.High);
    assertThat(ofStranger(null, INSIDE, "10.0.0.5")).isEqualTo(Severity.Medium);
  }

  @Test
  void firesHigh_whenAnAcceptedCallComesFromAPublicAddress_andLowWhenItWasRefused() {
    gives(
        List.of(),
        List.of(
            call(0, 0, "app", OUTSIDE).build(),
            call(0, 1, null, "8.8.8.9").build(),
            call(0, 2, "app", "9.9.9.9").status(403).build(),
            call(0, 3, "app", "203.0.113.7").build()),
        outside(0, "8.8.8.0/24", Severity.High, 2),
        outside(0, "9.9.9.0/24", Severity.Low, 1),
        outside(0, "203.0.113.0/24", Severity.High, 1));
  }

  @Test
  void findsNothingOfOtherCalls() {
    gives(
        List.of(),
        List.of(
            call(0, 0, "app", INSIDE).build(),
            call(0, 0, "app", "fd00::1").build(),
            call(0, 0, "app", null).build(),
            call(0, 0, "app", "5.5.5.5").build(),
            call(0, 0, "app", "4.4.4.4").build(),
            call(0, 0, "app", "3.3.3.3").build(),
            call(0, 1, "app", OUTSIDE).status(401).build(),
            call(0, 2, "app", OUTSIDE).status(-1).build(),
            call(0, 3, "app", OUTSIDE).status(429).build(),
            call(0, 4, "app", OUTSIDE).with(each -> each.setOperation("VaultGet")).build(),
            call(0, 5, "app", OUTSIDE).with(each -> each.setOperation("Authentication")).build(),
            call(0, 6, "app", OUTSIDE).with(each -> each.setResource(VAULTS + "open")).build(),
            call(0, 7, "app", OUTSIDE).with(each -> each.setResource(VAULTS + "other")).build()));
  }

  @Test
  void firesMedium_whenAPrincipalIsNew_whateverItsAddress() {
    gives(
        learned(14),
        List.of(
            call(15, 0, "thief", "5.5.5.5").build(),
            call(15, 0, "app", INSIDE).build(),
            call(15, 1, "thief", null).build()),
        stranger(15, "thief", 2));
  }

  @Test
  void needsFourteenDays_upToTwoDaysBefore_andLooksAtTheLatestFourteen() {
    gives(learned(13), List.of(call(15, 0, "thief", INSIDE).build()));
    gives(learned(14), List.of(call(14, 0, "thief", INSIDE).build()));
    List<Activity> before = learned(20);
    before.add(call(5, 1, "old", INSIDE).build());
    before.add(call(6, 1, "newer", INSIDE).build());
    gives(
        before,
        List.of(call(21, 0, "old", INSIDE).build(), call(21, 0, "newer", INSIDE).build()),
        stranger(21, "old", 1));
  }

  @Test
  void doesNotLearnFromRefusedCalls_andJudgesNone() {
    List<Activity> before = learned(14);
    before.add(call(3, 1, "thief", INSIDE).status(403).build());
    gives(
        before,
        List.of(
            call(15, 0, "thief", INSIDE).build(), call(15, 0, "other", INSIDE).status(403).build()),
        stranger(15, "thief", 1));
  }

  @Test
  void countsDays_whoseAcceptedCallsNameNoPrincipal() {
    List<Activity> before = new ArrayList<>();
    for (int day = 0; day < 15; day++) {
      before.add(call(day, 0, null, INSIDE).build());
    }
    gives(
        before,
        List.of(call(17, 0, "thief", INSIDE).build(), call(17, 1, null, INSIDE).build()),
        stranger(17, "thief", 1));
    List<Activity> since = new ArrayList<>(before);
    since.add(call(0, 1, "old", INSIDE).build());
    since.add(call(1, 1, "newer", INSIDE).build());
    gives(
        since,
        List.of(call(17, 0, "old", INSIDE).build(), call(17, 0, "newer", INSIDE).build()),
        stranger(17, "old", 1));
  }

  @Test
  void saysNobodyIsNew_whereALearnedDayHadMoreThanIsKept() {
    List<Activity> events = learned(14);
    for (int i = 0; i < 300; i++) {
      events.add(call(5, i, "p" + i, INSIDE).build());
    }
    events.sort(java.util.Comparator.comparingLong(Activity::getArrivalAt));
    events.add(call(15, 0, "thief", INSIDE).build());
    KitEngine.Run run = RuleCheck.of(new VaultOutside()).with(KNOWN).run();
    events.forEach(run::enter);
    assertThat(run.findings()).isEmpty();
    assertThat(run.suppressed()).containsKey("overflow");
  }

  @Test
  void learnsAsManyPrincipalsAsAreKept_besideCallsThatNameNone() {
    List<Activity> events = learned(14);
    for (int i = 1; i < 256; i++) {
      events.add(call(5, i, "p" + i, INSIDE).build());
    }
    events.add(call(5, 256, null, INSIDE).build());
    events.sort(java.util.Comparator.comparingLong(Activity::getArrivalAt));
    events.add(call(15, 0, "thief", INSIDE).build());
    KitEngine.Run run = RuleCheck.of(new VaultOutside()).with(KNOWN).run();
    events.forEach(run::enter);
    assertThat(run.findings()).extracting(Detection::getReason).containsExactly("new-principal");
    assertThat(run.suppressed()).doesNotContainKey("overflow");
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(100)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new VaultOutside())
        .with(KNOWN)
        .orders(3)
        .seed(20_261_128)
        .gives(count, VaultOutsideTest::history, VaultOutsideTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    String[] from = {INSIDE, INSIDE, INSIDE, OUTSIDE, "8.8.8.9", "5.5.5.5", "3.3.3.3"};
    int[] codes = {200, 200, 200, 403, 401, -1};
    List<Activity> events = new ArrayList<>();
    for (int day = 0; day < 20; day++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        int who = random.nextInt(8) == 0 ? random.nextInt(5) : random.nextInt(2);
        events.add(
            call(
                    day,
                    random.nextInt(-720, 720),
                    who == 4 ? null : "p" + who,
                    from[random.nextInt(from.length)])
                .status(codes[random.nextInt(codes.length)])
                .build());
      }
    }
    return events;
  }

  private static int day(Activity each) {
    return (int) (each.getEventAt() / DAY);
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<String, Set<Long>> minutes = new TreeMap<>();
    Set<String> high = new HashSet<>();
    Map<Integer, Set<String>> callers = new TreeMap<>();
    for (Activity each : events) {
      if (each.getStatus() == 200) {
        Set<String> of = callers.computeIfAbsent(day(each), any -> new HashSet<>());
        if (each.getPrincipal() != null) {
          of.add(each.getPrincipal().getId());
        }
      }
    }
    for (Activity each : events) {
      long minute = each.getEventAt() / MINUTE;
      boolean accepted = each.getStatus() == 200;
      if (each.getAddress().startsWith("8.8.8.") && (accepted || each.getStatus() == 403)) {
        String key = day(each) + " outside";
        minutes.computeIfAbsent(key, any -> new HashSet<>()).add(minute);
        if (accepted) {
          high.add(key);
        }
      }
      if (accepted && each.getPrincipal() != null) {
        String id = each.getPrincipal().getId();
        TreeSet<Integer> days = new TreeSet<>(callers.keySet());
        List<Integer> latest =
            days.headSet(day(each) - 2, true).descendingSet().stream().limit(14).toList();
        if (latest.size() == 14
            && latest.stream().noneMatch(d -> callers.getOrDefault(d, Set.of()).contains(id))) {
          minutes.computeIfAbsent(day(each) + " new " + id, any -> new HashSet<>()).add(minute);
        }
      }
    }
    List<Expected> expected = new ArrayList<>();
    minutes.forEach(
        (key, of) -> {
          String[] parts = key.split(" ", 3);
          int day = Integer.parseInt(parts[0]) - FIRST;
          expected.add(
              parts.length == 3
                  ? stranger(day, parts[2], of.size())
                  : outside(
                      day,
                      "8.8.8.0/24",
                      high.contains(key) ? Severity.High : Severity.Low,
                      of.size()));
        });
    return expected;
  }
}
