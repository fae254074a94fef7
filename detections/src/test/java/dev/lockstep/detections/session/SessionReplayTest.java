package dev.lockstep.detections.session;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.detections.local.WhyNot;
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
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SessionReplayTest {
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final long DAY = 86_400_000L;

  private static final String HOME = "8.8.8.8";
  private static final String CLOUD = "9.9.9.9";
  private static final String ABROAD = "7.7.7.7";
  private static final String PHONE = "6.6.6.6";
  private static final String OFFICE = "5.5.5.5";
  private static final String SERVER = "4.4.4.4";
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
          Networks.parse(
              "networks.csv",
              """
              cidr,class,country,asn
              8.8.8.0/24,residential,GB,64501
              9.9.9.0/24,hosting,GB,64502
              7.7.7.0/24,residential,FR,64503
              6.6.6.0/24,mobile,GB,64504
              5.5.5.0/24,corporate,GB,64505
              4.4.4.0/24,backend,GB,64506
              1.1.1.0/24,hosting,FR,64507
              """),
          Partners.none(),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sign-in of a session: device, operating system, browser and binding are null where unsaid. */
  private static ActivityBuilder in(
      long at,
      String from,
      @Nullable String device,
      @Nullable String system,
      @Nullable String browser,
      @Nullable String binding) {
    return signIn("ana", at)
        .from(from)
        .token("t" + at + from + device)
        .app("app-1")
        .with(
            activity -> {
              Device of = new Device();
              of.setId(device);
              of.setOperatingSystem(system);
              of.setBrowser(browser);
              activity.setDevice(of);
              SignIn words = SignIn.newBuilder().build();
              words.setSessionBinding(binding);
              activity.setSignIn(words);
              activity.getToken().setSid("s1");
            });
  }

  private static ActivityBuilder uses(long at, String from) {
    return call(at)
        .by("ana")
        .from(from)
        .token("c" + at + from)
        .with(activity -> activity.getToken().setSid("s1"));
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new SessionReplay()).with(KNOWN).gives(events, List.of(expected));
  }

  private static Expected finding(long at, String reason, Severity severity) {
    return Expected.of(
        new Subject(Subject.Kind.SESSION, "ana s1"), (int) (at / DAY), reason, severity, 2);
  }

  @Test
  void fires_whenTheBindingIsLost() {
    gives(
        List.of(
            in(NOON, HOME, null, null, null, "bound").build(),
            in(NOON + 1, ABROAD, null, null, null, " Unbound ").build()),
        finding(NOON, "unbound", Severity.High));
  }

  @Test
  void tellsOfTwoUsesWithinADay_ofASessionThatLastsLonger() {
    KitEngine.Run run = RuleCheck.of(new SessionReplay()).with(KNOWN).run();
    run.enter(
        uses(NOON - DAY - 3_600_000, HOME).token("own"),
        uses(NOON - DAY + 7_200_000, HOME).token("own"),
        uses(NOON, CLOUD).token("own copy"));
    assertThat(run.findings()).hasSize(1);
    assertThat(run.findings().get(0).getDescription())
        .contains("at 2026-11-18 14:00:00 UTC and from")
        .contains("at 2026-11-19 12:00:00 UTC. One of the two networks");
  }

  @Test
  void takesNoSignInOfAnotherLogForAUse() {
    gives(
        List.of(
            in(NOON, HOME, null, null, null, "bound").build(),
            in(NOON + 1, ABROAD, null, null, null, "unbound").category("ADFSSignInLogs").build()));
  }

  private static List<Map<String, String>> raisedBy(String alerted) {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    run.see(uses(NOON, HOME).build());
    run.see(uses(NOON + 60_000, CLOUD).token("copy").build());
    run.see(uses(NOON + 120_000, "9.9.9.10").token("copy").build());
    long at = NOON + 3_600_000L;
    run.see(alert("a", Instant.ofEpochMilli(at).toString()).namesAddresses(alerted));
    run.watermark(Instant.ofEpochMilli(at + DAY).toString());
    return run.active(SessionReplay.ID).get(0).getDefenderAlerts();
  }

  @Test
  void isConfirmed_byAnAlertOnAnyAddressOfTheSession() {
    assertThat(raisedBy(CLOUD)).hasSize(1);
    assertThat(raisedBy("9.9.9.10")).hasSize(1);
    assertThat(raisedBy("9.9.9.11")).isEmpty();
  }

  @Test
  void fires_whenTheDeviceChanges() {
    gives(
        List.of(
            in(NOON, HOME, "d1", null, null, null).build(),
            in(NOON + 1, ABROAD, "d2", null, null, null).build()),
        finding(NOON, "device-changed", Severity.High));
    gives(
        List.of(
            in(NOON, HOME, "d1", null, null, null).build(),
            in(NOON + 1, ABROAD, null, null, null, null).build()),
        finding(NOON, "device-changed", Severity.High));
    gives(
        List.of(
            in(NOON, HOME, "d1", null, null, null).build(),
            uses(NOON + 1, ABROAD)
                .with(
                    activity -> {
                      Device of = new Device();
                      of.setId("d2");
                      activity.setDevice(of);
                    })
                .build()),
        finding(NOON, "device-changed", Severity.High));
  }

  private static String told(ActivityBuilder... events) {
    KitEngine.Run run = RuleCheck.of(new SessionReplay()).with(KNOWN).run();
    run.enter(events);
    assertThat(run.findings()).hasSize(1);
    return run.findings().get(0).getDescription();
  }

  @Test
  void tellsOfTwoDevices_onlyWhereBothUsesNameOne() {
    assertThat(
            told(
                in(NOON, HOME, "d1", null, null, null),
                in(NOON + 1, ABROAD, "d2", null, null, null)))
        .contains("The two uses are of two devices.");
    assertThat(
            told(
                in(NOON, HOME, "d1", null, null, null),
                in(NOON + 1, ABROAD, null, null, null, null)))
        .contains("One of the two sign-ins has a device id, and the other has none.")
        .doesNotContain("two devices");
  }

  @Test
  void tellsOfBothNetworks_whereBothAreDataCentres() {
    assertThat(told(uses(NOON, CLOUD), uses(NOON + 1, "1.1.1.1")))
        .contains("Both networks belong to data centres.");
  }

  @Test
  void saysWhyItIsOneLevelHigher_whereTwoSignsHold() {
    ActivityBuilder here = in(NOON, "3.3.3.3", "d1", "Windows", null, null).asn(64510).in("GB");
    ActivityBuilder there = in(NOON, "2.2.2.2", "d2", "Windows", null, null).asn(64510).in("FR");
    ActivityBuilder mac = in(NOON, "2.2.2.2", "d2", "MacOs", null, null).asn(64510).in("FR");
    assertThat(told(here, there)).doesNotContain("One level higher");
    assertThat(told(here, mac))
        .contains("One level higher, since more than one sign points to a second machine.");
    assertThat(
            told(
                in(NOON, HOME, "d1", "Windows", null, null),
                in(NOON, ABROAD, "d2", "MacOs", null, null)))
        .as("High already")
        .doesNotContain("One level higher");
  }

  @Test
  void fires_whenTheClientChanges() {
    gives(
        List.of(
            in(NOON, HOME, null, "Windows 10", null, null).build(),
            in(NOON + 1, ABROAD, null, "MacOs 14", null, null).build()),
        finding(NOON, "client-changed", Severity.High));
    gives(
        List.of(
            in(NOON, HOME, null, null, "Chrome 119", null).build(),
            in(NOON + 1, ABROAD, null, null, "Rich Client 4", null).build()),
        finding(NOON, "client-changed", Severity.High));
  }

  @Test
  void fires_whenOneSideIsADataCentre_alsoOfCalls() {
    gives(
        List.of(uses(NOON, HOME).build(), uses(NOON + 1, CLOUD).build()),
        finding(NOON, "hosting", Severity.High));
  }

  @Test
  void isMedium_whereTheTableIs_andOneHigher_whenTwoReasonsHold() {
    // One network in two countries, as the records have them.
    Activity here = in(NOON, "3.3.3.3", "d1", "Windows", null, null).asn(64510).in("GB").build();
    Activity there = in(NOON, "2.2.2.2", "d2", "Windows", null, null).asn(64510).in("FR").build();
    Activity mac = in(NOON, "2.2.2.2", "d2", "MacOs", null, null).asn(64510).in("FR").build();
    gives(List.of(here, there), finding(NOON, "device-changed", Severity.Medium));
    gives(List.of(here, mac), finding(NOON, "device-changed", Severity.High));
  }

  @Test
  void looksAsFarAs24Hours_toTheMillisecond_acrossMidnight() {
    Activity first = in(NOON, HOME, "d1", null, null, null).build();
    gives(
        List.of(first, in(NOON + DAY, ABROAD, "d2", null, null, null).build()),
        finding(NOON + DAY, "device-changed", Severity.High));
    gives(List.of(first, in(NOON + DAY + 1, ABROAD, "d2", null, null, null).build()));
  }

  @Test
  void findsNothingOtherwise() {
    Activity home = in(NOON, HOME, "d1", "Windows 10", "Chrome 1", "bound").build();
    for (Activity other :
        List.of(
            in(NOON + 1, ABROAD, "d1", "Windows 11", "Chrome 2", "bound").build(),
            in(NOON + 1, ABROAD, "d2", null, null, null).failed().build(),
            in(NOON + 1, "8.8.8.9", "d2", null, null, null).build(),
            in(NOON + 1, PHONE, "d2", null, null, null).build(),
            in(NOON + 1, OFFICE, "d2", null, null, null).build(),
            in(NOON + 1, SERVER, "d2", null, null, null).build(),
            in(NOON + 1, ABROAD, "d2", null, null, null)
                .with(activity -> activity.setAddress(null))
                .build(),
            in(NOON + 1, ABROAD, "d2", null, null, null)
                .with(activity -> activity.getToken().setSid("s2"))
                .build(),
            in(NOON + 1, ABROAD, "d2", null, null, null)
                .with(activity -> activity.getPrincipal().setId("ben"))
                .build(),
            in(NOON + 1, ABROAD, "d2", null, null, null)
                .nonInteractive()
                .with(activity -> activity.getSignIn().setAgentType("agenticAppInstance"))
                .build(),
            in(NOON + 1, ABROAD, "d2", null, null, null)
                .with(activity -> activity.getToken().setUti(home.getToken().getUti()))
                .build(),
            uses(NOON + 1, ABROAD).build(),
            uses(NOON + 1, CLOUD).refused().build(),
            uses(NOON + 1, CLOUD).unvalidated().build())) {
      gives(List.of(home, other));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Windows 10, windows",
    "'Windows10,', windows",
    "Rich Client 4.0.30319, richclient",
    "'  iOS', ios",
    "10, ",
    "' ', ",
    "'Mac OS X', macosx"
  })
  void takesTheLettersBeforeTheFirstDigit(String product, @Nullable String family) {
    assertThat(SessionReplay.family(product)).isEqualTo(family);
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(300)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new SessionReplay())
        .with(KNOWN)
        .orders(4)
        .seed(20_261_128)
        .gives(count, SessionReplayTest::history, SessionReplayTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    String[] from = {HOME, HOME, CLOUD, ABROAD, PHONE, OFFICE, SERVER};
    String[] devices = {null, "d1", "d2"};
    String[] systems = {null, "Windows 10", "Windows 11", "MacOs"};
    String[] browsers = {null, "Chrome 1", "Chrome 2", "Edge 1"};
    String[] bindings = {null, "bound", "unbound"};
    long[] steps = {0, 1, 60_000, 3_600_000, DAY, DAY + 1, DAY - 1};
    List<Activity> events = new ArrayList<>();
    long at = ActivityBuilder.at("2026-11-18T23:59:00Z");
    for (int i = random.nextInt(2, 8); i > 0; i--) {
      at += steps[random.nextInt(steps.length)];
      String address = from[random.nextInt(from.length)];
      ActivityBuilder each =
          random.nextInt(3) > 0
              ? in(
                  at,
                  address,
                  devices[random.nextInt(3)],
                  systems[random.nextInt(4)],
                  browsers[random.nextInt(4)],
                  bindings[random.nextInt(3)])
              : uses(at, address).status(random.nextInt(5) == 0 ? 401 : 200);
      each.token("t" + random.nextInt(4)).app("app-" + random.nextInt(2));
      if (random.nextInt(12) == 0) {
        each.with(activity -> activity.getToken().setSid("s2"));
      }
      events.add(each.id("e" + i).build());
    }
    return events;
  }

  private static final Map<String, String> COUNTRY =
      Map.of(HOME, "GB", CLOUD, "GB", ABROAD, "FR", PHONE, "GB", OFFICE, "GB", SERVER, "GB");

  /** Returns whether the table fires; all networks of the histories differ and are known. */
  private static boolean fires(String one, String other) {
    Set<String> both = new HashSet<>(List.of(one, other));
    if (both.size() == 1 || both.contains(SERVER)) {
      return false;
    }
    if (both.contains(OFFICE) && !both.contains(CLOUD)) {
      return false;
    }
    return both.contains(CLOUD) || !Objects.equals(COUNTRY.get(one), COUNTRY.get(other));
  }

  private static @Nullable String device(Activity each) {
    return each.getDevice() == null ? null : each.getDevice().getId();
  }

  private static @Nullable String binding(Activity each) {
    return each.getSignIn() == null ? null : each.getSignIn().getSessionBinding();
  }

  private static @Nullable String firstWord(@Nullable String text) {
    return text == null ? null : text.toLowerCase(Locale.ROOT).split(" ", 2)[0];
  }

  private static boolean differ(@Nullable String one, @Nullable String other) {
    return one != null && other != null && !one.equals(other);
  }

  private static List<String> reasons(Activity one, Activity two) {
    List<String> reasons = new ArrayList<>();
    boolean signIns = one.getSignIn() != null && two.getSignIn() != null;
    if (differ(binding(one), binding(two))) {
      reasons.add("unbound");
    }
    if (differ(device(one), device(two))
        || (signIns && (device(one) == null) != (device(two) == null))) {
      reasons.add("device-changed");
    }
    if (signIns
        && (differ(
                firstWord(one.getDevice().getOperatingSystem()),
                firstWord(two.getDevice().getOperatingSystem()))
            || (Objects.equals(one.getToken().getAppId(), two.getToken().getAppId())
                && differ(
                    firstWord(one.getDevice().getBrowser()),
                    firstWord(two.getDevice().getBrowser()))))) {
      reasons.add("client-changed");
    }
    if (one.getAddress().equals(CLOUD) || two.getAddress().equals(CLOUD)) {
      reasons.add("hosting");
    }
    return reasons;
  }

  private static List<Expected> oracle(List<Activity> events) {
    List<String> order = List.of("unbound", "device-changed", "client-changed", "hosting");
    Map<String, Integer> best = new TreeMap<>();
    Map<String, Set<String>> prefixes = new TreeMap<>();
    for (Activity one : events) {
      for (Activity two : events) {
        if (one == two
            || one.getEventAt() > two.getEventAt()
            || two.getEventAt() - one.getEventAt() > DAY
            || one.getStatus() == 401
            || two.getStatus() == 401
            || !one.getToken().getSid().equals(two.getToken().getSid())
            || one.getToken().getUti().equals(two.getToken().getUti())
            || !fires(one.getAddress(), two.getAddress())) {
          continue;
        }
        List<String> reasons = reasons(one, two);
        if (!reasons.isEmpty()) {
          String key = one.getToken().getSid() + " " + two.getEventAt() / DAY;
          best.merge(key, order.indexOf(reasons.get(0)), Math::min);
          prefixes.computeIfAbsent(key, any -> new HashSet<>());
          prefixes.get(key).add(one.getAddress());
          prefixes.get(key).add(two.getAddress());
        }
      }
    }
    List<Expected> expected = new ArrayList<>();
    best.forEach(
        (key, reason) -> {
          String[] of = key.split(" ", 2);
          // Every pair that fires in these networks is High by the table already.
          expected.add(
              Expected.of(
                  new Subject(Subject.Kind.SESSION, "ana " + of[0]),
                  Integer.parseInt(of[1]),
                  order.get(reason),
                  Severity.High,
                  prefixes.getOrDefault(key, Set.of()).size()));
        });
    return expected;
  }

  @Test
  void usesFarApart_sayInExplainHowFar() {
    WhyNot.isOneCondition(
        new SessionReplay(),
        KNOWN,
        List.of(
            in(NOON, HOME, "d1", null, null, null).build(),
            in(NOON + DAY + 1_800_000, ABROAD, "d2", null, null, null).build()),
        new Subject(Subject.Kind.SESSION, "ana s1"),
        "time",
        "time suppressed {hoursBetween=24.5, limitHours=24.0}");
  }

  @Test
  void usesWithoutAReason_sayInExplainTheLimitOfTime() {
    WhyNot.isOneCondition(
        new SessionReplay(),
        KNOWN,
        List.of(
            in(NOON, HOME, null, null, null, null).build(),
            in(NOON + 1, ABROAD, null, null, null, null).build()),
        new Subject(Subject.Kind.SESSION, "ana s1"),
        "one-client",
        "time passed {limitHours=24.0}",
        "one-client suppressed {}",
        "same-token not reached {}");
  }
}
