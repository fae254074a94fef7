package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes sign-ins, calls, links and alerts of a few people and tokens, as ingest would hand them on.
 */
final class EventMaker {
  private static final long MINUTE = 60_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long SKEW = 5 * MINUTE;
  private static final long LATENESS = 23 * HOUR;
  private static final long ALERT_LATENESS = 72 * HOUR;
  private static final String DOMAIN = "@contoso.example";

  private final SplittableRandom random;
  private final RuleNumbers settings;
  private final int principals;
  private final int tokens;
  private final List<Activity> events = new ArrayList<>();
  private int alerts;
  private String reference = "";
  private long referenceAt = Long.MIN_VALUE / 2;

  EventMaker(SplittableRandom random, RuleNumbers settings, int principals, int tokens) {
    this.random = random;
    this.settings = settings;
    this.principals = principals;
    this.tokens = tokens;
  }

  /** Returns what was made, as made; callers may go on changing it. */
  List<Activity> events() {
    return events;
  }

  void signIn(long at, World.Spot spot) {
    boolean workload = oneIn(12);
    signIn(at, spot, (workload ? "workload-" : "user-") + random.nextInt(principals));
  }

  void signIn(long at, World.Spot spot, String id) {
    boolean workload = id.startsWith("workload-");
    Activity signIn = activity(ActivityKind.SIGN_IN, at);
    signIn.setCategory(oneIn(3) ? "NonInteractiveUserSignInLogs" : "SignInLogs");
    signIn.setPrincipal(
        workload
            ? new Principal(id, "Nightly job", "workload")
            : new Principal(id, upn(id), "user"));
    if (!oneIn(25)) {
      signIn.setAddress(pick(spot.spellings()));
    }
    signIn.setStatus(oneIn(8) ? oneOf(50126, 50074, -1) : 0);
    if (!oneIn(3)) {
      signIn.setGeo(spot.geos().get(random.nextInt(spot.geos().size())));
    }
    if (oneIn(3)) {
      Device device = new Device();
      device.setId(oneIn(5) ? null : "device-" + random.nextInt(2));
      device.setManaged(oneIn(3));
      device.setCompliant(oneIn(3));
      signIn.setDevice(device);
    }
    signIn.setSingleFactor(oneIn(3));
    Token token = new Token();
    token.setValidated(true);
    token.setOid(workload ? null : id);
    token.setUti(oneIn(6) ? null : uti(id));
    signIn.setToken(token);
    signIn.setSignIn(actingFor(at));
    events.add(signIn);
  }

  /**
   * Who signed in for the user: mostly nobody. Its dice are its own, so that it shifts no other.
   */
  private @Nullable SignIn actingFor(long at) {
    SplittableRandom own = new SplittableRandom(31 * at + events.size());
    SignIn signIn = new SignIn();
    signIn.setRiskEvents(List.of());
    signIn.setPolicies(List.of());
    switch (own.nextInt(12)) {
      case 0 -> signIn.setCredential(credential("clientSecret"));
      case 1 -> signIn.setAgentType("agenticAppInstance");
      case 2 -> {
        signIn.setCredential(credential(" None"));
        signIn.setAgentType("notAgentic");
      }
      case 3 -> {
        signIn.setCredential(credential(null));
        signIn.setAgentType(own.nextBoolean() ? "" : "none");
      }
      default -> {
        return null;
      }
    }
    return signIn;
  }

  private static Credential credential(@Nullable String type) {
    Credential credential = new Credential();
    credential.setType(type);
    return credential;
  }

  /** How the application of a token proved itself, and what it is: mostly not said. */
  private @Nullable Delegation delegation(long at) {
    SplittableRandom own = new SplittableRandom(37 * at + events.size());
    Delegation said = new Delegation();
    said.setClientAuth(-1);
    said.setActorFacets(List.of());
    said.setSubjectFacets(List.of());
    switch (own.nextInt(12)) {
      case 0 -> said.setClientAuth(1 + own.nextInt(2));
      case 1 -> said.setClientAuth(own.nextInt(2) * 3);
      case 2 -> said.setActorFacets(List.of(3, own.nextBoolean() ? 11 : 13));
      case 3 -> said.setSubjectFacets(List.of(own.nextBoolean() ? 13 : 11));
      default -> {
        return null;
      }
    }
    return said;
  }

