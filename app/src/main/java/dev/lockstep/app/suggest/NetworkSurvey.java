package dev.lockstep.app.suggest;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finder of addresses and prefixes to add to the networks file, by counts of their activities. It
 * suggests those that behave like a backend, a proxy, a VPN exit or an office. The activities are
 * read once.
 *
 * <p>The thresholds are in {@code docs/networks.md}. Memory is limited to 20,000 addresses, 20,000
 * prefixes and 20,000 peers of calls. When one of these limits is reached, entries with a single
 * user or client are evicted. If that makes no room, new entries are not counted. The order of
 * activities matters only after a limit is reached.
 */
public final class NetworkSurvey {
  private static final int MOST = 20_000;
  private static final int BACKEND_DAYS = 2;
  private static final double BACKEND_INTERACTIVE = 0.05;
  private static final double BACKEND_DEVICES = 0.1;
  private static final int PROXY_CALLS = 50;
  private static final int PROXY_CLIENTS = 5;
  private static final int PROXY_CALLERS = 3;
  private static final double PROXY_FORWARDED = 0.9;
  private static final int VPN_DAYS = 5;
  private static final int VPN_USERS_AN_ADDRESS = 3;
  private static final int VPN_ELSEWHERE = 5;
  private static final double VPN_SHARE = 0.6;
  private static final double OFFICE_INTERACTIVE = 0.1;
  private static final double OFFICE_MANAGED = 0.5;
  private static final double OFFICE_WORK = 0.7;
  private static final int OFFICE_DAYS = 3;
  private static final int SINGLE_ROWS = 4;

  /**
   * Network classes of the addresses that the survey leaves out, because the networks file
   * classifies them already.
   */
  private static final Set<NetworkClass> CLASSIFIED =
      EnumSet.complementOf(EnumSet.of(NetworkClass.HOSTING, NetworkClass.UNKNOWN));

  private static final Set<NetworkClass> NO_OFFICE =
      EnumSet.of(
          NetworkClass.HOSTING, NetworkClass.VPN, NetworkClass.MOBILE, NetworkClass.SATELLITE);

  private final Enrichment enrichment;
  private final int minUsers;
  private final BoundedCounts<AddressStats> addresses =
      new BoundedCounts<>(MOST, stats -> stats.users.count() > 1);
  private final BoundedCounts<AddressStats> prefixes =
      new BoundedCounts<>(MOST, stats -> stats.users.count() > 1);
  private final BoundedCounts<Peer> peers =
      new BoundedCounts<>(MOST, peer -> peer.clients.count() > 1);
  private final UserPlaces places = new UserPlaces();

  /** Address from which calls came directly, with the counts that tell whether it is a proxy. */
  private static final class Peer {
    final Location location;
    final DistinctCounter clients = new DistinctCounter();
    final DistinctCounter callers = new DistinctCounter();
    final DistinctCounter days = new DistinctCounter();
    long calls;
    long forwarded;

    Peer(Location location) {
      this.location = location;
    }
  }

  /**
   * Creates a survey that has counted no activity yet.
   *
   * @param minUsers smallest number of different users for which an address or prefix is suggested,
   *     at least 2; it does not apply to proxies
   */
  public NetworkSurvey(Enrichment enrichment, int minUsers) {
    this.enrichment = enrichment;
    this.minUsers = minUsers;
  }

  public void add(Activity activity) {
    if (activity.getKind() == ActivityKind.SIGN_IN) {
      if (activity.getStatus() == 0) {
        seen(activity, Address.parse(activity.getAddress()));
      }
    } else if (activity.getKind() == ActivityKind.API_CALL) {
      proxied(activity);
      if (accepted(activity)) {
        seen(activity, enrichment.clientOf(activity));
      }
    }
  }

  private static boolean accepted(Activity call) {
    Token token = call.getToken();
    int status = call.getStatus();
    return token != null && token.getValidated() && status >= 200 && status < 400;
  }

