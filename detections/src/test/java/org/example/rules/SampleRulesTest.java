package org.example.rules;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
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
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each sample rule against brute force over the events, in thousands of random orders. */
final class SampleRulesTest {
  private static final long SEED = 20_261_130L;
  private static final int HISTORIES = Integer.getInteger("sample.histories", 150);
  private static final int ORDERS = 5;
  private static final long FIRST_DAY = 20_000;
  private static final long MINUTE = 60_000L;

  private static final Map<String, String> COUNTRIES =
      Map.of("10.1.0.1", "GB", "10.2.0.1", "DE", "10.3.0.1", "FR", "10.4.0.1", "NL");
  private static final String VPN = "10.4.0.1";
  private static final Enrichment NETWORKS =
      networks(
          """
          cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
          10.1.0.0/16,,GB,,,,,64501,Home Fibre
          10.2.0.0/16,,DE,,,,,64502,Spree Net
          10.3.0.0/16,,FR,,,,,64503,Seine Net
          10.4.0.0/16,vpn,NL,,,,,64504,Hidden Tunnel
          """);

  private static Enrichment networks(String rows) {
    try {
      return Enrichment.of(
          Networks.parse("networks.csv", rows), Partners.none(), GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void countrySwitch_isAsExpected_inEveryOrder() {
    check(
        RuleCheck.of(new CountrySwitch()).with("minutes", 30),
        random -> events(random, 2 + random.nextInt(8), 2, SampleRulesTest::signedIn),
        SampleRulesTest::switches);
  }

  @Test
  void citesNoAddress_ofALaterEventOfAFactThatKeepsNone() {
    KitEngine.Run run = RuleCheck.of(new CountrySwitch()).with(NETWORKS).run();
    run.enter(
        signIn("user-0", "2026-11-19T10:00:00Z").from("10.1.0.1"),
        signIn("user-0", "2026-11-19T10:05:00Z").from("10.1.0.9"),
        signIn("user-0", "2026-11-19T10:06:00Z").from("10.2.0.1"));
    assertThat(run.findings().get(0).getEvidence())
        .extracting(each -> each.getIp() + " in " + each.getNetwork().getPrefix())
        .containsExactlyInAnyOrder(
            "10.1.0.1 in 10.1.0.0/24", "null in 10.1.0.0/24", "10.2.0.1 in 10.2.0.0/24");
  }

  private static List<Expected> switches(List<Activity> events) {
    Map<Subject, Map<Integer, Set<String>>> pairs = new HashMap<>();
    for (Activity one : events) {
      for (Activity other : events) {
        String from = country(one);
        String to = country(other);
        if (one.getPrincipal().getId().equals(other.getPrincipal().getId())
            && from.compareTo(to) < 0
            && !one.getAddress().equals(VPN)
            && !other.getAddress().equals(VPN)
            && Math.abs(minute(one) - minute(other)) <= 30) {
          pairs
              .computeIfAbsent(principal(one), any -> new TreeMap<>())
              .computeIfAbsent(Math.max(day(one), day(other)), any -> new TreeSet<>())
              .add(from + "/" + to);
        }
      }
    }
    return expected(pairs, "country-switch");
  }

  @Test
  void callWithoutSignIn_isAsExpected_inEveryOrder() {
    check(
        RuleCheck.of(new CallWithoutSignIn()).with("minutes", 60),
        random ->
            events(
                random,
                2 + random.nextInt(10),
                3,
                (own, at) ->
                    own.nextInt(3) > 0
                        ? call(at).by("user-" + own.nextInt(2)).from(address(own))
                        : signedIn(own, at)),
        SampleRulesTest::uncovered);
  }

  private static List<Expected> uncovered(List<Activity> events) {
    Map<Subject, Map<Integer, Set<String>>> minutes = new HashMap<>();
    for (Activity one : events) {
      boolean isCovered =
          one.getKind() == ActivityKind.SIGN_IN
              || events.stream()
                  .anyMatch(
                      other ->
                          other.getKind() == ActivityKind.SIGN_IN
                              && other.getPrincipal().getId().equals(one.getPrincipal().getId())
                              && Math.abs(minute(one) - minute(other)) <= 60);
      if (!isCovered) {
        minutes
            .computeIfAbsent(principal(one), any -> new TreeMap<>())
            .computeIfAbsent(day(one), any -> new TreeSet<>())
            .add(Long.toString(minute(one)));
      }
    }
    return expected(minutes, "no-sign-in");
  }

  @Test
  void passwordSpray_isAsExpected_inEveryOrder() {
    check(
        RuleCheck.of(new WrongPasswords()).with("users", 3),
        random ->
            events(
                random,
                5 + random.nextInt(10),
                2,
                (own, at) -> {
                  ActivityBuilder signIn = signIn("user-" + own.nextInt(5), at).from(address(own));
                  return own.nextInt(5) == 0 ? signIn : signIn.failed();
                }),
        SampleRulesTest::sprayed);
  }

  private static List<Expected> sprayed(List<Activity> events) {
    Map<Subject, Map<Integer, Set<String>>> users = new HashMap<>();
    for (Activity one : events) {
      if (one.getStatus() != 0) {
        users
            .computeIfAbsent(
                new Subject(Subject.Kind.ADDRESS, one.getAddress()), any -> new TreeMap<>())
            .computeIfAbsent(day(one), any -> new TreeSet<>())
            .add(one.getPrincipal().getId());
      }
    }
    users.values().forEach(days -> days.values().removeIf(all -> all.size() < 3));
    return expected(users, "wrong-passwords");
  }

  @Test
  void newCountry_isAsExpected_inEveryOrder() {
    check(
        RuleCheck.of(new NewCountry()).with("learningDays", 2),
        random -> events(random, 5 + random.nextInt(25), 10, SampleRulesTest::signedIn),
        SampleRulesTest::newCountries);
  }

  private static List<Expected> newCountries(List<Activity> events) {
    List<Expected> expected = new ArrayList<>();
    for (Subject user : new HashSet<>(events.stream().map(SampleRulesTest::principal).toList())) {
      Map<Integer, Map<String, Set<Long>>> days = new TreeMap<>();
      for (Activity one : events) {
        if (principal(one).equals(user)) {
          days.computeIfAbsent(day(one), any -> new TreeMap<>())
              .computeIfAbsent(country(one), any -> new TreeSet<>())
              .add(minute(one));
        }
      }
      Map<Integer, Set<String>> learned = new TreeMap<>();
      days.forEach(
          (day, countries) -> {
            Set<String> teaches = new TreeSet<>(countries.keySet());
            Set<String> known = new TreeSet<>();
            long closed = learned.keySet().stream().filter(each -> each <= day - 2).count();
            learned.forEach((each, taught) -> known.addAll(each <= day - 2 ? taught : Set.of()));
            countries.forEach(
                (country, minutes) -> {
                  if (closed >= 2 && !known.contains(country)) {
                    teaches.remove(country);
                    expected.add(
                        Expected.of(user, day, "new-country", Severity.Medium, minutes.size())
                            .in(country));
                  }
                });
            learned.put(day, teaches);
          });
    }
    return expected;
  }

  private static void check(
      RuleCheck check,
      Function<SplittableRandom, List<Activity>> maker,
      Function<List<Activity>, List<Expected>> oracle) {
    int findings = check.with(NETWORKS).seed(SEED).orders(ORDERS).gives(HISTORIES, maker, oracle);
    assertThat(findings).as("findings of %d histories", HISTORIES).isGreaterThan(HISTORIES / 4);
  }

  /** Makes events on a few days, close to each other and to midnight now and then. */
  private static List<Activity> events(
      SplittableRandom random,
      int count,
      int days,
      BiFunction<SplittableRandom, Long, ActivityBuilder> maker) {
    Map<String, Activity> events = new TreeMap<>();
    long last = 0;
    for (int i = 0; i < count; i++) {
      long start = (FIRST_DAY + random.nextInt(days)) * 86_400_000L;
      long at =
          switch (random.nextInt(4)) {
            case 0 -> start + random.nextLong(20 * MINUTE);
            case 1 -> start + 86_400_000L - 1 - random.nextLong(20 * MINUTE);
            case 2 -> last == 0 ? start : last + random.nextLong(130 * MINUTE) - 65 * MINUTE;
            default -> start + random.nextLong(86_400_000L);
          };
      last = at;
      Activity event = maker.apply(random, at).build();
      events.put(event.getCategory() + event.getEventId(), event);
    }
    return List.copyOf(events.values());
  }

  private static ActivityBuilder signedIn(SplittableRandom random, long at) {
    return signIn("user-" + random.nextInt(2), at).from(address(random));
  }

  private static String address(SplittableRandom random) {
    return List.copyOf(new TreeSet<>(COUNTRIES.keySet())).get(random.nextInt(COUNTRIES.size()));
  }

  private static String country(Activity event) {
    return COUNTRIES.getOrDefault(event.getAddress(), "");
  }

  private static Subject principal(Activity event) {
    return new Subject(Subject.Kind.PRINCIPAL, event.getPrincipal().getId());
  }

  private static long minute(Activity event) {
    return Math.floorDiv(event.getEventAt(), MINUTE);
  }

  private static int day(Activity event) {
    return (int) Math.floorDiv(event.getEventAt(), 86_400_000L);
  }

  private static List<Expected> expected(
      Map<Subject, Map<Integer, Set<String>>> counted, String reason) {
    List<Expected> expected = new ArrayList<>();
    counted.forEach(
        (subject, days) ->
            days.forEach(
                (day, members) ->
                    expected.add(
                        Expected.of(subject, day, reason, Severity.Medium, members.size()))));
    return expected;
  }
}
