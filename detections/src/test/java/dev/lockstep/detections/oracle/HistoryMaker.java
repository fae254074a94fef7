package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes one history from a seed: few people, tokens, addresses and times, so that they meet. */
final class HistoryMaker {
  private static final long MINUTE = 60_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final long seed;
  private final SplittableRandom random;
  private final Theme theme;
  private final RuleNumbers settings;
  private final List<World.Spot> spots = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final EventMaker events;
  private final String subscription;

  private HistoryMaker(List<Theme> themes, long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.theme = pick(themes);
    this.settings = settings();
    this.events = new EventMaker(random, settings, oneOf(1, 1, 2, 3), oneOf(1, 1, 2, 3));
    boolean partners = theme == Theme.PARTNER || theme == Theme.PARTNER_OVER_WEEKS;
    this.subscription =
        pick(partners && random.nextInt(5) > 0 ? World.LEARNING : World.SUBSCRIPTIONS);
    boolean inTown = settings.travel().minDistanceKm() < 100;
    List<World.Spot> near = partners || inTown ? World.NEAR : World.SPOTS;
    boolean many = theme == Theme.TRAVEL || theme == Theme.MIXED || theme == Theme.DEFENDER;
    int pool = many ? 3 + random.nextInt(5) : 2 + random.nextInt(3);
    while (spots.size() < pool) {
      World.Spot spot = pick(random.nextInt(3) == 0 ? World.SPOTS : near);
      spots.add(spot);
      if (random.nextInt(6) == 0) {
        spots.add(World.nextTo(spot));
      }
    }
  }

  /**
   * Returns the history of a seed.
   *
   * @param themes what it may be about: one named twice is twice as likely
   */
  static History make(List<Theme> themes, long seed) {
    return new HistoryMaker(themes, seed).make();
  }

  private History make() {
    switch (theme) {
      case TRAVEL -> some(2 + random.nextInt(10), this::travelTime);
      case COMMUTE -> commutes();
      case COLLEAGUES -> colleagues();
      case TOKEN -> some(2 + random.nextInt(12), this::tokenTime);
      case PARTNER -> {
        partner(oneOf(0, 0, 0, settings.drift().windowDays() - 2));
        some(random.nextInt(8), () -> partnerTime(random.nextInt(14)));
      }
      case PARTNER_OVER_WEEKS -> partner(oneOf(0, 0, 0, 35, 45, 55));
      case MIXED -> some(6 + random.nextInt(20), this::travelTime);
      case DEFENDER -> {
        some(1 + random.nextInt(8), this::travelTime);
        if (random.nextInt(6) == 0) {
          crowd();
        }
      }
    }
    alerts();
    events.addCopies();
    List<Activity> sorted = new ArrayList<>(events.events());
    sorted.sort(Comparator.comparingLong(Activity::getEventAt).thenComparing(Activity::getEventId));
    return new History(seed, theme, settings, List.copyOf(sorted));
  }

