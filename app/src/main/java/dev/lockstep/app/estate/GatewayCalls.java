package dev.lockstep.app.estate;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collector of the calls of gateways and partners in a capture, for checks of identity links, Front
 * Door and partner ranges.
 */
final class GatewayCalls {
  private final Enrichment enrichment;
  private final Map<String, Long> callsByPartner = new HashMap<>();
  private final Map<String, Set<String>> seenRanges = new HashMap<>();
  private final Map<String, Calls> gateways = new TreeMap<>();
  private final List<Unlinked> unlinked = new ArrayList<>();
  private final Map<String, String> appsByLink = new HashMap<>();
  private long leftOut;
  private boolean areLinksLeftOut;
  private boolean areCallsLeftOut;

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

  GatewayCalls(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  long leftOut() {
    return leftOut;
  }

  /** Adds an identity link. */
  void link(Activity link) {
    Token token = link.getToken();
    if (token == null || !token.getValidated()) {
      return;
    }
    if (appsByLink.size() < HygieneSurvey.MOST) {
      appsByLink.put(link.getEventId(), token.getAppId() == null ? "" : token.getAppId());
    } else {
      leftOut++;
      areLinksLeftOut = true;
    }
  }

  /** Adds a call. */
  void call(Activity call) {
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
      if (unlinked.size() < HygieneSurvey.MOST) {
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
    if (calls.addresses.size() < HygieneSurvey.MOST) {
      calls.addresses.add(peer.text());
    }
  }

  /**
   * Adds to a list the weak settings that the calls reveal. These are unused partner ranges, calls
   * without an identity link, and calls that bypass Front Door.
   */
  void find(List<Hygiene.Item> items) {
    join();
    partners(items);
    gateways(items);
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
                  "no call of %s came from this range (calls of this partner in all: %,d)"
                      .formatted(partner.name(), calls),
                  Hygiene.Item.counts("calls", calls)));
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
                    "%,d of %s that the gateway accepted came without identity claims"
                        .formatted(calls.unlinked, DisplayFormat.count(calls.accepted, "call")),
                    Hygiene.Item.counts("calls", calls.accepted, "withoutClaims", calls.unlinked)));
          }
          if (calls.direct + calls.foreign > 0) {
            items.add(
                new Hygiene.Item(
                    Hygiene.Check.PAST_FRONT_DOOR,
                    name,
                    "",
                    "%,d of %s came directly, and %,d through a foreign Front Door, from %s in all"
                        .formatted(
                            calls.direct,
                            DisplayFormat.count(calls.behind, "call"),
                            calls.foreign,
                            DisplayFormat.count(calls.addresses.size(), "peer")),
                    Hygiene.Item.counts(
                        "calls", calls.behind,
                        "direct", calls.direct,
                        "foreign", calls.foreign,
                        "peers", calls.addresses.size())));
          }
        });
  }

  /** Adds each check of calls that has to be skipped, with the reason to skip it. */
  void skip(Map<Hygiene.Check, String> why) {
    if (enrichment.partners().all().stream().noneMatch(Partner::hasCidrs)) {
      why.put(Hygiene.Check.UNSEEN_PARTNER_RANGE, "no partner declares a range");
    } else if (areLinksLeftOut || areCallsLeftOut) {
      why.put(
          Hygiene.Check.UNSEEN_PARTNER_RANGE,
          HygieneSurvey.tooMany("identity links or calls without claims"));
    } else if (callsByPartner.isEmpty()) {
      why.put(Hygiene.Check.UNSEEN_PARTNER_RANGE, "the capture has no call of a partner");
    }
    if (gateways.values().stream().allMatch(calls -> calls.accepted == 0)) {
      why.put(Hygiene.Check.NO_IDENTITY_LINK, "the capture has no call that a gateway accepted");
    } else if (areLinksLeftOut) {
      why.put(Hygiene.Check.NO_IDENTITY_LINK, HygieneSurvey.tooMany("identity links"));
    }
    if (enrichment.estate().gateways().stream().noneMatch(Gateway::isBehindFrontDoor)) {
      why.put(Hygiene.Check.PAST_FRONT_DOOR, "the estate lists no gateway with frontDoorIds");
    } else if (!enrichment.networks().hasTrustedProxy()) {
      why.put(
          Hygiene.Check.PAST_FRONT_DOOR, "the networks file has no network of class trusted-proxy");
    } else if (gateways.values().stream().allMatch(calls -> calls.behind == 0)) {
      why.put(
          Hygiene.Check.PAST_FRONT_DOOR,
          "the capture has no call of a gateway for which the estate lists frontDoorIds");
    }
  }
}
