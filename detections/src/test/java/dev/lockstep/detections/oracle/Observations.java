package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The observations in a set of events: copies are one event, and a call has what its identity link
 * adds.
 *
 * <p>A link adds claims to a call whose record has none, and addresses to one whose record gives no
 * client that can be believed; a call whose record has claims takes nothing from a message.
 *
 * <p>Where neither record nor link has a header, each address that Front Door saw the request come
 * from is one of the call: it is observed at all of them.
 */
final class Observations {
  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private Observations() {}

  static List<Observation> of(Collection<Activity> events, Enrichment enrichment) {
    Map<String, Activity> distinct = new HashMap<>();
    for (Activity event : events) {
      distinct.putIfAbsent(event.getCategory() + "/" + event.getEventId(), event);
    }
    Map<String, Activity> links = new HashMap<>();
    for (Activity event : distinct.values()) {
      if (event.getKind() == ActivityKind.IDENTITY_LINK) {
        links.put(event.getEventId(), event);
      }
    }
    Map<String, Set<String>> peers = peers(distinct.values());
    List<Observation> observations = new ArrayList<>();
    for (Activity event : distinct.values()) {
      if (event.getKind() == ActivityKind.SIGN_IN) {
        Address address = Address.parse(event.getAddress());
        Location from = address == null ? null : enrichment.locate(address, event.getGeo());
        observations.add(new Observation(event, event.getToken(), null, from));
      } else if (event.getKind() == ActivityKind.API_CALL) {
        Activity whole = whole(event, links.get(event.getEventId()), enrichment);
        observations.addAll(seenFrom(whole, peers, enrichment));
      }
    }
    return observations;
  }

  /**
   * The observations that a partner's key alone makes: a call whose claims came as a message is its
   * key's as well, and that has no word of the link's but Front Door's.
   */
  static List<Observation> ofKeys(Collection<Activity> events, Enrichment enrichment) {
    Map<String, Set<String>> peers = peers(events);
    List<Observation> observations = new ArrayList<>();
    for (Activity event : events) {
      if (event.getKind() == ActivityKind.API_CALL
          && !event.getCategory().equals(GRAPH)
          && event.getToken() == null
          && enrichment.clientOf(event) == null) {
        for (Observation each : seenFrom(event, peers, enrichment)) {
          if (each.from() != null) {
            observations.add(each);
          }
        }
      }
    }
    return observations;
  }

  private static Map<String, Set<String>> peers(Collection<Activity> events) {
    Map<String, Set<String>> peers = new HashMap<>();
    for (Activity event : events) {
      String reference = event.getTrackingReference();
      if (event.getKind() == ActivityKind.EDGE_REQUEST && reference != null) {
        String peer = event.getSocketAddress();
        peers.computeIfAbsent(reference, key -> new TreeSet<>()).add(peer == null ? "" : peer);
      }
    }
    return peers;
  }

  private static Set<Observation> seenFrom(
      Activity call, Map<String, Set<String>> peers, Enrichment enrichment) {
    Set<Observation> seen = new LinkedHashSet<>();
    String reference = call.getTrackingReference();
    if (reference != null && call.getSocketAddress() == null && call.getForwardedFor() == null) {
      for (String peer : peers.getOrDefault(reference, Set.of())) {
        Activity there = Copies.of(call);
        there.setSocketAddress(peer);
        Address client = enrichment.clientOf(there);
        if (client != null) {
          seen.add(call(call, client, enrichment));
        }
      }
    }
    return seen.isEmpty() ? Set.of(call(call, enrichment.clientOf(call), enrichment)) : seen;
  }

  private static Activity whole(Activity call, @Nullable Activity link, Enrichment enrichment) {
    Activity whole = call;
    if (link != null
        && isOf(link, call)
        && call.getToken() == null
        && !call.getCategory().equals(GRAPH)) {
      whole = Copies.of(call);
      whole.setToken(link.getToken());
      boolean says = link.getSocketAddress() != null || link.getForwardedFor() != null;
      if (says && enrichment.clientOf(call) == null) {
        whole.setSocketAddress(link.getSocketAddress());
        whole.setForwardedFor(link.getForwardedFor());
      }
    }
    return whole;
  }

  /** A link without a time of its own was made after its token was, and at most 48 h after. */
  private static boolean isOf(Activity link, Activity call) {
    long hours48 = 48 * 3_600_000L;
    long after = call.getEventAt() - link.getEventAt();
    Token token = link.getToken();
    if (token != null
        && token.getIssuedAt() != null
        && token.getIssuedAt() == link.getEventAt()
        && token.getIssuedAt() == link.getArrivalAt()) {
      return after >= -300_000 && after <= hours48;
    }
    return link.getEventAt() == 0 || Math.abs(after) <= hours48;
  }

  private static Observation call(Activity whole, @Nullable Address client, Enrichment enrichment) {
    Location from = client == null ? null : enrichment.locate(client, null);
    Token token = whole.getToken();
    return token == null || token.getValidated()
        ? new Observation(whole, token, null, from)
        : new Observation(whole, null, token, from);
  }
}
