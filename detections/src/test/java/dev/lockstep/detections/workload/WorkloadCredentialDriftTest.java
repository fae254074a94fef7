package dev.lockstep.detections.workload;

import static dev.lockstep.rules.kit.ActivityBuilder.event;
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
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
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

final class WorkloadCredentialDriftTest {
  private static final long MINUTE = 60_000L;
  private static final long DAY = 86_400_000L;
  private static final long START = ActivityBuilder.at("2026-09-01T12:00:00Z");
  private static final int FIRST = (int) (START / DAY);

  private static final String OFFICE = "5.5.5.5";
  private static final String CLOUD = "9.9.9.9";
  private static final String VPN = "7.7.7.7";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
          Networks.parse(
              "networks.csv",
              "cidr,class\n5.5.5.0/24,corporate\n9.9.9.0/24,hosting\n7.7.7.0/24,vpn\n"),
          Partners.none(),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sign-in of the workload with a type of credential and a key, on a day after the first. */
  private static ActivityBuilder in(
      int day, int minute, @Nullable String type, @Nullable String key, @Nullable String from) {
    ActivityBuilder builder =
        event(
                ActivityKind.SIGN_IN,
                "ServicePrincipalSignInLogs",
                START + day * DAY + minute * MINUTE)
            .status(0)
            .id("%d %d %s %s %s".formatted(day, minute, type, key, from))
            .with(
                activity -> {
                  activity.setPrincipal(new Principal("w1", "ci", "workload"));
                  SignIn signIn = SignIn.newBuilder().build();
                  Credential credential = new Credential();
                  credential.setType(type);
                  credential.setKeyId(key);
                  signIn.setCredential(credential);
                  activity.setSignIn(signIn);
                });
    return from == null ? builder : builder.from(from);
  }

