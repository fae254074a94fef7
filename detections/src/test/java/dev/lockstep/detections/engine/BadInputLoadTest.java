package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** CPU time and heap of all rules under input that is about one subject. */
final class BadInputLoadTest {
  private static final long DAY = 86_400_000L;
  private static final long START = ActivityBuilder.at("2026-11-19T08:00:00Z");
  private static final int SHORT = 6_000;
  private static final double MOST_MICROS = 100;

  /** On a busy machine, before the code is compiled; whatever grows with the day takes more. */
  private static final double MOST_MICROS_COLD = 1_000;

  /**
   * Of people with a finding each: most of it is telling the finding, and again when it is lower.
   */
  private static final double MOST_MICROS_OF_FINDINGS = 1_000;

  private static final long MOST_HEAP_BYTES = 64L << 20;

  /** Heap of a finding that the engine of this test keeps, as an engine of the product does not. */
  private static final long BYTES_OF_FINDING = 6_000;

  /** Events between two times that what counts up is given out and state is written. */
  private static final int BATCH = 2_000;

  private final SplittableRandom random = new SplittableRandom(20_261_128);
  private final MemoryRecords records = new MemoryRecords();
  private final LocalEngine engine =
      new LocalEngine(
          RuleNumbers.defaults().ruleSet().rules(),
          known(),
          records,
          RuleNumbers.defaults().ruleSet().alerts(),
          6_000);

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse(
                  "networks.csv",
                  """
                  cidr,class,country,city,latitude,longitude,accuracyKm,asn
                  11.1.0.0/16,residential,DE,Berlin,52.5,13.4,5,64501
                  11.2.0.0/16,residential,US,New York,40.7,-74.0,5,64502
                  11.3.0.0/16,hosting,NL,Amsterdam,52.4,4.9,5,64503
                  """),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(), List.of(), List.of(), List.of(new Vault("contoso-kv", null, true))));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Hundred thousand failed sign-ins a minute of 50,000 users from one address. */
  private Activity failure(int number) {
    return signIn("user-" + random.nextInt(50_000), START + number * 6L / 10)
        .status(50_126)
        .from("11.1.0.7")
        .id("f" + number)
        .build();
  }

  /** Sign-ins of 100,000 users at one address, of whom one in three succeeds. */
  private Activity sometimes(int number) {
    int user = random.nextInt(100_000);
    return signIn("user-" + user, START + number * 160L)
        .status(user % 3 == 0 ? 0 : 50_126)
        .from("11.1.0.7")
        .id("o" + number)
        .build();
  }

  /** Sign-ins of 50,000 users at one address over a working day. */
  private Activity atOneAddress(int number) {
    return signIn("user-" + number % 50_000, START + number * 80L)
        .from("11.1.0.7")
        .id("s" + number)
        .build();
  }

  /** Reads of one vault from 1,000 networks by 5,000 principals. */
  private Activity read(int number) {
    int network = random.nextInt(1_000);
    return event(ActivityKind.VAULT_CALL, "AuditEvent", START + number * 30L)
        .status(200)
        .from("12.%d.%d.9".formatted(network / 250, network % 250))
        .id("r" + number)
        .with(
            activity -> {
              activity.setResource("/subscriptions/s/vaults/contoso-kv");
              activity.setOperation("SecretGet");
              activity.setPrincipal(new Principal("p" + random.nextInt(5_000), null, "workload"));
            })
        .build();
  }

  /** Calls of one session with 10,000 tokens, each from one of 500 addresses in two networks. */
  private Activity use(int number) {
    int token = random.nextInt(10_000);
    return call(START + number * 100L)
        .by("ana")
        .token("t" + token)
        .from("11.%d.1.%d".formatted(1 + 2 * (token % 2), token / 2 % 250))
        .id("c" + number)
        .with(activity -> activity.getToken().setSid("one-session"))
        .build();
  }

  /** Calls of one principal with one token from 100,000 addresses, of which two in three fail. */
  private Activity everywhere(int number) {
    int address = random.nextInt(100_000);
    return probing(number, "12.%d.%d.9".formatted(address / 250 % 250, address % 250))
        .by("ana")
        .token("one-token")
        .build();
  }

  /** Calls from one address, of which two in three fail. */
  private Activity probing(int number) {
    return probing(number, "12.1.1.9").build();
  }

  /** Calls of one operation from one address, one a second, with a token that has expired. */
  private Activity broken(int number) {
    return refused(number * 1_000L, "one-operation", 401);
  }

  /** The same, of enough operations and kinds for a finding, but never in one window. */
  private Activity scattered(int number) {
    return refused(
        number * 1_000L, "operation-" + number / 2_000 % 7, 401 + number / 1_000 % 2 * 2);
  }

  private Activity refused(long millis, String operation, int status) {
    return call(START + millis)
        .from("12.1.1.9")
        .by("ana")
        .token("one-token")
        .status(status)
        .id("b" + millis)
        .with(
            activity -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation(operation);
              activity.setApi(api);
            })
        .build();
  }

  /** Requests from one address at Front Door, of which the firewall blocks every other one. */
  private Activity scanning(int number) {
    long at = START + number * 200L;
    String reference = "reference-" + number;
    if (number % 2 == 0) {
      return event(ActivityKind.EDGE_REQUEST, "FrontDoorWebApplicationFirewallLog", at)
          .id("w" + number)
          .with(
              activity -> {
                activity.setSocketAddress("12.1.1.9");
                activity.setTrackingReference(reference);
                activity.setRequest(new Request());
                activity.getRequest().setHost("shop.contoso.com");
                activity.getRequest().setAction("Block");
                activity.getRequest().setPolicyMode("prevention");
                activity.getRequest().setRule("rule-" + number % 10);
              })
          .build();
    }
    return call(at)
        .from("12.1.1.9")
        .id("a" + number)
        .with(
            activity -> {
              activity.setTrackingReference(number % 4 == 1 ? reference : null);
              activity.setRequest(new Request());
              activity.getRequest().setHost("shop.contoso.com");
            })
        .build();
  }

  private ActivityBuilder probing(int number, String address) {
    return call(START + number * 60L)
        .from(address)
        .status(number % 3 == 0 ? 200 : number % 2 == 0 ? 401 : 403)
        .id("p" + number)
        .with(
            activity -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation("operation-" + random.nextInt(1_000));
              activity.setApi(api);
            });
  }

  /** Calls of one session with 10,000 tokens, each of which moves between two networks. */
  private Activity move(int number) {
    return call(START + number * 100L)
        .by("ana")
        .token("t" + random.nextInt(10_000))
        .from("11.%d.1.%d".formatted(1 + 2 * random.nextInt(2), random.nextInt(250)))
        .id("m" + number)
        .with(activity -> activity.getToken().setSid("one-session"))
        .build();
  }

  /** Sign-ins of 20,000 users in two far cities within minutes, where 20 of them were before. */
  private Activity journey(int number) {
    if (number < 200) {
      long at = START - (10 - number / 40) * DAY + number % 2 * 43_200_000L;
      return signIn("user-" + number / 2 % 20, at).from(city(number)).id("h" + number).build();
    }
    return signIn("user-" + number / 2 % 20_000, START + number * 300L)
        .from(city(number))
        .id("j" + number)
        .build();
  }

  private static String city(int number) {
    return "11.%d.0.%d".formatted(1 + number % 2, number / 2 % 250);
  }

  @Test
  void takesLittle_ofBadInput() {
    assertThat(micros("failed sign-ins of one address", SHORT, this::failure))
        .isLessThan(MOST_MICROS_COLD);
    assertOverflow("password-spray");
    assertThat(micros("users at one address", SHORT, this::atOneAddress))
        .isLessThan(MOST_MICROS_COLD);
    assertThat(micros("reads of one vault", SHORT, this::read)).isLessThan(MOST_MICROS_COLD);
    assertThat(micros("tokens of one session", SHORT, this::use)).isLessThan(MOST_MICROS_COLD);
    assertOverflow("session-replay");
  }

  @Test
  void takesLittle_ofSignInsAtOneAddress_someOfWhichSucceed() {
    assertThat(micros("sign-ins of which some succeed", SHORT, this::sometimes))
        .isLessThan(MOST_MICROS_COLD);
    assertOverflow("password-spray");
  }

  @Test
  @Tag("long")
  void takesLittle_of400000SignInsAtOneAddress_someOfWhichSucceed() {
    assertThat(micros("sign-ins of which some succeed", 400_000, this::sometimes))
        .isLessThan(MOST_MICROS);
    assertOverflow("password-spray");
  }

  @Test
  void takesLittle_ofClientsThatAreRefusedAllDay() {
    assertThat(micros("calls with an expired token", SHORT, this::broken))
        .isLessThan(MOST_MICROS_COLD);
    assertThat(micros("requests that the firewall blocks or not", SHORT, this::scanning))
        .isLessThan(MOST_MICROS_COLD);
  }

  @Test
  void takesLittle_ofTokensThatMove() {
    assertThat(microsOfReplay(SHORT, "session-replay", this::move)).isLessThan(MOST_MICROS_COLD);
  }

  @Test
  void takesLittle_ofJourneysBetweenPlacesOfColleagues() {
    assertThat(micros("journeys of colleagues", SHORT, this::journey)).isLessThan(MOST_MICROS_COLD);
    assertThat(engine.findings())
        .hasSizeGreaterThan(1_000)
        .extracting(Detection::getSeverity)
        .containsOnly(Severity.Low);
  }

  @Test
  @Tag("long")
  void takesLittle_ofAMillionFailedSignInsOfOneAddress() {
    assertSmall("failed sign-ins of one address", 1_000_000, MOST_MICROS, this::failure);
    assertOverflow("password-spray");
  }

  @Test
  @Tag("long")
  void takesLittle_of50000UsersAtOneAddress() {
    assertSmall("users at one address", 400_000, MOST_MICROS, this::atOneAddress);
  }

  @Test
  @Tag("long")
  void takesLittle_ofAMillionReadsOfOneVault() {
    assertSmall("reads of one vault", 1_000_000, MOST_MICROS, this::read);
    assertOverflow("vault-outside");
  }

  @Test
  @Tag("long")
  void takesLittle_of10000TokensOfOneSession() {
    assertSmall("tokens of one session", 300_000, MOST_MICROS, this::use);
    assertOverflow("session-replay");
  }

  @Test
  @Tag("long")
  void takesLittle_ofAMillionCallsOfOnePrincipalFromEverywhere() {
    assertSmall("calls of one principal", 1_000_000, MOST_MICROS, this::everywhere);
    assertOverflow("gateway-probing");
  }

  @Test
  @Tag("long")
  void takesLittle_ofAMillionCallsFromOneAddress() {
    assertThat(micros("calls from one address", 1_000_000, this::probing)).isLessThan(MOST_MICROS);
  }

  @Test
  @Tag("long")
  void takesLittle_ofADayOfCallsWithAnExpiredToken() {
    assertSmall("calls with an expired token", 57_600, MOST_MICROS, this::broken);
  }

  @Test
  @Tag("long")
  void takesLittle_ofADayOfCallsThatAreRefusedInSeveralWays() {
    assertSmall("calls refused in several ways", 57_600, MOST_MICROS, this::scattered);
  }

  @Test
  @Tag("long")
  void takesLittle_ofADayOfRequestsThatTheFirewallBlocksOrNot() {
    assertSmall("requests that the firewall blocks or not", 200_000, MOST_MICROS, this::scanning);
  }

  @Test
  @Tag("long")
  void takesLittle_of10000TokensOfOneSessionThatMove() {
    assertThat(
            microsOfReplay(
                Integer.getInteger("load.events", 300_000), "session-replay", this::move))
        .isLessThan(MOST_MICROS);
  }

  @Test
  @Tag("long")
  void takesLittle_of20000JourneysBetweenPlacesOfColleagues() {
    assertSmall("journeys of colleagues", 40_000, MOST_MICROS_OF_FINDINGS, this::journey);
  }

  private void assertSmall(String what, int events, double most, IntFunction<Activity> maker) {
    long before = usedBytes();
    assertThat(micros(what, events, maker)).as(what).isLessThan(most);
    long kept = usedBytes() - before - engine.findings().size() * BYTES_OF_FINDING;
    System.out.printf("%s: %d MB of heap, %d bytes of state%n", what, kept >> 20, records.bytes());
    assertThat(kept).as("heap of " + what).isLessThan(MOST_HEAP_BYTES);
  }

  /** Returns the CPU time of an event in a replay on one thread, at the capture's own clock. */
  private static double microsOfReplay(
      int events, String overflowing, IntFunction<Activity> maker) {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    long spent = 0;
    int measured = 0;
    try (LocalDriver driver =
        new LocalDriver(
            RuleNumbers.defaults().ruleSet(),
            JoinableLogs.ALL,
            known(),
            new DetectionCounters(),
            1,
            true)) {
      for (int i = 0; i < events; i++) {
        Activity activity = maker.apply(i);
        byte[] bytes = codec.encode(activity);
        long before = cpuNanos();
        driver.enter(bytes);
        if (i % 600 == 599) {
          driver.watermark(activity.getArrivalAt());
        }
        if (i > events / 4) {
          spent += cpuNanos() - before;
          measured++;
        }
      }
      long before = cpuNanos();
      List<Detection> findings = driver.detections();
      spent += cpuNanos() - before;
      assertThat(findings)
          .as("findings of %s say that more came than is kept", overflowing)
          .anyMatch(
              each ->
                  each.getRule().equals(overflowing) && Boolean.TRUE.equals(each.getOverflow()));
    }
    double micros = spent / 1000.0 / measured;
    System.out.printf("%s: %.1f us an event of %d in a replay%n", overflowing, micros, events);
    return micros;
  }

  private void assertOverflow(String rule) {
    assertThat(engine.findings())
        .as("findings of %s say that more came than is kept", rule)
        .anyMatch(each -> each.getRule().equals(rule) && Boolean.TRUE.equals(each.getOverflow()));
  }

  private static long usedBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private double micros(String what, int events, IntFunction<Activity> maker) {
    long spent = 0;
    int measured = 0;
    List<Activity> batch = new ArrayList<>(BATCH);
    for (int i = 0; i < events; i++) {
      batch.add(maker.apply(i));
      if (batch.size() == BATCH || i == events - 1) {
        long before = cpuNanos();
        batch.forEach(engine::enter);
        engine.write();
        if (i > events / 4) { // warm by then
          spent += cpuNanos() - before;
          measured += batch.size();
        }
        batch.clear();
      }
    }
    double micros = spent / 1000.0 / measured;
    System.out.printf("%s: %.1f us an event of %d%n", what, micros, events);
    return micros;
  }
}
