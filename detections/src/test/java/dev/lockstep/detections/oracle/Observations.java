package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Location;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The observations in a set of events: copies are one event, and a call has what its identity link
 * adds.
 *
 * <p>A link adds claims to a call whose record has none, and addresses to one whose record has
 * neither header; a call whose record has claims takes nothing from a message.
 */
final class Observations {
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
    List<Observation> observations = new ArrayList<>();
    for (Activity event : distinct.values()) {
      if (event.getKind() == ActivityKind.SIGN_IN) {
        Address address = Address.parse(event.getAddress());
        Location from = address == null ? null : enrichment.locate(address, event.getGeo());
        observations.add(new Observation(event, event.getToken(), null, from));
      } else if (event.getKind() == ActivityKind.API_CALL) {
        observations.add(call(event, links.get(event.getEventId()), enrichment));
      }
    }
    return observations;
  }

  private static Observation call(Activity call, @Nullable Activity link, Enrichment enrichment) {
    Activity whole = call;
    if (link != null && call.getToken() == null) {
      whole = Copies.of(call);
      whole.setToken(link.getToken());
      if (call.getSocketAddress() == null && call.getForwardedFor() == null) {
        whole.setSocketAddress(link.getSocketAddress());
        whole.setForwardedFor(link.getForwardedFor());
      }
    }
    Address client = enrichment.clientOf(whole);
    Location from = client == null ? null : enrichment.locate(client, null);
    Token token = whole.getToken();
    return token == null || token.getValidated()
        ? new Observation(whole, token, null, from)
        : new Observation(whole, null, token, from);
  }
}