  private void seen(Activity activity, @Nullable Address address) {
    Principal principal = activity.getPrincipal();
    if (address == null || principal == null || !PrincipalTypes.isUser(principal)) {
      return;
    }
    Location location = enrichment.locate(address, activity.getGeo());
    Network network = location.network();
    long user = DistinctCounter.hash(principal.getId());
    places.add(user, DistinctCounter.hash(network.prefix()), network.country());
    if (isClassified(address, network)) {
      return;
    }
    AddressStats stats = addresses.of(address.text(), () -> new AddressStats(location));
    if (stats != null) {
      stats.add(activity, location, user);
    }
    AddressStats wider = prefixes.of(network.prefix(), () -> new AddressStats(location));
    if (wider != null) {
      wider.add(activity, location, user);
    }
  }

  private void proxied(Activity call) {
    Address peer = Address.parse(call.getAddress());
    if (peer == null) {
      return;
    }
    Location location = enrichment.locate(peer, null);
    if (isClassified(peer, location.network())) {
      return;
    }
    Peer counted = peers.of(peer.text(), () -> new Peer(location));
    if (counted == null) {
      return;
    }
    counted.calls++;
    counted.days.add(Long.toString(Math.floorDiv(call.getEventAt(), 86_400_000L)));
    Principal caller = call.getPrincipal();
    if (caller != null) {
      counted.callers.add(caller.getId());
    }
    Address client = enrichment.forwardedClientOf(call);
    if (client != null && !client.special() && !client.equals(peer)) {
      counted.forwarded++;
      counted.clients.add(client.text());
    }
  }

  private boolean isClassified(Address address, Network network) {
    NetworkClass own = enrichment.networks().classOf(address, network.asn());
    return own != null && CLASSIFIED.contains(own);
  }

  /**
   * Returns how many addresses and prefixes were dropped or not counted, because memory is limited.
   * One that is not counted adds to the number each time that it comes.
   */
  public long leftOut() {
    return addresses.leftOut() + prefixes.leftOut() + peers.leftOut();
  }

  /**
   * Returns the suggested rows for the networks file: those with most users first, then by address
   * range.
   */
  public List<NetworkSuggestion> suggestions() {
    Map<String, NetworkSuggestion> rows = new LinkedHashMap<>();
    peers
        .all()
        .forEach(
            (address, peer) -> {
              if (isProxy(peer)) {
                rows.put(address, proxy(address, peer));
              }
            });
    Map<String, Map<String, NetworkSuggestion>> single = new LinkedHashMap<>();
    addresses
        .all()
        .forEach(
            (address, stats) -> {
              NetworkClass found = look(stats);
              if (found != null) {
                single
                    .computeIfAbsent(prefixAnd(found, stats), none -> new LinkedHashMap<>())
                    .put(address, row(address, stats, found));
              }
            });
    prefixes
        .all()
        .forEach(
            (prefix, stats) -> {
              NetworkClass found = look(stats);
              if (found == null) {
                return;
              }
              String both = prefixAnd(found, stats);
              if (stats.addresses.count() > SINGLE_ROWS || !single.containsKey(both)) {
                rows.put(prefix, row(prefix, stats, found));
                single.remove(both);
              }
            });
    single.values().forEach(ofPrefix -> ofPrefix.forEach(rows::putIfAbsent));
    List<NetworkSuggestion> sorted = new ArrayList<>(rows.values());
    sorted.sort(
        Comparator.<NetworkSuggestion>comparingLong(NetworkSurvey::users)
            .reversed()
            .thenComparing(NetworkSuggestion::cidr));
    return sorted;
  }

  private static String prefixAnd(NetworkClass found, AddressStats stats) {
    return stats.location().network().prefix() + " " + found.word();
  }

  private static long users(NetworkSuggestion row) {
    Number users = row.numbers().get("users");
    return users == null ? 0 : users.longValue();
  }

