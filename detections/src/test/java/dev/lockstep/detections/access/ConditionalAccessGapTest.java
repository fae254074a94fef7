package dev.lockstep.detections.access;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.CallsBehindFrontDoor;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.detections.local.WhyNot;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import java.time.Instant;
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

final class ConditionalAccessGapTest {
  private static final String STRICT = "11111111-2222-3333-4444-555555555555";
  private static final String LAX = "11111111-2222-3333-4444-666666666666";
  private static final long HOUR = 3_600_000L;
  private static final long HOURS_48 = 48 * HOUR;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse(
                  "networks.csv",
                  "cidr,class\n203.0.113.0/25,backend\n192.0.2.0/24,trusted-proxy\n"),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(),
                  List.of(
                      new ProtectedApi("orders", STRICT, true),
                      new ProtectedApi("news", LAX, false)),
                  List.of(),
                  List.of()));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActivityBuilder to(
      long at, String uti, String resource, @Nullable Device device, @Nullable String policy) {
    return signIn("ana", at)
        .token(uti)
        .from("8.8.8.8")
        .with(
            activity -> {
              SignIn of = SignIn.newBuilder().build();
              of.setResourceId(resource);
              of.setConditionalAccess(policy);
              activity.setSignIn(of);
              activity.setDevice(device);
            });
  }

  private static ActivityBuilder uses(long at, String uti) {
    return call(at).by("ana").token(uti).from("8.8.8.8");
  }

  private static Device device(boolean managed, boolean compliant) {
    Device device = new Device();
    device.setManaged(managed);
    device.setCompliant(compliant);
    return device;
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new ConditionalAccessGap()).with(KNOWN).gives(events, List.of(expected));
  }

  private static Expected finding(long at, String reason, Severity severity, int count) {
    return Expected.of(
        new Subject(Subject.Kind.TOKEN, "t1"), (int) (at / 86_400_000L), reason, severity, count);
  }

  @Test
  void isSuppressed_whenOnlyFrontDoorTellsThatTheCallCameFromABackend() {
    CallsBehindFrontDoor.assertSuppressedFromBackend(
        ConditionalAccessGap.ID, KNOWN, to(NOON, "t1", LAX, null, "notApplied").build());
  }

  @Test
  void isNotFired_byACallTooFarAway_besideARetractedCallThatWasNear() {
    for (int way : new int[] {1, -1}) {
      Activity signIn = to(NOON - way * 46 * HOUR, "t1", LAX, null, "notApplied").build();
      Activity near = CallsBehindFrontDoor.throughProxy().by("ana").token("t1").build();
      Activity far =
          call(NOON + way * 3 * HOUR).id("c2").from("192.0.2.1").by("ana").token("t1").build();
      Activity edge = CallsBehindFrontDoor.namedClient("203.0.113.7");
      for (List<Activity> order :
          List.of(
              List.of(signIn, near, edge, far),
              List.of(signIn, near, far, edge),
              List.of(far, near, edge, signIn),
              List.of(far, edge, signIn, near))) {
        LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
        order.forEach(run::see);
        run.watermark("2026-11-21T16:00:00Z");
        assertThat(run.active(ConditionalAccessGap.ID)).as("%s", order).isEmpty();
      }
    }
  }

  @Test
  void isNotFired_betweenTwoCallsThatAreBothTooFarAway() {
    Activity signIn = to(NOON, "t1", LAX, null, "notApplied").build();
    Activity before = uses(NOON - 2 * HOUR, "t1").id("c1").build();
    Activity after = uses(NOON + 2 * HOUR, "t1").id("c2").build();
    RuleCheck.of(new ConditionalAccessGap())
        .with(KNOWN)
        .with("maxHours", 1)
        .gives(List.of(signIn, before, after), List.of());
  }

  @Test
  void isHeldBack_byAnExceptionForTheNetworkOfEitherSide() {
    Activity gap = to(NOON, "t1", LAX, null, "notApplied").build();
    Activity used = uses(NOON + 60_000, "t1").from("198.51.100.7").build();
    for (String network : List.of("198.51.100.0/24", "8.8.8.0/24", "203.0.113.0/24")) {
      ExceptionEntry entry =
          new ExceptionEntry(
              "x",
              ConditionalAccessGap.ID,
              null,
              null,
              NamedNetwork.parse(network),
              "why",
              "soc",
              Long.MAX_VALUE);
      LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN.with(Exceptions.of(List.of(entry))));
      run.see(gap);
      run.see(used);
      assertThat(run.active(ConditionalAccessGap.ID))
          .as(network)
          .hasSize(network.startsWith("203.") ? 1 : 0);
    }
  }

  @Test
  void judgesNoSignInOfAnotherLog() {
    gives(
        List.of(
            to(NOON, "t1", LAX, null, "notApplied").category("ADFSSignInLogs").build(),
            uses(NOON + 60_000, "t1").build()));
  }

  @Test
  void asksEveryCopyOfASignIn_forGates() {
    Activity gap = to(NOON, "t1", LAX, null, "notApplied").id("x").build();
    Activity used = uses(NOON + 60_000, "t1").build();
    Activity served = to(NOON, "t1", LAX, null, "success").id("x").from("203.0.113.7").build();
    Activity other = to(NOON, "t1", LAX, null, "success").id("y").from("203.0.113.7").build();
    gives(List.of(gap, used), finding(NOON, "not-applied", Severity.Medium, 1));
    gives(List.of(gap, used, served));
    gives(List.of(gap, used, to(NOON, "t1", LAX, null, "").id("X").from("203.0.113.7").build()));
    gives(List.of(gap, used, other), finding(NOON, "not-applied", Severity.Medium, 1));
    Activity agents =
        to(NOON, "t1", LAX, null, "success")
            .category("NonInteractiveUserSignInLogs")
            .id("x")
            .with(activity -> activity.getSignIn().setAgentType("agenticAppInstance"))
            .build();
    gives(List.of(gap, used, agents), finding(NOON, "not-applied", Severity.Medium, 1));
    Activity silentGap =
        to(NOON, "t1", LAX, null, "notApplied")
            .category("NonInteractiveUserSignInLogs")
            .id("x")
            .build();
    gives(List.of(silentGap, used, agents));
    gives(List.of(silentGap, used, served), finding(NOON, "not-applied", Severity.Medium, 1));
  }

  @Test
  void firesHigh_whenTheDeviceIsNeitherManagedNorCompliant() {
    gives(
        List.of(
            to(
                    NOON,
                    "t1",
                    STRICT.toUpperCase(java.util.Locale.ROOT),
                    device(false, false),
                    "success")
                .build(),
            uses(NOON + 60_000, "t1").build(),
            uses(NOON + 61_000, "t1").id("b").build(),
            uses(NOON + 180_000, "t1").id("c").build()),
        finding(NOON, "unmanaged-device", Severity.High, 2));
  }

  @Test
  void firesMedium_whenNoPolicyApplied() {
    gives(
        List.of(
            to(NOON, "t1", LAX, device(false, false), " NotApplied ").build(),
            uses(NOON + 60_000, "t1").build()),
        finding(NOON, "not-applied", Severity.Medium, 1));
  }

  private static Detection ofTwoNetworks(String alerted) {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    run.see(to(NOON, "t1", LAX, null, "notApplied").build());
    run.see(uses(NOON + 60_000, "t1").id("a").build());
    run.see(uses(NOON + 120_000, "t1").id("b").from("5.5.5.5").build());
    long at = NOON + 3_600_000L;
    run.see(alert("a", Instant.ofEpochMilli(at).toString()).namesAddresses(alerted));
    run.watermark(Instant.ofEpochMilli(at + 86_400_000L).toString());
    return run.active(ConditionalAccessGap.ID).get(0);
  }

  @Test
  void isRaised_byAnAlertOnAnyAddressOfTheCalls() {
    assertThat(ofTwoNetworks("8.8.8.8").getSeverity()).isEqualTo(Severity.High);
    assertThat(ofTwoNetworks("5.5.5.5").getSeverity()).isEqualTo(Severity.High);
    assertThat(ofTwoNetworks("5.5.5.6").getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void citesEachCallWithItsOwnAddress() {
    assertThat(ofTwoNetworks("5.5.5.6").getEvidence())
        .filteredOn(cited -> !cited.getCategory().equals("SignInLogs"))
        .extracting(Evidence::getEventId, Evidence::getIp)
        .containsExactlyInAnyOrder(tuple("a", "8.8.8.8"), tuple("b", "5.5.5.5"));
  }

  @Test
  void looksAsFarAs48Hours_toTheMillisecond() {
    Activity signIn = to(NOON, "t1", LAX, null, "notApplied").build();
    gives(
        List.of(signIn, uses(NOON + HOURS_48, "t1").build()),
        finding(NOON + HOURS_48, "not-applied", Severity.Medium, 1));
    gives(
        List.of(signIn, uses(NOON - HOURS_48, "t1").build()),
        finding(NOON, "not-applied", Severity.Medium, 1));
    gives(List.of(signIn, uses(NOON + HOURS_48 + 1, "t1").build()));
    gives(List.of(signIn, uses(NOON - HOURS_48 - 1, "t1").build()));
    gives(
        List.of(
            to(NOON + 2, "t1", LAX, null, "notApplied").build(),
            uses(NOON + 1 - HOURS_48, "t1").build(),
            uses(NOON + 2 - HOURS_48, "t1").build()),
        finding(NOON, "not-applied", Severity.Medium, 1));
  }

  @Test
  void findsNothingOtherwise() {
    for (Activity signIn :
        List.of(
            to(NOON, "t1", STRICT, device(true, false), "success").build(),
            to(NOON, "t1", STRICT, device(false, true), "failure").build(),
            to(NOON, "t1", STRICT, null, "success").build(),
            to(NOON, "t1", LAX, device(false, false), "success").build(),
            to(NOON, "t1", LAX, device(false, false), null).build(),
            to(NOON, "t1", "another", device(false, false), "notApplied").build(),
            to(NOON, "t1", STRICT, device(false, false), "notApplied").failed().build(),
            to(NOON, "t2", STRICT, device(false, false), "notApplied").build(),
            to(NOON, "t1", STRICT, device(false, false), "notApplied").from("203.0.113.1").build(),
            to(NOON, "t1", STRICT, device(false, false), "notApplied")
                .nonInteractive()
                .with(
                    activity -> {
                      Credential secret = new Credential();
                      secret.setType("clientSecret");
                      activity.getSignIn().setCredential(secret);
                    })
                .build())) {
      gives(List.of(signIn, uses(NOON + 60_000, "t1").build()));
    }
    Activity gap = to(NOON, "t1", STRICT, device(false, false), "notApplied").build();
    for (Activity call :
        List.of(
            uses(NOON, "t1").refused().build(),
            uses(NOON, "t1").status(-1).build(),
            uses(NOON, "t1").unvalidated().build(),
            uses(NOON, "t1").from("203.0.113.1").build(),
            call(NOON).byWorkload("w", null).token("t1").build())) {
      gives(List.of(gap, call));
    }
  }

  @Test
  void needsNoAddressOfTheCall() {
    gives(
        List.of(
            to(NOON, "t1", LAX, null, "notApplied").build(),
            call(NOON).by("ana").token("t1").build()),
        finding(NOON, "not-applied", Severity.Medium, 1));
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
    return RuleCheck.of(new ConditionalAccessGap())
        .with(KNOWN)
        .orders(4)
        .seed(20_261_128)
        .gives(count, ConditionalAccessGapTest::history, ConditionalAccessGapTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    Device[] devices = {null, device(false, false), device(true, false), device(false, true)};
    String[] policies = {null, "success", "notApplied", "NOTAPPLIED"};
    String[] apis = {STRICT, LAX, "another"};
    long[] steps = {0, 60_000, 3_600_000, HOURS_48, HOURS_48 + 60_000, 86_400_000};
    String[] from = {"8.8.8.8", "203.0.113.9"};
    List<Activity> events = new ArrayList<>();
    long at = ActivityBuilder.at("2026-11-18T23:59:00Z");
    for (int i = random.nextInt(2, 9); i > 0; i--) {
      at += steps[random.nextInt(steps.length)];
      String uti = "t" + random.nextInt(2);
      ActivityBuilder each =
          random.nextInt(3) == 0
              ? to(
                  at,
                  uti,
                  apis[random.nextInt(3)],
                  devices[random.nextInt(4)],
                  policies[random.nextInt(4)])
              : uses(at, uti).status(random.nextInt(4) == 0 ? 403 : 200);
      if (random.nextInt(4) == 0) {
        each.from(from[random.nextInt(2)]);
      }
      events.add(each.id("e" + i).build());
    }
    return events;
  }

  /** Finding of a token and day under way. */
  private static final class Day {
    boolean high;
    final Set<Long> minutes = new HashSet<>();
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<String, Day> days = new TreeMap<>();
    for (Activity signIn : events) {
      if (signIn.getSignIn() == null || "203.0.113.9".equals(signIn.getAddress())) {
        continue;
      }
      String api = signIn.getSignIn().getResourceId();
      Device device = signIn.getDevice();
      boolean high =
          api.equals(STRICT) && device != null && !device.getManaged() && !device.getCompliant();
      boolean medium = "notapplied".equalsIgnoreCase(signIn.getSignIn().getConditionalAccess());
      if (api.equals("another") || (!high && !medium)) {
        continue;
      }
      for (Activity call : events) {
        if (call.getSignIn() == null
            && call.getStatus() == 200
            && !"203.0.113.9".equals(call.getAddress())
            && call.getToken().getUti().equals(signIn.getToken().getUti())
            && Math.abs(call.getEventAt() - signIn.getEventAt()) <= HOURS_48) {
          long later = Math.max(call.getEventAt(), signIn.getEventAt());
          Day day =
              days.computeIfAbsent(
                  signIn.getToken().getUti() + " " + later / 86_400_000L, key -> new Day());
          day.high |= high;
          day.minutes.add(call.getEventAt() / 60_000L);
        }
      }
    }
    List<Expected> expected = new ArrayList<>();
    days.forEach(
        (key, day) -> {
          String[] of = key.split(" ", 2);
          expected.add(
              Expected.of(
                  new Subject(Subject.Kind.TOKEN, of[0]),
                  Integer.parseInt(of[1]),
                  day.high ? "unmanaged-device" : "not-applied",
                  day.high ? Severity.High : Severity.Medium,
                  day.minutes.size()));
        });
    return expected;
  }

  @Test
  void callAfterTheLimit_saysInExplainHowLateItIs() {
    WhyNot.isOneCondition(
        new ConditionalAccessGap(),
        KNOWN,
        List.of(
            to(NOON, "t1", STRICT, device(false, false), "success").build(),
            uses(NOON + HOURS_48 + 1_800_000, "t1").build()),
        new Subject(Subject.Kind.TOKEN, "t1"),
        "time",
        "time suppressed {hoursBetween=48.5, limitHours=48.0}");
  }
}