  private static List<Activity> learned(int days, @Nullable String type, @Nullable String key) {
    List<Activity> events = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      events.add(in(day, 0, type, key, OFFICE).build());
    }
    return events;
  }

  private static void gives(List<Activity> before, Activity event, Expected... expected) {
    List<Activity> events = new ArrayList<>(before);
    events.add(event);
    RuleCheck.of(new WorkloadCredentialDrift())
        .with(KNOWN)
        .orders(6)
        .gives(events, List.of(expected));
  }

  private static Expected finding(
      int day, String reason, String what, Severity severity, int count) {
    return Expected.of(
            new Subject(Subject.Kind.PRINCIPAL, "w1"), FIRST + day, reason, severity, count)
        .in(reason, what);
  }

  @Test
  void saysFromWhereTheFirstSignInCame() {
    KitEngine.Run run = RuleCheck.of(new WorkloadCredentialDrift()).with(KNOWN).run();
    learned(8, "clientSecret", "k1").forEach(run::enter);
    run.enter(
        in(10, 0, "clientSecret", "k2", "8.8.8.8"), in(10, 1, "clientSecret", "k2", "6.6.6.6"));
    assertThat(run.findings()).hasSize(1);
    assertThat(run.findings().get(0).getDescription())
        .contains("in 2 minutes of the day, first at 2026-09-11 12:00:00 UTC from 8.8.8.8.");
    assertThat(run.findings().get(0).getIp()).isEqualTo("8.8.8.8");
  }

  @Test
  void firesHigh_whenTheCredentialIsWeakerThanAnyBefore() {
    gives(
        learned(7, "certificate", "k1"),
        in(8, 0, "clientSecret", "k1", OFFICE).build(),
        finding(8, "weaker", "secret", Severity.High, 1));
    gives(
        learned(7, "managedIdentity", null),
        in(8, 0, "federatedIdentityCredential", null, OFFICE).build(),
        finding(8, "weaker", "federated", Severity.High, 1));
  }

  @Test
  void firesMedium_whenTheKeyIsNew() {
    gives(
        learned(7, "clientSecret", "k1"),
        in(8, 0, "clientSecret", "K2", OFFICE).build(),
        finding(8, "new-key", "k2", Severity.Medium, 1));
    gives(
        learned(7, null, "k1"),
        in(8, 0, null, "k2", OFFICE).build(),
        finding(8, "new-key", "k2", Severity.Medium, 1));
  }

  @Test
  void firesMedium_whenTheClassOfNetworkIsNew() {
    gives(
        learned(7, "clientSecret", "k1"),
        in(8, 0, "clientSecret", "k1", CLOUD).build(),
        finding(8, "new-network", "hosting", Severity.Medium, 1));
    gives(
        learned(7, "clientSecret", null),
        in(8, 0, "clientSecret", "k1", VPN).build(),
        finding(8, "new-network", "vpn", Severity.Medium, 1));
  }

  @Test
  void learnsOnSevenDays_upToTwoDaysBefore_fromSixtyOneDaysBefore() {
    gives(learned(6, "clientSecret", "k1"), in(8, 0, "clientSecret", "k2", OFFICE).build());
    gives(learned(7, "clientSecret", "k1"), in(7, 0, "clientSecret", "k2", OFFICE).build());
    gives(
        learned(7, "clientSecret", "k1"),
        in(61, 0, "clientSecret", "k2", OFFICE).build(),
        finding(61, "new-key", "k2", Severity.Medium, 1));
    gives(learned(7, "clientSecret", "k1"), in(62, 0, "clientSecret", "k2", OFFICE).build());
  }

  @Test
  void teachesADayThatFired() {
    List<Activity> before = learned(7, "clientSecret", "k1");
    before.add(in(8, 0, "clientSecret", "k2", OFFICE).build());
    gives(
        before,
        in(10, 0, "clientSecret", "k2", OFFICE).build(),
        finding(8, "new-key", "k2", Severity.Medium, 1));
  }

  @Test
  void findsNothingOtherwise() {
    for (Activity event :
        List.of(
            in(8, 0, "certificate", "k1", OFFICE).build(),
            in(8, 0, "managedIdentity", "k9", OFFICE).build(),
            in(8, 0, "federatedIdentityCredential", "k9", OFFICE).build(),
            in(8, 0, "clientSecret", "k2", OFFICE).failed().build(),
            in(8, 0, "clientSecret", "k2", OFFICE)
                .category("MicrosoftServicePrincipalSignInLogs")
                .build(),
            in(8, 0, "clientSecret", "k1", "8.8.8.8").build(),
            in(8, 0, "clientSecret", "k1", null).build())) {
      gives(learned(7, "clientSecret", "k1"), event);
    }
    gives(learned(7, null, null), in(8, 0, "clientSecret", "k1", OFFICE).build());
  }

  @Test
  void saysThatNoKeyIsNew_whereALearnedDayHadMoreThanIsKept() {
    List<Activity> before = learned(7, "clientSecret", "k1");
    for (int i = 0; i < 300; i++) {
      before.add(in(3, i, "clientSecret", "key-" + i, OFFICE).build());
    }
    List<Activity> events = new ArrayList<>(before);
    events.add(in(8, 0, "clientSecret", "k2", OFFICE).build());
    var run = RuleCheck.of(new WorkloadCredentialDrift()).with(KNOWN).run();
    events.stream()
        .sorted(java.util.Comparator.comparingLong(Activity::getArrivalAt))
        .forEach(run::enter);
    assertThat(run.findings()).isEmpty();
    assertThat(run.suppressed()).containsKey("overflow");
  }

  @Test
  void learnsKindsAndClasses_whereALearnedDayHadMoreKeysThanAreKept() {
    List<Activity> before = learned(7, "certificate", "k1");
    for (int i = 0; i < 300; i++) {
      before.add(in(3, i, "certificate", "key-" + i, OFFICE).build());
    }
    before.add(in(3, 301, "clientSecret", null, VPN).build());
    gives(
        before,
        in(8, 0, "clientSecret", "k1", CLOUD).build(),
        finding(8, "new-network", "hosting", Severity.Medium, 1));
    gives(before, in(8, 0, "clientSecret", "k1", VPN).build());
    before.remove(before.size() - 1);
    gives(
        before,
        in(8, 0, "clientSecret", "k1", OFFICE).build(),
        finding(8, "weaker", "secret", Severity.High, 1));
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
    return RuleCheck.of(new WorkloadCredentialDrift())
        .with(KNOWN)
        .orders(3)
        .seed(20_261_128)
        .gives(count, WorkloadCredentialDriftTest::history, WorkloadCredentialDriftTest::oracle);
  }

  private static final List<String> TYPES =
      List.of(
          "managedIdentity", "federatedIdentityCredential", "certificate", "clientSecret", "other");

  private static List<Activity> history(SplittableRandom random) {
    String[] from = {OFFICE, OFFICE, CLOUD, VPN};
    List<Activity> events = new ArrayList<>();
    int weakest = random.nextInt(4);
    for (int day = 0; day < 14; day++) {
      for (int i = random.nextInt(3); i > 0; i--) {
        boolean isOdd = random.nextInt(6) == 0;
        String type = TYPES.get(isOdd ? random.nextInt(5) : random.nextInt(weakest + 1));
        String key = random.nextInt(3) == 0 ? null : "k" + random.nextInt(isOdd ? 5 : 2);
        String address = isOdd ? from[random.nextInt(4)] : OFFICE;
        events.add(in(day, random.nextInt(-720, 720), type, key, address).build());
      }
    }
    if (random.nextInt(3) == 0) {
      int gap = 55 + random.nextInt(10);
      events.add(in(gap, 0, TYPES.get(random.nextInt(5)), "k" + random.nextInt(5), CLOUD).build());
    }
    return events;
  }

  private static int day(Activity each) {
    return (int) (each.getEventAt() / DAY);
  }

  private static int rank(Activity each) {
    return TYPES.indexOf(each.getSignIn().getCredential().getType());
  }

  /** Key id of a sign-in whose kind has one, or null. */
  private static @Nullable String key(Activity each) {
    return rank(each) < 2 ? null : each.getSignIn().getCredential().getKeyId();
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<String, Set<Long>> minutes = new TreeMap<>();
    for (Activity each : events) {
      List<Activity> before =
          events.stream()
              .filter(other -> day(other) <= day(each) - 2 && day(other) >= day(each) - 61)
              .toList();
      if (before.stream().map(WorkloadCredentialDriftTest::day).distinct().count() < 7) {
        continue;
      }
      String key = key(each);
      Set<String> keys = new HashSet<>();
      before.forEach(other -> keys.add(key(other)));
      keys.remove(null);
      int weakest =
          before.stream()
              .mapToInt(WorkloadCredentialDriftTest::rank)
              .filter(rank -> rank < 4)
              .max()
              .orElse(4);
      boolean isNewPlace =
          !each.getAddress().equals(OFFICE)
              && before.stream().noneMatch(o -> o.getAddress().equals(each.getAddress()));
      String found = null;
      if (rank(each) < 4 && rank(each) > weakest) {
        found =
            "weaker " + List.of("managed", "federated", "certificate", "secret").get(rank(each));
      } else if (key != null && !keys.isEmpty() && !keys.contains(key)) {
        found = "new-key " + key;
      } else if (isNewPlace) {
        found = "new-network " + (each.getAddress().equals(CLOUD) ? "hosting" : "vpn");
      }
      if (found != null) {
        minutes
            .computeIfAbsent(day(each) + " " + found, any -> new HashSet<>())
            .add(each.getEventAt() / MINUTE);
      }
    }
    List<Expected> expected = new ArrayList<>();
    minutes.forEach(
        (text, of) -> {
          String[] parts = text.split(" ", 3);
          expected.add(
              finding(
                  Integer.parseInt(parts[0]) - FIRST,
                  parts[1],
                  parts[2],
                  parts[1].equals("weaker") ? Severity.High : Severity.Medium,
                  of.size()));
        });
    return expected;
  }
}
