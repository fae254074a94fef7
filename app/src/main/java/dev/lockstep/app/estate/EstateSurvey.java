package dev.lockstep.app.estate;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import dev.lockstep.schemas.text.Guid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collector of statistics of the gateways, applications, key vaults and privileged operations in a
 * capture, for a proposal of an estate. While no limit of memory is reached, the order of the
 * activities does not matter.
 *
 * <p>The numbers of kept gateways, applications, vaults, tokens, operations and activations of
 * roles are limited. An activity that would exceed one of these limits is counted as left out.
 */
public final class EstateSurvey {
  private static final int MOST_TOKENS = 200_000;

  /** Names of known privileged operations, by the name of the entry that is proposed for them. */
  private static final Map<String, List<String>> POWERFUL = powerful();

  private final Enrichment enrichment;
  private final Map<String, GatewaySeen> gateways = new TreeMap<>();
  private final Map<String, AppSeen> apps = new TreeMap<>();
  private final Map<String, VaultSeen> vaults = new TreeMap<>();
  private final Map<String, String> appsByToken = new HashMap<>();
  private final Set<String> tokensOfCalls = new HashSet<>();
  private final List<PrivilegedOperations> candidates =
      POWERFUL.entrySet().stream()
          .map(one -> new PrivilegedOperations(one.getKey(), one.getValue(), Set.of(), Set.of()))
          .toList();
  private final PrivilegedUse privileged =
      new PrivilegedUse(operation -> candidates.stream().anyMatch(one -> one.includes(operation)));
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long leftOut;

  static final class GatewaySeen {
    final @Nullable String resourceId;
    final TextCounts hosts = new TextCounts();
    final TextCounts hostsWithoutApi = new TextCounts();
    final TextCounts frontDoorIds = new TextCounts();
    long calls;
    long throughProxy;
    long withClaims;

    private GatewaySeen(@Nullable String resourceId) {
      this.resourceId = resourceId;
    }

    /**
     * Returns a name for the gateway, which is the last part of its resource id, or else a host of
     * its calls.
     */
    String name() {
      List<String> known = hosts.isEmpty() ? hostsWithoutApi.texts() : hosts.texts();
      return GatewayNames.of(resourceId, known.isEmpty() ? null : known.get(0));
    }
  }

  static final class AppSeen {
    final String id;
    final TextCounts names = new TextCounts();
    long signIns;
    long notApplied;
    long managed;
    long unmanaged;
    long withoutDevice;
    long calledTokens;

    private AppSeen(String id) {
      this.id = id;
    }

    String name() {
      return names.isEmpty() ? id : names.texts().get(0);
    }
  }

  static final class VaultSeen {
    final String resourceId;
    final TextCounts publicNetworks = new TextCounts();
    final TextCounts principals = new TextCounts();
    long accepted;
    long refused;
    long fromPrivate;
    long fromPublic;

    private VaultSeen(String resourceId) {
      this.resourceId = resourceId;
    }

    String name() {
      return resourceId.substring(resourceId.lastIndexOf('/') + 1);
    }
  }

  static final class UserSeen {
    final String id;
    final String label;
    long activated;
    long notActivated;

    private UserSeen(String id, String label) {
      this.id = id;
      this.label = label;
    }
  }

  /**
   * Privileged operations of one proposed entry that occur in the capture, and their users.
   *
   * @param users users; those with most operations without activation come first
   */
  record PrivilegedSeen(
      String name, List<String> patterns, TextCounts operations, List<UserSeen> users) {
    long total() {
      return operations.total();
    }
  }

  public EstateSurvey(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  private static Map<String, List<String>> powerful() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    all.put(
        "role-assignment",
        List.of(
            "Add member to role*",
            "Add eligible member to role*",
            "Add scoped member to role*",
            "Microsoft.Authorization/roleAssignments/write"));
    all.put("elevate-access", List.of("Microsoft.Authorization/elevateAccess/action"));
    all.put(
        "application-credentials",
        List.of(
            "Add service principal credentials",
            "Update application*Certificates and secrets management*",
            "Add owner to application",
            "Add owner to service principal"));
    all.put(
        "consent",
        List.of(
            "Consent to application",
            "Add app role assignment to service principal",
            "Add delegated permission grant"));
    all.put("conditional-access", List.of("*conditional access policy", "*named location"));
    all.put(
        "vault-access",
        List.of(
            "Microsoft.KeyVault/vaults/write", "Microsoft.KeyVault/vaults/accessPolicies/write"));
    return all;
  }