  /** A label: mostly the user's own, now and then in capitals, none, or another's. */
  private @Nullable String upn(String id) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> "User-0@Contoso.Example";
      case 2 -> (id + DOMAIN).toUpperCase(Locale.ROOT);
      default -> id + DOMAIN;
    };
  }

  /** Makes a call with its claims in the record, in a message of their own, or nowhere. */
  Activity call(long at, World.Spot spot, String subscription) {
    Activity call = activity(ActivityKind.API_CALL, at);
    call.setCategory("GatewayLogs");
    call.setStatus(oneIn(4) ? oneOf(401, 403, 429, 407, -1, 500, 404, 0) : 200);
    Api api = new Api();
    if (!oneIn(8)) {
      api.setSubscription(subscription);
    }
    if (oneIn(4)) {
      api.setProduct(pick(World.PRODUCTS));
    }
    call.setApi(api);
    events.add(call);
    Headers headers = address(call, pick(spot.spellings()));
    Token claims = oneIn(5) ? null : claims(at);
    if (oneIn(4)) {
      link(call, claims, headers);
      name(call, null);
    } else {
      call.setToken(claims);
      if (isBehindProxy(call) && oneIn(3)) {
        useless().addTo(call);
        call.setLinkSocketAddress(headers.socket());
        call.setLinkForwardedFor(headers.forwardedFor());
      } else {
        headers.addTo(call);
      }
      name(call, claims);
    }
    edge(call, spot);
    return call;
  }

  /** Makes a call of Microsoft Graph, whose claims are in the record. */
  void graph(long at, World.Spot spot) {
    Activity call = activity(ActivityKind.API_CALL, at);
    call.setCategory("MicrosoftGraphActivityLogs");
    call.setStatus(oneIn(4) ? oneOf(401, 403, 429, -1, 500, 404) : 200);
    call.setApi(new Api());
    call.setAddress(oneIn(20) ? pick(World.PROXIES) : pick(spot.spellings()));
    if (!oneIn(10)) {
      Token claims = claims(at);
      claims.setValidated(true);
      call.setToken(claims);
    }
    name(call, call.getToken());
    events.add(call);
  }

  /**
   * Lets Front Door say where a request came from: mostly what is so, now and then something else,
   * twice, or nothing; and of two calls as one request.
   */
  private void edge(Activity call, World.Spot spot) {
    if (!oneIn(isBehindProxy(call) ? 2 : 12)) {
      return;
    }
    boolean triedAgain =
        call.getEventAt() - referenceAt < MINUTE && call.getEventAt() >= referenceAt;
    String said = triedAgain && oneIn(2) ? reference : "ref-" + events.size();
    referenceAt = said.equals(reference) ? Long.MIN_VALUE / 2 : call.getEventAt();
    reference = said;
    call.setTrackingReference(said);
    for (int records = oneOf(0, 1, 1, 1, 2, 2); records > 0; records--) {
      Activity edge =
          activity(ActivityKind.EDGE_REQUEST, call.getEventAt() + random.nextLong(MINUTE));
      edge.setCategory(oneIn(3) ? "FrontDoorWebApplicationFirewallLog" : "FrontDoorAccessLog");
      edge.setTrackingReference(said);
      edge.setAddress(pick(pick(World.SPOTS).spellings())); // whom the client says it is
      edge.setSocketAddress(
          switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> pick(World.PROXIES);
            case 2 -> pick(pick(World.SPOTS).spellings());
            case 3 -> "nowhere";
            default -> pick(spot.spellings());
          });
      events.add(edge);
    }
  }

  private record Headers(@Nullable String socket, @Nullable String forwardedFor) {
    void addTo(Activity activity) {
      activity.setSocketAddress(socket);
      activity.setForwardedFor(forwardedFor);
    }
  }

  /** Sets the peer of a call, and returns what the request's headers say. */
  private Headers address(Activity call, String client) {
    if (!oneIn(5)) {
      call.setAddress(oneIn(20) ? null : client);
      return new Headers(null, oneIn(6) ? "198.19.0.61" : null); // nobody may believe it
    }
    call.setAddress(pick(World.PROXIES));
    String proxy = pick(World.PROXIES);
    return switch (random.nextInt(5)) {
      case 0 -> new Headers(client, null);
      case 1 -> new Headers(proxy, "198.19.0.61, " + client + " , " + proxy);
      case 2 -> new Headers(null, client);
      case 3 -> new Headers(null, client + ", unknown");
      default -> new Headers(null, null);
    };
  }

  private static boolean isBehindProxy(Activity call) {
    return call.getAddress() != null && World.PROXIES.contains(call.getAddress());
  }

  /** Headers that give no client. */
  private Headers useless() {
    String proxy = pick(World.PROXIES);
    return switch (random.nextInt(3)) {
      case 0 -> new Headers(proxy, null);
      case 1 -> new Headers(null, proxy);
      default -> new Headers(proxy, "198.19.0.61, unknown");
    };
  }

  private void link(Activity call, @Nullable Token claims, Headers headers) {
    Activity link = activity(ActivityKind.IDENTITY_LINK, call.getEventAt() + random.nextLong(HOUR));
    if (oneIn(4)) {
      link.setArrivalAt(link.getEventAt() + random.nextLong(LATENESS + 1));
    }
    moveFarAway(link, call);
    if (oneIn(8)) {
      link.setEventAt(0); // it says no time, and nobody else does
      link.setArrivalAt(0);
      if (claims != null && oneIn(2)) {
        long most = oneIn(4) ? 50 * HOUR : HOUR;
        long issuedAt = call.getEventAt() + 10 * MINUTE - random.nextLong(most);
        claims.setIssuedAt(oneIn(4) ? call.getEventAt() - 48 * HOUR : issuedAt);
        link.setEventAt(claims.getIssuedAt());
        link.setArrivalAt(claims.getIssuedAt());
      }
    }
    link.setCategory("IdentityLink");
    link.setEventId(call.getEventId());
    link.setToken(claims);
    boolean inLink = random.nextBoolean();
    headers.addTo(inLink ? link : call);
    if (inLink && isBehindProxy(call) && oneIn(3)) {
      useless().addTo(call);
    }
    events.add(link);
  }

  /**
   * Moves some links to about 48 hours before or after their call. Their choice takes nothing from
   * the sequence of random numbers, so that the histories of seeds stay the same otherwise.
   */
  private static void moveFarAway(Activity link, Activity call) {
    SplittableRandom own = new SplittableRandom(link.getEventAt() ^ link.getArrivalAt());
    if (own.nextInt(6) == 0) {
      long late = link.getArrivalAt() - link.getEventAt();
      long apart = own.nextInt(3) == 0 ? own.nextLong(48 * HOUR) : 48 * HOUR + own.nextInt(-2, 2);
      link.setEventAt(call.getEventAt() + (own.nextBoolean() ? apart : -apart));
      link.setArrivalAt(link.getEventAt() + late);
    }
  }

  /** Names the caller as ingest does: by claims that were validated, else by the key. */
  private static void name(Activity call, @Nullable Token claims) {
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
    boolean appOnly = oneIn(8);
    String id = (appOnly ? "workload-" : "user-") + random.nextInt(principals);
    token.setAppOnly(appOnly);
    token.setOid(oneIn(10) ? null : id);
    token.setUti(oneIn(8) ? null : uti(id));
    if (oneIn(3)) {
      token.setAppId(pick(World.APPS));
    }
    if (oneIn(4)) {
      long skew = settings.token().expirySkewMinutes() * MINUTE;
      long expiresAt = oneIn(2) ? at - skew + (random.nextInt(3) - 1) * 1000L : at + HOUR;
      token.setExpiresAt(oneIn(2) ? expiresAt : Math.floorDiv(expiresAt, 1000L) * 1000);
    }
    token.setValidated(!oneIn(8));
    token.setDelegation(delegation(at));
    return token;
  }

  /** A token of somebody's, now and then of anybody's. */
  private String uti(String owner) {
    return oneIn(8) ? "token-shared" : "token-of-" + owner + "-" + random.nextInt(tokens);
  }

  private Activity activity(ActivityKind kind, long at) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setCategory("");
    activity.setEventId("e" + events.size());
    activity.setEventAt(at);
    activity.setArrivalAt(at + lateness());
    activity.setStatus(-1);
    activity.setWhere(where(events.size()));
    return activity;
  }

  private long lateness() {
    if (oneIn(100)) {
      return LATENESS + random.nextLong(20 * 24 * HOUR); // no longer promised, but read
    }
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong(LATENESS + 1);
      case 1 -> -random.nextLong(SKEW + 1);
      default -> random.nextLong(20 * MINUTE);
    };
  }

  /** Makes the records of one alert: what it is, what it names, and what was said of it later. */
  void alert(long at, List<World.Spot> near) {
    String id = "alert-" + alerts++;
    Severity severity = severity();
    alert(id, "", at, severity);
    int more = random.nextInt(4);
    for (int i = 0; i < more; i++) {
      Activity record =
          alert(id, "/" + i, oneIn(4) ? at + aside() : at, oneIn(3) ? null : severity);
      name(record.getAlert(), near);
      if (oneIn(4)) {
        Activity update = Copies.of(record);
        update.setArrivalAt(record.getArrivalAt() + random.nextLong(HOUR));
        update.getAlert().setSeverity(severity());
        update.setWhere(where(events.size()));
        events.add(update);
      }
    }
    if (more == 0) {
      name(events.get(events.size() - 1).getAlert(), near);
    }
  }

  private Activity alert(String id, String entity, long at, @Nullable Severity severity) {
    Activity record = activity(ActivityKind.ALERT, at);
    record.setCategory(entity.isEmpty() ? "AlertInfo" : "AlertEvidence");
    record.setEventId(id + entity);
    record.setArrivalAt(at + random.nextLong(oneIn(3) ? ALERT_LATENESS + 1 : HOUR));
    Alert alert = new Alert();
    alert.setId(id);
    alert.setTitle(oneIn(4) ? null : "Something is odd with " + id);
    alert.setSeverity(severity);
    alert.setProduct(oneIn(2) ? null : "Microsoft Defender for Cloud Apps");
    alert.setAccounts(List.of());
    alert.setNames(List.of());
    alert.setAddresses(List.of());
    alert.setOwn(oneIn(14));
    record.setAlert(alert);
    events.add(record);
    return record;
  }

  private void name(Alert alert, List<World.Spot> near) {
    TreeSet<String> accounts = new TreeSet<>();
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> addresses = new TreeSet<>();
    for (int named = 1 + random.nextInt(3); named > 0; named--) {
      switch (random.nextInt(6)) {
        case 0 -> accounts.add((oneIn(5) ? "workload-" : "user-") + random.nextInt(principals));
        case 1 -> names.add("user-" + random.nextInt(principals) + DOMAIN);
        default -> addresses.add(pick(pick(oneIn(8) ? World.SPOTS : near).spellings()));
      }
    }
    alert.setAccounts(List.copyOf(accounts));
    alert.setNames(List.copyOf(names));
    alert.setAddresses(List.copyOf(addresses));
  }

  private Severity severity() {
    return pick(
        List.of(
            Severity.High,
            Severity.High,
            Severity.Medium,
            Severity.Medium,
            Severity.Low,
            Severity.Informational));
  }

  private long aside() {
    return (random.nextBoolean() ? 1 : -1) * random.nextLong(30 * HOUR);
  }

  /** Delivers some events again, later, from elsewhere. */
  void addCopies() {
    int once = events.size();
    for (int i = 0; i < once; i++) {
      if (oneIn(10)) {
        Activity copy = Copies.of(events.get(i));
        copy.setArrivalAt(copy.getArrivalAt() + random.nextLong(HOUR));
        copy.setWhere(where(once + i));
        events.add(copy);
      }
    }
  }

  private static Where where(int position) {
    Where where = new Where();
    where.setSource("test");
    where.setHub("hub");
    where.setPartition(0);
    where.setPosition(position);
    return where;
  }

  private boolean oneIn(int bound) {
    return random.nextInt(bound) == 0;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private int oneOf(int... all) {
    return all[random.nextInt(all.length)];
  }
}
