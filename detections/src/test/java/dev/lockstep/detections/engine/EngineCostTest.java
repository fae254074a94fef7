package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.access.ConditionalAccessGap;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.risk.RiskySignInUsed;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cost of an event, CPU time of pair rules with state in bytes, whatever the subject. */
@Tag("long")
final class EngineCostTest {
  private static final long DAY = 86_400_000L;
  private static final long START = 20_500 * DAY;
  private static final double MOST_MICROS = 100;

  /** Of a person who is everywhere: most of it is telling one finding of thousands of pairs. */
  private static final double MOST_MICROS_EVERYWHERE = 1_000;

  /** Events between two times that what counts up is given out and state is written. */
  private static final int BATCH = 10_000;

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void isSmall_ofOrdinaryPeople() {
    int people = 1_000;
    int each = 30 * 10;
    measure(
        "1,000 people over 30 days",
        people * each,
        MOST_MICROS,
        i -> {
          int person = i % people;
          long at = START + (long) (i / people) * DAY / 10 + random.nextInt(3_600_000);
          int place = random.nextInt(10) == 0 ? 1 : 0;
          Activity signIn = signIn("person-" + person, at, person * 3 + place);
          signIn.setGeo(
              place == 0
                  ? new RecordGeo("DE", "Berlin", 52.5, 13.4, 64_500L)
                  : new RecordGeo("DE", "Hamburg", 53.5, 10.0, 64_501L));
          signIn.getToken().setUti("token-" + person + "-" + i / people / 3);
          return signIn;
        });
  }

  @Test
  void isSmall_ofOnePrincipalFrom100000Addresses() {
    measure(
        "one principal from 100,000 addresses",
        1_000_000,
        MOST_MICROS,
        i -> {
          Activity signIn = signIn("everywhere", START + i * 172L, random.nextInt(100_000));
          signIn.getToken().setUti(null);
          return signIn;
        });
  }

  @Test
  void isSmall_ofOnePrincipalFrom100000AddressesInTwoPlaces() {
    measure(
        "one principal from 100,000 addresses in 2 places",
        1_000_000,
        MOST_MICROS,
        i -> {
          int address = random.nextInt(100_000);
          Activity signIn = signIn("everywhere", START + i * 172L, address);
          signIn.setGeo(
              address % 2 == 0
                  ? new RecordGeo("DE", "Berlin", 52.5, 13.4, 64_500L)
                  : new RecordGeo("US", "New York", 40.7, -74.0, 64_501L));
          signIn.getToken().setUti(null);
          return signIn;
        });
  }

  @Test
  void isSmall_ofOneTokenFrom100000Addresses() {
    measure(
        "one token from 100,000 addresses",
        1_000_000,
        MOST_MICROS,
        i -> {
          int address = random.nextInt(100_000);
          Activity signIn = signIn("person-" + i % 50_000, START + i * 172L, address);
          signIn.setAddress(address(address * 256));
          signIn.setGeo(null);
          signIn.setGeo(
              new RecordGeo(address % 2 == 0 ? "DE" : "US", null, null, null, address % 97L));
          signIn.getToken().setUti("one");
          return signIn;
        });
  }

  @Test
  void isSmall_ofOneTokenFrom200Networks() {
    measure(
        "one token in 200 networks",
        200_000,
        MOST_MICROS,
        i -> {
          int address = random.nextInt(200);
          Activity signIn = signIn("person-" + i % 50_000, START + i * 863L, address);
          signIn.setAddress(address(address * 256));
          signIn.setGeo(
              new RecordGeo(address % 2 == 0 ? "DE" : "US", null, null, null, address % 97L));
          signIn.getToken().setUti("one");
          signIn.getToken().setOid("one");
          signIn.setPrincipal(new Principal("person-" + i % 50_000, null, "workload"));
          return signIn;
        });
  }

