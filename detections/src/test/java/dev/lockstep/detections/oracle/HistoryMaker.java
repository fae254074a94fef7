package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Location;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes one history from a seed: few people, tokens, addresses and times, so that they meet. */
final class HistoryMaker {
  private static final long MINUTE = 60_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final Enrichment enrichment;
  private final long seed;
  private final SplittableRandom random;
  private final Theme theme;
  private final RuleSettings settings;
  private final List<World.Spot> spots = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final List<Activity> events = new ArrayList<>();
  private final int principals;
  private final int tokens;
  private final String subscription;

  private HistoryMaker(Enrichment enrichment, long seed) {
    this.enrichment = enrichment;
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.theme = pick(List.of(Theme.values()));
    this.settings = settings();
    this.principals = 1 + random.nextInt(3);
    this.tokens = 1 + random.nextInt(3);
    this.subscription = pick(World.SUBSCRIPTIONS);
    int pool = 3 + random.nextInt(6);
    for (int i = 0; i < pool; i++) {
      spots.add(pick(World.SPOTS));
    }
  }

  /** Returns the history of a seed. */
  static History make(Enrichment enrichment, long seed) {
    return new HistoryMaker(enrichment, seed).make();
  }

  private History make() {
    switch (theme) {
      case TRAVEL -> some(4, 24, this::travelTime);
      case COMMUTE -> {
        some(10, 40, () -> dayTime(random.nextInt(12)));
        some(2, 8, this::travelTime);
      }
      case TOKEN -> some(3, 20, this::tokenTime);
      case PARTNER -> some(12, 50, () -> dayTime(random.nextInt(14)));
      case PARTNER_OVER_WEEKS -> {
        baseline();
        some(10, 40, () -> dayTime(7 + random.nextInt(18)));
      }
      case MIXED -> some(6, 40, this::travelTime);
    }
    addCopies();
    events.sort(Comparator.comparingLong(Activity::getEventAt).thenComparing(Activity::getEventId));
    return new History(seed, theme, settings, List.copyOf(events));
  }

  private RuleSettings settings() {
    RuleSettings defaults = RuleSettings.defaults();
    if (theme == Theme.PARTNER_OVER_WEEKS || random.nextInt(3) == 0) {
      return defaults;
    }
    RuleSettings.Travel travel =
        new RuleSettings.Travel(
            true,
            false,
            oneOf(500, 500, 300),
            oneOf(900, 900, 600),
            oneOf(24, 24, 12),
            oneOf(3, 2, 1),
            random.nextInt(3) == 0);
    RuleSettings.Token token =
        new RuleSettings.Token(true, false, oneOf(48, 48, 24), oneOf(5, 5, 0));
    RuleSettings.Drift drift =
        new RuleSettings.Drift(
            true, false, oneOf(1, 2, 3), oneOf(1, 3, 6), oneOf(2, 3, 4), oneOf(4, 6, 60));
    return new RuleSettings(travel, token, drift, 256);
  }

  /** Seven days or more of calls from one or two networks: what the learning asks for. */
  private void baseline() {
    int days = 6 + random.nextInt(3);
    int perDay = 7 + random.nextInt(3);
    World.Spot home = spots.get(0);
    World.Spot other = spots.get(random.nextInt(spots.size()));
    for (int day = 0; day < days; day++) {
      for (int i = 0; i < perDay; i++) {
        long at = World.FIRST_DAY * DAY + day * DAY + 8 * HOUR + i * (7 * MINUTE);
        Activity call = call(at, random.nextInt(6) == 0 ? other : home);
        call.setStatus(200);
        call.getApi().setSubscription(subscription);
        events.add(call);
      }
    }
  }

  private void some(int least, int most, Times at) {
    int count = least + random.nextInt(most - least + 1);
    for (int i = 0; i < count; i++) {
      long time = at.next();
      times.add(time);
      World.Spot spot = pick(spots);
      boolean signIn =
          switch (theme) {
            case TRAVEL, COMMUTE -> random.nextInt(5) > 0;
            case TOKEN -> random.nextInt(3) == 0;
            case PARTNER, PARTNER_OVER_WEEKS -> random.nextInt(20) == 0;
            case MIXED -> random.nextBoolean();
          };
      events.add(signIn ? signIn(time, spot) : call(time, spot));
    }
  }

