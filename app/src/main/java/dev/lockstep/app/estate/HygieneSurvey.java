package dev.lockstep.app.estate;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collector of statistics of the activities in a capture, which reveal weak settings, such as old
 * keys and unused standing roles. While no limit of memory is reached, the order of the activities
 * does not matter.
 *
 * <p>Memory is bounded: up to {@value #MOST} workloads and keys together, and as many calls that
 * may still get their identity link. Events beyond these limits are counted as left out. A check
 * that would be wrong without them is skipped.
 */
public final class HygieneSurvey {
  private static final int MOST = 200_000;
  private static final Set<String> USER_SIGN_INS =
      Set.of("SignInLogs", "NonInteractiveUserSignInLogs");
  private static final String MANAGED_IDENTITIES = "ManagedIdentitySignInLogs";
  private static final Set<String> WORKLOAD_SIGN_INS =
      Set.of("ServicePrincipalSignInLogs", MANAGED_IDENTITIES);

  private final Enrichment enrichment;
  private final Duration rotation;
  private final Map<String, Workload> workloads = new TreeMap<>();
  private final Map<String, Long> callsByPartner = new HashMap<>();
  private final Map<String, Set<String>> seenRanges = new HashMap<>();
  private final Map<String, Calls> gateways = new TreeMap<>();
  private final List<Unlinked> unlinked = new ArrayList<>();
  private final Map<String, String> appsByLink = new HashMap<>();
  private final Map<String, Uncovered> uncovered = new TreeMap<>();
  private final PrivilegedUse privileged;
  private int workloadsAndKeys;
  private long workloadSignIns;
  private long audits;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long leftOut;
  private boolean areLinksLeftOut;
  private boolean areCallsLeftOut;

  private static final class Workload {
    private String name = "";
    private final Map<String, Used> keys = new TreeMap<>();
    private final Used secret = new Used();
  }

  private static final class Used {
    private long times;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void at(long time) {
      times++;
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }

  private static final class Calls {
    private long accepted;
    private long unlinked;
    private long behind;
    private long direct;
    private long foreign;
    private final Set<String> addresses = new HashSet<>();
  }

  /** Accepted API call whose token claims are not known yet. An identity link may bring them. */
  private record Unlinked(String id, Calls of, String client) {}

  /** Counts of the sign-ins to one API, in total and without a conditional access policy. */
  private static final class Uncovered {
    private long signIns;
    private long notApplied;
    private final Set<String> users = new HashSet<>();
  }

  /** Default age at which a key should be replaced. */
  public static final Duration USUAL_ROTATION = Duration.ofDays(90);

  /**
   * Creates a survey without activities, which reports each workload key that is in use for longer
   * than {@code rotation}.
   *
   * @param rotation age at which a key should be replaced
   */
  public HygieneSurvey(Enrichment enrichment, Duration rotation) {
    this.enrichment = enrichment;
    this.rotation = rotation;
    this.privileged =
        new PrivilegedUse(operation -> enrichment.estate().privileged(operation) != null);
  }

  /** Adds an activity to the statistics that reveal weak settings. Several threads may call it. */
  public synchronized void add(Activity activity) {
    if (activity.getKind() == ActivityKind.IDENTITY_LINK) {
      link(activity);
      return; // not in the span of times, because a link may have no time
    }
    first = Math.min(first, activity.getEventAt());
    last = Math.max(last, activity.getEventAt());
    switch (activity.getKind()) {
      case SIGN_IN -> signIn(activity);
      case API_CALL -> call(activity);
      case AUDIT -> {
        audits++;
        privileged.add(activity);
      }
      default -> {}
    }
  }

  private void link(Activity link) {
    Token token = link.getToken();
    if (token == null || !token.getValidated()) {
      return;
    }
    if (appsByLink.size() < MOST) {
      appsByLink.put(link.getEventId(), token.getAppId() == null ? "" : token.getAppId());
    } else {
      leftOut++;
      areLinksLeftOut = true;
    }
  }

  private void signIn(Activity signIn) {
    if (signIn.getStatus() != 0) {
      return;
    }
    if (WORKLOAD_SIGN_INS.contains(signIn.getCategory())) {
      workload(signIn);
    } else if (USER_SIGN_INS.contains(signIn.getCategory())) {
      user(signIn);
    }
  }

  private void workload(Activity signIn) {
    Principal principal = signIn.getPrincipal();
    SignIn details = signIn.getSignIn();
    Credential credential = details == null ? null : details.getCredential();
    workloadSignIns++;
    if (principal == null || credential == null) {
      return;
    }
    String keyId = ComparableText.of(credential.getKeyId());
    boolean isSecret = isSecret(signIn, credential);
    if (keyId.isEmpty() && !isSecret) {
      return;
    }
    Workload workload = workloads.get(principal.getId());
    boolean isNew = workload == null || (!keyId.isEmpty() && !workload.keys.containsKey(keyId));
    if (isNew && workloadsAndKeys++ >= MOST) {
      leftOut++;
      return;
    }
    if (workload == null) {
      workload = new Workload();
      workloads.put(principal.getId(), workload);
    }
    String name = principal.getName();
    if (name != null && name.compareTo(workload.name) > 0) {
      workload.name = name;
    }
    if (!keyId.isEmpty()) {
      workload.keys.computeIfAbsent(keyId, none -> new Used()).at(signIn.getEventAt());
    }
    if (isSecret) {
      workload.secret.at(signIn.getEventAt());
    }
  }

  private static boolean isSecret(Activity signIn, Credential credential) {
    return ComparableText.of(credential.getType()).equals("clientsecret")
        && !signIn.getCategory().equals(MANAGED_IDENTITIES)
        && ComparableText.of(credential.getFederatedId()).isEmpty()
        && ComparableText.of(credential.getThumbprint()).isEmpty();
  }

  private void user(Activity signIn) {
    SignIn details = signIn.getSignIn();
    Principal user = signIn.getPrincipal();
    ProtectedApi api = details == null ? null : enrichment.estate().api(details.getResourceId());
    if (details == null || api == null || user == null) {
      return;
    }
    Uncovered of = uncovered.computeIfAbsent(api.name(), none -> new Uncovered());
    of.signIns++;
    if (ComparableText.of(details.getConditionalAccess()).equals("notapplied")) {
      of.notApplied++;
      if (of.users.size() < MOST) {
        of.users.add(user.getId());
      }
    }
  }

  private void call(Activity call) {
    Event event = new Event(call, enrichment, Event.Claims.ABSENT, false, false);
    seen(event.partner(), event.address());
    if (!event.isGraphCall() && call.getCategory().equals("GatewayLogs")) {
      gatewayCall(event);
    }
  }

  private void seen(@Nullable Partner partner, @Nullable Address address) {
    if (partner != null) {
      callsByPartner.merge(partner.id(), 1L, Long::sum);
      if (address != null && partner.hasCidrs()) {
        seenRanges
            .computeIfAbsent(partner.id(), none -> new HashSet<>())
            .addAll(partner.declaring(address));
      }
    }
  }

  private void gatewayCall(Event event) {
    Activity call = event.activity();
    Request request = call.getRequest();
    String host = request == null ? null : request.getHost();
    Gateway gateway = enrichment.estate().gatewayOf(call.getResource(), host);
    String name = gateway == null ? GatewayNames.of(call.getResource(), host) : gateway.name();
    Calls calls = gateways.get(name);
    if (calls == null) {
      if (gateways.size() >= TextCounts.MOST) {
        leftOut++;
        return;
      }
      calls = new Calls();
      gateways.put(name, calls);
    }
    if (gateway != null && gateway.isBehindFrontDoor()) {
      pastFrontDoor(event, gateway, request, calls);
    }
    if (event.isAcceptedCall() && event.token() != null) {
      calls.accepted++;
    } else if (event.isAcceptedCall()) {
      Address client = event.address();
      Unlinked without =
          new Unlinked(call.getEventId(), calls, client == null ? "" : client.text());
      if (unlinked.size() < MOST) {
        unlinked.add(without);
      } else {
        leftOut++;
        areCallsLeftOut = true;
      }
    }
  }

  private void pastFrontDoor(Event event, Gateway gateway, @Nullable Request request, Calls calls) {
    Address peer = Address.parse(event.activity().getAddress());
    if (peer == null || !enrichment.networks().hasTrustedProxy()) {
      return;
    }
    calls.behind++;
    String ids = request == null ? null : request.getFrontDoorId();
    if (!enrichment.trustedProxy(peer)) {
      calls.direct++;
    } else if (ids != null && !gateway.isBehindOneOf(ids)) {
      calls.foreign++;
    } else {
      return;
    }
    if (calls.addresses.size() < MOST) {
      calls.addresses.add(peer.text());
    }
  }

  public synchronized Hygiene result() {
    join();
    List<Hygiene.Item> items = new ArrayList<>();
    workloads.forEach((id, workload) -> keys(id, workload, items));
    workloads.forEach((id, workload) -> secrets(id, workload, items));
    partners(items);
    gateways(items);
    uncovered.forEach((api, seen) -> uncovered(api, seen, items));
    unusedRoles(items);
    items.sort(
        Comparator.comparing(Hygiene.Item::check)
            .thenComparing(Hygiene.Item::subject)
            .thenComparing(Hygiene.Item::detail));
    boolean isEmpty = last == Long.MIN_VALUE;
    return new Hygiene(
        items, skipped(), isEmpty ? 0 : first, isEmpty ? 0 : last, leftOut + privileged.leftOut());
  }

  private void join() {
    for (Unlinked call : unlinked) {
      call.of().accepted++;
      String app = appsByLink.get(call.id());
      if (app == null) {
        call.of().unlinked += areLinksLeftOut ? 0 : 1; // its link may be one that was left out
      } else {
        seen(enrichment.partners().of(null, null, app), Address.parse(call.client()));
      }
    }
    unlinked.clear();
  }

  private void keys(String id, Workload workload, List<Hygiene.Item> items) {
    workload.keys.forEach(
        (key, used) -> {
          long age = used.last - used.first;
          if (age > rotation.toMillis()) {
            items.add(
                new Hygiene.Item(
                    Hygiene.Check.OLD_KEY,
                    id,
                    key,
                    "%s signed in with this key over %s, from %s to %s"
                        .formatted(
                            label(workload, id),
                            DisplayFormat.count(Duration.ofMillis(age).toDays(), "day"),
                            DisplayFormat.dateTime(used.first),
                            DisplayFormat.dateTime(used.last)),
                    numbers(
                        "signIns", used.times,
                        "firstAt", used.first,
                        "lastAt", used.last,
                        "days", Duration.ofMillis(age).toDays())));
          }
        });
  }

  private static void secrets(String id, Workload workload, List<Hygiene.Item> items) {
    Used used = workload.secret;
    if (used.times > 0) {
      items.add(
          new Hygiene.Item(
              Hygiene.Check.SECRET,
              id,
              "",
              "%s signed in with a secret in %s, last at %s"
                  .formatted(
                      label(workload, id),
                      DisplayFormat.count(used.times, "sign-in"),
                      DisplayFormat.dateTime(used.last)),
              numbers("signIns", used.times, "firstAt", used.first, "lastAt", used.last)));
    }
  }

  private static String label(Workload workload, String id) {
    return workload.name.isEmpty() ? id : workload.name;
  }

  private void partners(List<Hygiene.Item> items) {
    if (callsByPartner.isEmpty() || areLinksLeftOut || areCallsLeftOut) {
      return;
    }
    for (Partner partner : enrichment.partners().all()) {
      Set<String> seen = seenRanges.getOrDefault(partner.id(), Set.of());
      long calls = callsByPartner.getOrDefault(partner.id(), 0L);
      for (String range : partner.cidrs()) {
        if (!seen.contains(range)) {
          items.add(
              new Hygiene.Item(
                  Hygiene.Check.UNSEEN_PARTNER_RANGE,
                  partner.id(),
                  range,
                  "none of the %s of %s came from this range"
                      .formatted(DisplayFormat.count(calls, "call"), partner.name()),
                  numbers("calls", calls)));
        }
      }
    }
  }

  private void gateways(List<Hygiene.Item> items) {
    gateways.forEach(
        (name, calls) -> {
          if (calls.unlinked > 0) {
            items.add(
                new Hygiene.Item(
                    Hygiene.Check.NO_IDENTITY_LINK,
                    name,
                    "",
                    "%,d of %s that the gateway accepted have no identity claims"
                        .formatted(calls.unlinked, DisplayFormat.count(calls.accepted, "call")),
                    numbers("calls", calls.accepted, "withoutClaims", calls.unlinked)));
          }
          if (calls.direct + calls.foreign > 0) {
            items.add(
                new Hygiene.Item(
                    Hygiene.Check.PAST_FRONT_DOOR,
                    name,
                    "",
                    "%,d of %s came directly and %,d through a foreign Front Door, from %s"
                        .formatted(
                            calls.direct,
                            DisplayFormat.count(calls.behind, "call"),
                            calls.foreign,
                            DisplayFormat.count(calls.addresses.size(), "peer")),
                    numbers(
                        "calls", calls.behind,
                        "direct", calls.direct,
                        "foreign", calls.foreign,
                        "peers", calls.addresses.size())));
          }
        });
  }

  private static void uncovered(String api, Uncovered seen, List<Hygiene.Item> items) {
    if (seen.notApplied > 0) {
      items.add(
          new Hygiene.Item(
              Hygiene.Check.NO_POLICY,
              api,
              "",
              "no policy applied to %,d of %s, of %s"
                  .formatted(
                      seen.notApplied,
                      DisplayFormat.count(seen.signIns, "sign-in"),
                      DisplayFormat.count(seen.users.size(), "user")),
              numbers(
                  "signIns", seen.signIns,
                  "notApplied", seen.notApplied,
                  "users", seen.users.size())));
    }
  }

  private void unusedRoles(List<Hygiene.Item> items) {
    Map<String, Set<String>> used = new HashMap<>();
    for (PrivilegedUse.Operation operation : privileged.operations()) {
      for (PrivilegedOperations entry : enrichment.estate().privileged()) {
        if (entry.includes(operation.name())) {
          used.computeIfAbsent(entry.name(), none -> new HashSet<>()).add(operation.user());
        }
      }
    }
    if (audits == 0 || privileged.leftOut() > 0) {
      return;
    }
    for (PrivilegedOperations entry : enrichment.estate().privileged()) {
      for (String user : entry.standing()) {
        if (!used.getOrDefault(entry.name(), Set.of()).contains(user)) {
          items.add(
              new Hygiene.Item(
                  Hygiene.Check.UNUSED_STANDING_ROLE,
                  user,
                  entry.name(),
                  "holds the role without activation and did none of its operations",
                  Map.of()));
        }
      }
    }
  }

  private Map<Hygiene.Check, String> skipped() {
    Estate estate = enrichment.estate();
    Map<Hygiene.Check, String> why = new EnumMap<>(Hygiene.Check.class);
    if (workloadSignIns == 0) {
      why.put(Hygiene.Check.OLD_KEY, "the capture has no sign-in of a workload");
      why.put(Hygiene.Check.SECRET, "the capture has no sign-in of a workload");
    } else if (last - first <= rotation.toMillis()) {
      why.put(
          Hygiene.Check.OLD_KEY,
          "the capture is not longer than %s"
              .formatted(DisplayFormat.count(rotation.toDays(), "day")));
    }
    if (enrichment.partners().all().stream().noneMatch(Partner::hasCidrs)) {
      why.put(Hygiene.Check.UNSEEN_PARTNER_RANGE, "no partner declares a range");
    } else if (areLinksLeftOut || areCallsLeftOut) {
      why.put(
          Hygiene.Check.UNSEEN_PARTNER_RANGE, tooMany("identity links or calls without claims"));
    } else if (callsByPartner.isEmpty()) {
      why.put(Hygiene.Check.UNSEEN_PARTNER_RANGE, "the capture has no call of a partner");
    }
    if (gateways.values().stream().allMatch(calls -> calls.accepted == 0)) {
      why.put(Hygiene.Check.NO_IDENTITY_LINK, "the capture has no call that a gateway accepted");
    } else if (areLinksLeftOut) {
      why.put(Hygiene.Check.NO_IDENTITY_LINK, tooMany("identity links"));
    }
    if (estate.apis().isEmpty()) {
      why.put(Hygiene.Check.NO_POLICY, "the estate lists no API");
    } else if (uncovered.isEmpty()) {
      why.put(Hygiene.Check.NO_POLICY, "the capture has no sign-in to an API of the estate");
    }
    if (estate.gateways().stream().noneMatch(Gateway::isBehindFrontDoor)) {
      why.put(Hygiene.Check.PAST_FRONT_DOOR, "the estate lists no gateway with frontDoorIds");
    } else if (!enrichment.networks().hasTrustedProxy()) {
      why.put(
          Hygiene.Check.PAST_FRONT_DOOR, "the networks file has no network of class trusted-proxy");
    } else if (gateways.values().stream().allMatch(calls -> calls.behind == 0)) {
      why.put(
          Hygiene.Check.PAST_FRONT_DOOR, "the capture has no call of a gateway with frontDoorIds");
    }
    if (estate.privileged().stream().allMatch(entry -> entry.standing().isEmpty())) {
      why.put(Hygiene.Check.UNUSED_STANDING_ROLE, "the estate lists nobody as standing");
    } else if (audits == 0) {
      why.put(
          Hygiene.Check.UNUSED_STANDING_ROLE,
          "the capture has no record of AuditLogs or the activity log");
    } else if (privileged.leftOut() > 0) {
      why.put(
          Hygiene.Check.UNUSED_STANDING_ROLE,
          tooMany("privileged operations or activations of roles"));
    }
    return why;
  }

  private static String tooMany(String things) {
    return String.format(Locale.ROOT, "the capture has more than %,d %s", MOST, things);
  }

  private static Map<String, Long> numbers(Object... pairs) {
    Map<String, Long> numbers = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      numbers.put((String) pairs[i], ((Number) pairs[i + 1]).longValue());
    }
    return numbers;
  }
}