  @Test
  void isSmall_ofCallsFrom300Networks_withATokenWhoseRiskIsClosed() {
    Estate estate =
        Estate.of(List.of(), List.of(new ProtectedApi("orders", "a", true)), List.of(), List.of());
    measure(
        "calls from 300 networks with one token",
        50_000,
        MOST_MICROS,
        List.of(new RiskySignInUsed(), new ConditionalAccessGap()),
        Enrichment.none().with(estate),
        i -> {
          Activity event = signIn("ana", START + i * 5_000L, random.nextInt(300) * 256);
          if (i % 10_000 == 0) {
            SignIn of = new SignIn();
            of.setRiskState("dismissed");
            event.setSignIn(of);
          } else {
            event.setKind(ActivityKind.API_CALL);
            event.setCategory("GatewayLogs");
            event.setStatus(200);
          }
          return event;
        });
  }

  @Test
  void isSmall_of300PeopleIn60PlacesADay() {
    places("300 people in 60 places a day", 90, 3);
  }

  @Test
  void isSmall_of300PeopleWith300StaysADay() {
    places("300 people with 300 stays a day in 60 places", 300, 2);
  }

  private void places(String what, int eventsADay, int days) {
    int people = 300;
    measure(
        what,
        people * eventsADay * days,
        MOST_MICROS_EVERYWHERE,
        i -> {
          long at = START + i / people * (DAY / eventsADay) + random.nextInt(60_000);
          int place = random.nextInt(60);
          Activity signIn = signIn("person-" + i % people, at, (i % people * 60 + place) * 256);
          signIn.setGeo(
              new RecordGeo(
                  "C" + place % 20,
                  "city " + place,
                  -60.0 + place * 2,
                  place * 37 % 360 - 180.0,
                  (long) place));
          signIn.getToken().setUti(null);
          return signIn;
        });
  }

  private Activity signIn(String user, long at, int address) {
    Activity signIn = new Activity();
    signIn.setKind(ActivityKind.SIGN_IN);
    signIn.setCategory("SignInLogs");
    signIn.setEventId(Long.toHexString(random.nextLong()));
    signIn.setEventAt(at);
    signIn.setArrivalAt(at + 60_000);
    signIn.setPrincipal(new Principal(user, user + "@contoso.example", "user"));
    signIn.setAddress(address(address));
    signIn.setStatus(0);
    signIn.setWhere(new Where("test", "hub", null, 0, 0L, 0));
    int spot = address % 1_000;
    signIn.setGeo(
        new RecordGeo(
            "C" + spot % 100,
            "city " + spot,
            -60.0 + spot % 120,
            (spot * 37) % 360 - 180.0,
            (long) spot));
    Token token = new Token();
    token.setOid(user);
    token.setUti("token");
    token.setValidated(true);
    signIn.setToken(token);
    return signIn;
  }

  private static String address(int number) {
    return (11 + (number >> 24))
        + "."
        + (number >> 16 & 255)
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void measure(String what, int events, double most, IntFunction<Activity> maker) {
    measure(
        what,
        events,
        most,
        List.of(new ImpossibleTravel(), new TokenReplay()),
        Enrichment.none(),
        maker);
  }

  private static void measure(
      String what,
      int events,
      double most,
      List<Rule> measuredRules,
      Enrichment enrichment,
      IntFunction<Activity> maker) {
    List<ActiveRule> rules = new ArrayList<>();
    for (Rule rule : measuredRules) {
      rules.add(new ActiveRule(rules.size(), rule, Settings.defaults(rule.info())));
    }
    MemoryRecords records = new MemoryRecords();
    LocalEngine engine = new LocalEngine(rules, enrichment, records, 20_000);
    long spent = 0;
    long writing = 0;
    int measured = 0;
    List<Activity> batch = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      batch.add(maker.apply(i));
      if (batch.size() == BATCH || i == events - 1) {
        long before = cpuNanos();
        batch.forEach(engine::enter);
        long entered = cpuNanos();
        engine.write();
        if (i > events / 3) { // warm by then
          writing += cpuNanos() - entered;
          spent += entered - before;
          measured += batch.size();
        }
        batch.clear();
      }
    }
    double micros = (spent + writing) / 1000.0 / measured;
    System.out.printf(
        "%s: %.1f us an event (%.1f of it flushing and writing), %d findings, %d bytes of state%n",
        what, micros, writing / 1000.0 / measured, engine.findings().size(), records.bytes());
    assertThat(micros).as(what).isLessThan(most);
  }
}