  public void add(Activity activity) {
    switch (activity.getKind()) {
      case IDENTITY_LINK -> {
        countToken(activity.getToken());
        return; // not in the span of times, because a link may have no time
      }
      case SIGN_IN -> signIn(activity);
      case API_CALL -> call(activity);
      case VAULT_CALL -> vaultCall(activity);
      case AUDIT -> privileged.add(activity);
      default -> {}
    }
    first = Math.min(first, activity.getEventAt());
    last = Math.max(last, activity.getEventAt());
  }

  private void signIn(Activity signIn) {
    SignIn details = signIn.getSignIn();
    Principal user = signIn.getPrincipal();
    String app = details == null ? "" : ComparableText.of(details.getResourceId());
    if (signIn.getStatus() != 0
        || details == null
        || user == null
        || !PrincipalTypes.isUser(user)
        || !isId(app)) {
      return;
    }
    AppSeen seen = of(apps, app, () -> new AppSeen(app));
    if (seen == null) {
      return;
    }
    seen.signIns++;
    if (details.getResource() != null) {
      seen.names.add(details.getResource().strip());
    }
    if (ComparableText.of(details.getConditionalAccess()).equals("notapplied")) {
      seen.notApplied++;
    }
    Device device = signIn.getDevice();
    if (device == null) {
      seen.withoutDevice++;
    } else if (device.getManaged() || device.getCompliant()) {
      seen.managed++;
    } else {
      seen.unmanaged++;
    }
    Token token = signIn.getToken();
    if (token != null && token.getUti() != null) {
      if (appsByToken.size() < MOST_TOKENS) {
        appsByToken.put(token.getUti(), app);
      } else {
        leftOut++;
      }
    }
  }

  private void call(Activity call) {
    Event event = new Event(call, enrichment, Event.Claims.ABSENT, false, false);
    if (event.isAcceptedCall()) {
      countToken(call.getToken());
    }
    if (!call.getCategory().equals("GatewayLogs")) {
      return;
    }
    Request request = call.getRequest();
    String resource = call.getResource();
    String host = request == null ? "" : ComparableText.of(request.getHost());
    if (resource == null && host.isEmpty()) {
      return;
    }
    String id = resource == null ? null : ComparableText.of(resource);
    GatewaySeen seen = of(gateways, id == null ? host : id, () -> new GatewaySeen(id));
    if (seen == null) {
      return;
    }
    seen.calls++;
    if (!host.isEmpty()) {
      Api api = call.getApi();
      boolean isOfApi = event.isAcceptedCall() && api != null && api.getApi() != null;
      (isOfApi ? seen.hosts : seen.hostsWithoutApi).add(host);
    }
    if (event.token() != null) {
      seen.withClaims++;
    }
    Address peer = Address.parse(call.getAddress());
    boolean isThroughProxy = peer != null && enrichment.trustedProxy(peer);
    if (isThroughProxy) {
      seen.throughProxy++;
    }
    String ids = request == null ? null : request.getFrontDoorId();
    boolean isBelievable = isThroughProxy || !enrichment.networks().hasTrustedProxy();
    if (ids != null && isBelievable && isId(ComparableText.of(ids))) {
      seen.frontDoorIds.add(ComparableText.of(ids)); // no list of ids, which may be foreign ones
    }
  }

  private void countToken(@Nullable Token token) {
    if (token != null && token.getValidated() && token.getUti() != null) {
      if (tokensOfCalls.size() < MOST_TOKENS) {
        tokensOfCalls.add(token.getUti());
      } else {
        leftOut++;
      }
    }
  }