  private @Nullable NetworkClass look(AddressStats stats) {
    if (stats.users.count() < minUsers) {
      return null;
    }
    if (isBackend(stats)) {
      return NetworkClass.BACKEND;
    }
    if (isVpn(stats)) {
      return NetworkClass.VPN;
    }
    return isOffice(stats) ? NetworkClass.CORPORATE : null;
  }

  private static boolean isBackend(AddressStats stats) {
    return stats.location().network().networkClass() == NetworkClass.HOSTING
        && stats.days.count() >= BACKEND_DAYS
        && stats.interactiveShare() <= BACKEND_INTERACTIVE
        && stats.deviceShare() <= BACKEND_DEVICES;
  }

  private boolean isVpn(AddressStats stats) {
    UserPlaces.Elsewhere elsewhere = elsewhere(stats);
    return stats.days.count() >= VPN_DAYS
        && stats.users.count() >= VPN_USERS_AN_ADDRESS * stats.addresses.count()
        && stats.interactiveShare() > BACKEND_INTERACTIVE
        && elsewhere.withOthers() >= VPN_ELSEWHERE
        && elsewhere.share() >= VPN_SHARE;
  }

  private UserPlaces.Elsewhere elsewhere(AddressStats stats) {
    Network network = stats.location().network();
    String country = network.country();
    return country == null
        ? new UserPlaces.Elsewhere(0, 0)
        : places.of(stats.users.sample(), DistinctCounter.hash(network.prefix()), country);
  }

  private static boolean isOffice(AddressStats stats) {
    return !isCarrier(stats)
        && !NO_OFFICE.contains(stats.location().network().networkClass())
        && stats.days.count() >= OFFICE_DAYS
        && stats.interactiveShare() >= OFFICE_INTERACTIVE
        && stats.managedShare() >= OFFICE_MANAGED
        && stats.workShare() >= OFFICE_WORK;
  }

  private static boolean isCarrier(AddressStats stats) {
    // an IPv4 range with more addresses than users is typical of a mobile carrier
    boolean narrow = stats.location().address().text().indexOf(':') < 0;
    return narrow && stats.addresses.count() > stats.users.count();
  }

  private static boolean isProxy(Peer peer) {
    return peer.calls >= PROXY_CALLS
        && peer.clients.count() >= PROXY_CLIENTS
        && peer.callers.count() >= PROXY_CALLERS
        && peer.forwarded >= PROXY_FORWARDED * peer.calls;
  }

  private NetworkSuggestion row(String cidr, AddressStats stats, NetworkClass found) {
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", stats.users.count());
    numbers.put("events", stats.events());
    numbers.put("days", stats.days.count());
    numbers.put("addresses", stats.addresses.count());
    numbers.put("devices", stats.devices.count());
    numbers.put("interactiveShare", stats.interactiveShare());
    numbers.put("managedShare", stats.managedShare());
    numbers.put("workHoursShare", stats.workShare());
    String why;
    if (found == NetworkClass.BACKEND) {
      why =
          "a hosted server that signs in or makes calls on behalf of many users, without"
              + " their devices";
    } else if (found == NetworkClass.VPN) {
      numbers.put("elsewhereShare", elsewhere(stats).share());
      why =
          "users whose other places are in other countries: a VPN exit; if the exit is yours,"
              + " change the class from vpn to corporate";
    } else {
      why = "many users on managed devices in working hours: an office";
    }
    return new NetworkSuggestion(
        cidr, found, why, numbers, NetworkSuggestion.owner(stats.location().network()));
  }

  private static NetworkSuggestion proxy(String address, Peer peer) {
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", peer.callers.count());
    numbers.put("events", peer.calls);
    numbers.put("days", peer.days.count());
    numbers.put("clients", peer.clients.count());
    numbers.put("forwardedShare", (double) peer.forwarded / peer.calls);
    return new NetworkSuggestion(
        address,
        NetworkClass.TRUSTED_PROXY,
        "calls from this address name many other clients in X-Forwarded-For or X-Azure-SocketIP: a"
            + " proxy; use this row only if the proxy is yours",
        numbers,
        NetworkSuggestion.owner(peer.location.network()));
  }
}