  /** Alerts about some of it, close to when they still matter. */
  private void alerts() {
    int count =
        theme == Theme.DEFENDER ? 1 + random.nextInt(3) : Math.max(0, random.nextInt(5) - 2);
    for (int i = 0; i < count; i++) {
      List<Activity> made = events.events();
      long anchor = made.isEmpty() ? 0 : pick(made).getEventAt();
      if (anchor == 0) {
        anchor = dayTime(8);
      }
      long apart =
          switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1, 2 -> (settings.defender().flagMinutes() + random.nextInt(3) - 1) * MINUTE;
            case 3 -> 24 * HOUR + (random.nextInt(3) - 1) * MINUTE;
            case 4 -> random.nextLong(30 * HOUR);
            default -> random.nextLong(70 * MINUTE);
          };
      events.alert(random.nextBoolean() ? anchor + apart : anchor - apart, spots);
    }
  }

  private RuleNumbers settings() {
    RuleNumbers defaults = RuleNumbers.atOnce();
    if (theme == Theme.COLLEAGUES) {
      RuleNumbers.Travel travel =
          new RuleNumbers.Travel(true, false, 500, 900, 24, oneOf(3, 25), random.nextInt(4) == 0);
      return defaults.with(travel.colleagues(oneOf(1, 2, 2, 3), oneOf(1, 2, 3)));
    }
    if (theme == Theme.PARTNER_OVER_WEEKS || (theme != Theme.PARTNER && random.nextInt(3) == 0)) {
      return defaults;
    }
    boolean inTown = random.nextInt(6) == 0;
    RuleNumbers.Travel travel =
        new RuleNumbers.Travel(
            true,
            false,
            inTown ? 10 : oneOf(500, 500, 300),
            inTown ? 2000 : oneOf(900, 900, 600),
            oneOf(24, 24, 12),
            oneOf(3, 2, 1),
            random.nextInt(3) == 0);
    RuleNumbers.Token token =
        new RuleNumbers.Token(true, false, oneOf(48, 48, 24, 30), oneOf(5, 5, 0));
    RuleNumbers.Drift drift =
        new RuleNumbers.Drift(
            true, false, oneOf(1, 2, 3), oneOf(1, 3, 6), oneOf(2, 3, 4), oneOf(4, 5, 60));
    RuleNumbers.Defender defender =
        new RuleNumbers.Defender(true, false, oneOf(10, 10, 0), 24, oneOf(60, 60, 20));
    return new RuleNumbers(travel, token, drift, defender, 256, 0);
  }

  /** Days at a few places, then journeys; the first days may just be forgotten by then. */
  private void commutes() {
    boolean afterAMonth = random.nextInt(3) == 0;
    int oneDayIn = afterAMonth ? 2 : oneOf(1, 2, 3);
    int first = afterAMonth ? 4 : 8;
    for (int day = 0; day < first; day++) {
      for (World.Spot spot : spots) {
        if (random.nextInt(oneDayIn) == 0) {
          event(dayTime(day), spot);
        }
      }
    }
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      long at = dayTime(afterAMonth ? 30 + random.nextInt(4) : 4 + random.nextInt(8));
      event(at, spots.get(0));
      event(random.nextInt(4) == 0 ? travelTime() : at + random.nextLong(HOUR), pick(spots));
    }
  }

  /**
   * Days of a few people in two cities and elsewhere, then journeys of some of them: soon, or when
   * the first days may just be forgotten.
   */
  private void colleagues() {
    int people = 2 + random.nextInt(4);
    List<World.Spot> cities = new ArrayList<>();
    while (cities.size() < 2) {
      World.Spot city = pick(World.CITIES);
      if (!cities.contains(city)) {
        cities.add(city);
      }
    }
    cities.add(pick(spots));
    int first = oneOf(1, 3, 6);
    int oneDayIn = oneOf(1, 1, 2);
    for (int day = 0; day < first; day++) {
      for (int person = 0; person < people; person++) {
        for (World.Spot city : cities) {
          if (random.nextInt(oneDayIn) == 0) {
            events.signIn(dayTime(day), city, person(person));
          }
        }
      }
    }
    int gap = oneOf(0, 0, 1, 2, 24, 28, 29);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String person = person(random.nextInt(people));
      long at = dayTime(first + gap + random.nextInt(4));
      times.add(at);
      events.signIn(at, cities.get(0), person);
      events.signIn(at + random.nextLong(HOUR), cities.get(1), person);
      if (random.nextInt(3) == 0) {
        event(travelTime(), pick(cities));
      }
    }
  }

  private String person(int number) {
    return (random.nextInt(15) == 0 ? "workload-" : "user-") + number;
  }

  /**
   * What the learning asks for, a second network on as many days as make it known or one less, and
   * what then comes, after a gap of some days.
   */
  private void partner(int gap) {
    RuleNumbers.Drift drift = settings.drift();
    int learning = drift.learningDays() + random.nextInt(2);
    int perDay = drift.learningMinutes() / learning + 1;
    for (int day = 0; day < learning; day++) {
      for (int i = 0; i < perDay; i++) {
        long at = dayStart(day) + 10 * HOUR + i * (7 * MINUTE);
        accepted(at, random.nextInt(20) == 0 ? pick(spots) : spots.get(0));
      }
    }
    int known = learning + drift.knownDays() + random.nextInt(3) - 1;
    for (int day = learning; day < known; day++) {
      accepted(partnerTime(day), random.nextInt(12) == 0 ? pick(spots) : spots.get(1));
    }
    int more = 2 + random.nextInt(10);
    for (int i = 0; i < more; i++) {
      int day =
          random.nextBoolean() ? known + gap + random.nextInt(5) : learning + random.nextInt(9);
      accepted(partnerTime(day), random.nextBoolean() ? spots.get(1) : pick(spots));
    }
  }

  private static long dayStart(int day) {
    return (World.FIRST_DAY + (long) day) * DAY;
  }

  private void accepted(long at, World.Spot spot) {
    events.call(at, spot, subscription).setStatus(200);
  }

  private void some(int count, Times at) {
    for (int i = 0; i < count; i++) {
      event(at.next(), pick(spots));
    }
  }

  private void event(long at, World.Spot spot) {
    times.add(at);
    boolean signIn =
        switch (theme) {
          case TRAVEL, COMMUTE, COLLEAGUES -> random.nextInt(5) > 0;
          case TOKEN -> random.nextInt(3) == 0;
          case PARTNER, PARTNER_OVER_WEEKS -> false;
          case MIXED, DEFENDER -> random.nextBoolean();
        };
    if (signIn) {
      events.signIn(at, spot);
    } else if (random.nextInt(7) == 0) {
      events.graph(at, spot);
    } else {
      events.call(at, spot, random.nextInt(6) == 0 ? pick(World.SUBSCRIPTIONS) : subscription);
    }
  }

  /** About as many people at one address and day as have a finding each. */
  private void crowd() {
    World.Spot spot = pick(spots);
    long start = dayTime(8);
    int people = 22 + random.nextInt(8);
    for (int i = 0; i < people; i++) {
      for (int times = random.nextInt(2); times >= 0; times--) {
        long at = start + random.nextLong(20 * MINUTE);
        events.signIn(at, spot, "user-" + i);
        this.times.add(at);
      }
    }
  }

  private interface Times {
    long next();
  }

  /** A time on a day counted from the first, often close to its ends. */
  private long dayTime(int day) {
    return dayStart(day)
        + switch (random.nextInt(6)) {
          case 0 -> random.nextInt(3);
          case 1 -> DAY - 1 - random.nextInt(3);
          case 2 -> 12 * HOUR + random.nextInt(5) * (10 * MINUTE);
          default -> random.nextLong(DAY);
        };
  }

  /** A time close to an end of a day, of an hour's neighbourhood or of a change window. */
  private long partnerTime(int day) {
    return dayStart(day)
        + switch (random.nextInt(9)) {
          case 0 -> random.nextInt(3);
          case 1 -> DAY - 1 - random.nextInt(3);
          case 2 -> 12 * HOUR + 30 * MINUTE + random.nextInt(3) - 1;
          case 3 -> oneOf(2, 10, 12, 22) * HOUR + random.nextInt(3) - 1;
          case 4, 5 -> 10 * HOUR + oneOf(59, 60, 61) * MINUTE;
          case 6, 7 -> 10 * HOUR + random.nextLong(2 * MINUTE);
          default -> random.nextLong(DAY);
        };
  }

  private long travelTime() {
    return near(
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> MINUTE + random.nextInt(3) - 1;
          case 2 -> 30 * MINUTE + random.nextInt(3) - 1;
          case 3 -> settings.travel().maxHours() * HOUR + random.nextInt(3) - 1;
          case 4 -> reach() + random.nextInt(5) - 2;
          case 5 -> random.nextLong(30 * MINUTE);
          default -> random.nextLong(6 * HOUR);
        });
  }

  private long tokenTime() {
    return near(
        switch (random.nextInt(5)) {
          case 0 -> settings.token().maxHours() * HOUR + (random.nextInt(3) - 1) * MINUTE;
          case 1 -> settings.token().maxHours() * HOUR + random.nextInt(3) - 1;
          case 2 -> random.nextInt(3);
          case 3 -> random.nextLong(12 * HOUR);
          default -> random.nextLong(50 * HOUR);
        });
  }

  /** A time before or after an earlier one by so much, or one of its own. */
  private long near(long apart) {
    if (times.isEmpty() || random.nextInt(6) == 0) {
      return dayTime(8 + random.nextInt(3));
    }
    long anchor = pick(times);
    return Math.max(World.FIRST_DAY * DAY, random.nextBoolean() ? anchor + apart : anchor - apart);
  }

  /** How long it takes at the highest speed between two of the places. */
  private long reach() {
    Location here = locate(pick(spots));
    Location there = locate(pick(spots));
    if (!here.place().known() || !there.place().known()) {
      return HOUR;
    }
    double km = TravelOracle.effectiveKm(here.place(), there.place());
    return Math.round(Math.min(30 * HOUR, km / settings.travel().maxSpeedKmh() * HOUR));
  }

  private Location locate(World.Spot spot) {
    Address address = Address.parse(spot.spellings().get(0));
    if (address == null) {
      throw new AssertionError("no address: " + spot);
    }
    return World.ENRICHMENT.locate(address, spot.geos().get(random.nextInt(spot.geos().size())));
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private int oneOf(int... all) {
    return all[random.nextInt(all.length)];
  }
}