  private void vaultCall(Activity call) {
    String resource = ComparableText.of(call.getResource());
    String operation = ComparableText.of(call.getOperation());
    if (!resource.startsWith("/")
        || resource.endsWith("/")
        || operation.startsWith("vault")
        || operation.startsWith("authentication")) {
      return;
    }
    VaultSeen seen = of(vaults, resource, () -> new VaultSeen(resource));
    if (seen == null) {
      return;
    }
    int status = call.getStatus();
    boolean isRefused = status == 401 || status == 403 || status == 407 || status == 429;
    if (isRefused || status < 0) {
      seen.refused += isRefused ? 1 : 0;
      return;
    }
    seen.accepted++;
    Address address = Address.parse(call.getAddress());
    if (address != null && address.isPrivate()) {
      seen.fromPrivate++;
    } else if (address != null) {
      seen.fromPublic++;
      seen.publicNetworks.add(
          enrichment.locate(address, call.getGeo()).network().networkClass().word());
    }
    Principal principal = call.getPrincipal();
    if (principal != null) {
      seen.principals.add(principal.getId());
    }
  }

  private <T> @Nullable T of(Map<String, T> all, String key, Supplier<T> fresh) {
    T known = all.get(key);
    if (known == null && all.size() < TextCounts.MOST) {
      known = fresh.get();
      all.put(key, known);
    } else if (known == null) {
      leftOut++;
    }
    return known;
  }

  private static boolean isId(String text) {
    return Guid.isGuid(text) && !Guid.isZero(text);
  }

  List<GatewaySeen> gateways() {
    return sorted(gateways.values(), Comparator.comparingLong(seen -> -seen.calls));
  }

  List<AppSeen> apps() {
    apps.values().forEach(app -> app.calledTokens = 0);
    appsByToken.forEach(
        (token, app) -> {
          AppSeen seen = apps.get(app);
          if (seen != null && tokensOfCalls.contains(token)) {
            seen.calledTokens++;
          }
        });
    return sorted(
        apps.values(),
        Comparator.comparingLong((AppSeen seen) -> -seen.calledTokens)
            .thenComparingLong(seen -> -seen.signIns));
  }

  List<VaultSeen> vaults() {
    return sorted(vaults.values(), Comparator.comparingLong(seen -> -seen.accepted - seen.refused));
  }

  private static <T> List<T> sorted(Iterable<T> all, Comparator<T> order) {
    List<T> sorted = new ArrayList<>();
    all.forEach(sorted::add);
    sorted.sort(order); // equal ones stay in the order of their ids
    return sorted;
  }

  List<PrivilegedSeen> privileged() {
    List<PrivilegedSeen> all = new ArrayList<>();
    for (PrivilegedOperations candidate : candidates) {
      TextCounts operations = new TextCounts();
      Map<String, UserSeen> users = new TreeMap<>();
      for (PrivilegedUse.Operation operation : privileged.operations()) {
        if (candidate.includes(operation.name())) {
          operations.add(operation.name());
          UserSeen user =
              users.computeIfAbsent(operation.user(), id -> new UserSeen(id, operation.label()));
          if (privileged.isActive(operation, candidate)) {
            user.activated++;
          } else {
            user.notActivated++;
          }
        }
      }
      if (!operations.isEmpty()) {
        List<String> patterns =
            POWERFUL.getOrDefault(candidate.name(), List.of()).stream()
                .filter(
                    pattern ->
                        operations.texts().stream()
                            .anyMatch(
                                new PrivilegedOperations("", List.of(pattern), Set.of(), Set.of())
                                    ::includes))
                .toList();
        all.add(
            new PrivilegedSeen(
                candidate.name(),
                patterns,
                operations,
                sorted(
                    users.values(),
                    Comparator.comparingLong((UserSeen user) -> -user.notActivated)
                        .thenComparingLong(user -> -user.activated))));
      }
    }
    return all;
  }

  long from() {
    return last == Long.MIN_VALUE ? 0 : first;
  }

  long to() {
    return last == Long.MIN_VALUE ? 0 : last;
  }

  /** Returns how often an event or a part of it was left out because memory is limited. */
  public long leftOut() {
    return leftOut + privileged.leftOut();
  }
}