  private interface Times {
    long next();
  }

  /** A time on a day counted from the first, often close to its ends. */
  private long dayTime(int day) {
    long start = (World.FIRST_DAY + (long) day) * DAY;
    return start
        + switch (random.nextInt(6)) {
          case 0 -> random.nextInt(3);
          case 1 -> DAY - 1 - random.nextInt(3);
          case 2 -> 12 * HOUR + random.nextInt(5) * (10 * MINUTE);
          case 3 -> 10 * HOUR + random.nextInt(3) - 1;
          default -> random.nextLong(DAY);
        };
  }

  private long travelTime() {
    if (times.isEmpty() || random.nextInt(6) == 0) {
      return dayTime(8 + random.nextInt(3));
    }
    long anchor = pick(times);
    long apart =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> MINUTE + random.nextInt(3) - 1;
          case 2 -> 30 * MINUTE + random.nextInt(3) - 1;
          case 3 -> settings.travel().maxHours() * HOUR + random.nextInt(3) - 1;
          case 4 -> reach() + random.nextInt(5) - 2;
          case 5 -> random.nextLong(30 * MINUTE);
          default -> random.nextLong(6 * HOUR);
        };
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
    return enrichment.locate(address, spot.geos().get(random.nextInt(spot.geos().size())));
  }

  private long tokenTime() {
    if (times.isEmpty() || random.nextInt(6) == 0) {
      return dayTime(8 + random.nextInt(3));
    }
    long apart =
        switch (random.nextInt(4)) {
          case 0 -> settings.token().maxHours() * HOUR + (random.nextInt(3) - 1) * MINUTE;
          case 1 -> settings.token().maxHours() * HOUR + random.nextInt(3) - 1;
          case 2 -> random.nextInt(3);
          default -> random.nextLong(50 * HOUR);
        };
    long anchor = pick(times);
    return Math.max(World.FIRST_DAY * DAY, random.nextBoolean() ? anchor + apart : anchor - apart);
  }

  private Activity signIn(long at, World.Spot spot) {
    Activity signIn = activity(ActivityKind.SIGN_IN, at);
    signIn.setCategory(random.nextInt(3) == 0 ? "NonInteractiveUserSignInLogs" : "SignInLogs");
    boolean workload = random.nextInt(12) == 0;
    String id = (workload ? "workload-" : "user-") + random.nextInt(principals);
    signIn.setPrincipal(new Principal(id, id + "@contoso.example", workload ? "workload" : "user"));
    if (random.nextInt(25) > 0) {
      signIn.setAddress(pick(spot.spellings()));
    }
    signIn.setStatus(random.nextInt(8) == 0 ? oneOf(50126, 50074, -1) : 0);
    if (random.nextInt(3) > 0) {
      signIn.setGeo(spot.geos().get(random.nextInt(spot.geos().size())));
    }
    if (random.nextInt(3) == 0) {
      Device device = new Device();
      device.setId(random.nextInt(5) == 0 ? null : "device-" + random.nextInt(2));
      device.setManaged(random.nextInt(3) == 0);
      device.setCompliant(random.nextInt(3) == 0);
      signIn.setDevice(device);
    }
    signIn.setSingleFactor(random.nextInt(3) == 0);
    Token token = new Token();
    token.setOid(workload ? null : id);
    token.setUti(random.nextInt(6) == 0 ? null : uti(id));
    signIn.setToken(token);
    return signIn;
  }

  private Activity call(long at, World.Spot spot) {
    Activity call = activity(ActivityKind.API_CALL, at);
    call.setCategory("GatewayLogs");
    call.setStatus(random.nextInt(3) > 0 ? 200 : oneOf(401, 403, 429, 407, -1, 500, 404, 0));
    Api api = new Api();
    if (random.nextInt(8) > 0) {
      api.setSubscription(random.nextInt(3) > 0 ? subscription : pick(World.SUBSCRIPTIONS));
    }
    if (random.nextInt(3) == 0) {
      api.setProduct(pick(World.PRODUCTS));
    }
    call.setApi(api);
    Token claims = random.nextInt(5) == 0 ? null : claims(at);
    boolean byMessage = random.nextInt(4) == 0;
    boolean proxied = random.nextInt(5) == 0;
    String client = pick(spot.spellings());
    String socket = null;
    String forwardedFor = null;
    if (proxied) {
      call.setAddress(pick(World.PROXIES));
      switch (random.nextInt(5)) {
        case 0 -> socket = client;
        case 1 -> {
          socket = pick(World.PROXIES);
          forwardedFor = "198.19.0.61, " + client + " , " + pick(World.PROXIES);
        }
        case 2 -> forwardedFor = client;
        case 3 -> forwardedFor = client + ", unknown";
        default -> {}
      }
    } else if (random.nextInt(20) > 0) {
      call.setAddress(client);
      if (random.nextInt(6) == 0) {
        forwardedFor = "198.19.0.61"; // nobody may believe it
      }
    }
    if (byMessage) {
      Activity link = activity(ActivityKind.IDENTITY_LINK, at + random.nextLong(5 * MINUTE));
      link.setCategory("IdentityLink");
      link.setEventId(call.getEventId());
      link.setToken(claims);
      if (random.nextBoolean()) {
        link.setSocketAddress(socket);
        link.setForwardedFor(forwardedFor);
      } else {
        call.setSocketAddress(socket);
        call.setForwardedFor(forwardedFor);
      }
      events.add(link);
      name(call, null);
    } else {
      call.setToken(claims);
      call.setSocketAddress(socket);
      call.setForwardedFor(forwardedFor);
      name(call, claims);
    }
    return call;
  }

  /** Names the caller as ingest does: by claims that were validated, else by the key. */
  private static void name(Activity call, @org.jspecify.annotations.Nullable Token claims) {
    Principal principal = null;
    if (claims != null && claims.getValidated()) {
      if (claims.getAppOnly()) {
        String id = claims.getOid() != null ? claims.getOid() : claims.getAppId();
        principal = id == null ? null : new Principal(id, null, "workload");
      } else if (claims.getOid() != null) {
        principal = new Principal(claims.getOid(), null, "user");
      }
    }
    if (principal == null && call.getApi().getSubscription() != null) {
      principal = new Principal(call.getApi().getSubscription(), null, "subscription");
    }
    call.setPrincipal(principal);
  }

  private Token claims(long at) {
    Token token = new Token();
    boolean appOnly = random.nextInt(8) == 0;
    String id = (appOnly ? "workload-" : "user-") + random.nextInt(principals);
    token.setAppOnly(appOnly);
    token.setOid(random.nextInt(10) == 0 ? null : id);
    token.setUti(random.nextInt(8) == 0 ? null : uti(id));
    if (random.nextInt(3) == 0) {
      token.setAppId(pick(World.APPS));
    }
    if (random.nextInt(4) == 0) {
      long skew = settings.token().expirySkewMinutes() * MINUTE;
      token.setExpiresAt(
          (random.nextBoolean() ? at - skew + (random.nextInt(3) - 1) * 1000L : at + HOUR)
              / 1000
              * 1000);
    }
    token.setValidated(random.nextInt(8) > 0);
    return token;
  }

  /** A token of somebody's, now and then of anybody's. */
  private String uti(String owner) {
    return random.nextInt(8) == 0
        ? "token-shared"
        : "token-of-" + owner + "-" + random.nextInt(tokens);
  }

  private Activity activity(ActivityKind kind, long at) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setCategory("");
    activity.setEventId("e" + events.size());
    activity.setEventAt(at);
    activity.setArrivalAt(at + random.nextLong(20 * MINUTE));
    activity.setStatus(-1);
    activity.setWhere(where(events.size()));
    return activity;
  }

  private static Where where(int position) {
    Where where = new Where();
    where.setSource("test");
    where.setHub("hub");
    where.setPartition(0);
    where.setPosition(position);
    return where;
  }

  /** Delivers some events again, later, from elsewhere. */
  private void addCopies() {
    int once = events.size();
    for (int i = 0; i < once; i++) {
      if (random.nextInt(10) == 0) {
        Activity copy = Copies.of(events.get(i));
        copy.setArrivalAt(copy.getArrivalAt() + random.nextLong(HOUR));
        copy.setWhere(where(once + i));
        events.add(copy);
      }
    }
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private int oneOf(int... all) {
    return all[random.nextInt(all.length)];
  }
}
